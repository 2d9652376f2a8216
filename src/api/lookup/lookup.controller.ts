import { All, Controller, Get, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Token } from '../../web/access.js';
import { CurrentCaller, type ApiCaller } from '../../web/api-caller.js';
import { ApiError } from '../../web/api-error.js';
import { apiWordsOf, wantsText } from '../../web/problem-json.js';
import { faultsOf } from '../calls/faults.js';
import { refusedUser } from '../refused-user.js';
import { wrongMethod } from '../wrong-method.js';
import { LookupAsked } from './lookup-schemas.js';
import { Lookup } from './lookup.service.js';
import { NamedReaders } from './named-reader.query.js';

/** Who calls, asked by a telephone system while it rings. */
@Token('lookup:read')
@Controller('api/v1/lookup')
export class LookupController {
  constructor(
    private readonly lookup: Lookup,
    private readonly readers: NamedReaders,
  ) {}

  @Get()
  async find(
    @CurrentCaller() caller: ApiCaller,
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { data: asked, error } = LookupAsked.safeParse(query);
    if (error) {
      const errors = faultsOf(apiWordsOf(request), error, query);
      throw new ApiError(400, 'bad-parameters', {}, { members: { errors } });
    }
    const reader = await this.readers.find(caller, asked.user);
    if (typeof reader === 'string') throw refusedUser(reader);
    const answer = await this.lookup.who(reader, asked.number);
    response.vary('Accept, Authorization');
    if (wantsText(request)) response.type('text/plain').send(answer.found ? harmless(answer.name) : '');
    else response.type('application/json').send(JSON.stringify(answer));
  }

  @All()
  other(): never {
    throw wrongMethod('GET, HEAD');
  }
}

/**
 * A name as a telephone system may put it into its dialplan, where `${…}` is run and quotes and angle brackets end the name: people of
 * other companies call themselves what they like.
 */
function harmless(name: string): string {
  return name
    .replace(/[$`"\\<>{}[\]|;]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
