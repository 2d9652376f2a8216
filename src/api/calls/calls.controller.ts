import { All, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { DataSource } from 'typeorm';
import { recordCalls } from '../../calls/record/record-calls.js';
import { type CallAnswer, type CallReport } from '../../calls/record/call-report.js';
import { inTransaction } from '../../database/transaction.js';
import { Token } from '../../web/access.js';
import { CurrentCaller, type ApiCaller } from '../../web/api-caller.js';
import { ApiError } from '../../web/api-error.js';
import { apiWordsOf } from '../../web/problem-json.js';
import { type Words } from '../../web/words.js';
import { JsonBody } from '../body/json-body.js';
import { TokenUses } from '../tokens/token-uses.js';
import { wrongMethod } from '../wrong-method.js';
import { type CallResult, type CallResults } from './call-schemas.js';
import { reportedCalls, type Reported } from './reported.js';

/** Calls that a telephone system reports: one, or many at once. */
@Token('calls:write')
@Controller('api/v1/calls')
export class ReportedCallsController {
  constructor(
    private readonly database: DataSource,
    private readonly uses: TokenUses,
  ) {}

  /** Answers each call in its place; 422 where none of them was taken. */
  @Post()
  @HttpCode(200)
  async record(
    @CurrentCaller() caller: ApiCaller,
    @JsonBody() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CallResults> {
    const words = apiWordsOf(request);
    const reported = reportedCalls(words, body);
    await this.uses.count(caller.tokenId, Math.max(0, reported.length - 1));
    const results = answersOf(words, reported, await this.recorded(caller, reported));
    if (results.length > 0 && results.every(({ result }) => result === 'refused')) {
      throw new ApiError(422, 'all-refused', { count: results.length }, { members: { results } });
    }
    response.vary('Accept-Language, Authorization');
    return { results };
  }

  @All()
  other(): never {
    throw wrongMethod('POST');
  }

  private recorded({ accountId }: ApiCaller, reported: readonly Reported[]): Promise<CallAnswer[]> {
    const reports = reported.flatMap((each): CallReport[] => ('report' in each ? [each.report] : []));
    const act = { accountId, source: 'api', batchId: null, now: new Date() } as const;
    return inTransaction(this.database, (manager) => recordCalls(manager, act, reports));
  }
}

/** @param recorded of those that could be read, in their order */
function answersOf(
  words: Words,
  reported: readonly Reported[],
  recorded: readonly CallAnswer[],
): CallResult[] {
  const answers = [...recorded];
  return reported.map((each) => {
    if ('refused' in each) return each.refused;
    const { callId } = each.report;
    const answer = answers.shift()!;
    if (answer.result !== 'refused') return { callId, result: answer.result };
    const { result, reason } = answer;
    return { callId, result, reason, detail: words.t(`calls.refusal.${reason}`) };
  });
}
