import { All, Controller, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { callIdOf } from '../../calls/record/call-row.js';
import { callUsers } from '../../calls/record/call-users.js';
import { Recordings, type RecordedCall } from '../../calls/recordings/recordings.service.js';
import { limits } from '../../config/limits.js';
import { inTransaction } from '../../database/transaction.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Region } from '../../phone/e164.js';
import { Token } from '../../web/access.js';
import { CurrentCaller, type ApiCaller } from '../../web/api-caller.js';
import { ApiError } from '../../web/api-error.js';
import { apiWordsOf } from '../../web/problem-json.js';
import { readBody } from '../body/read-body.js';
import { faultsOf } from '../calls/faults.js';
import { refusedUser } from '../refused-user.js';
import { wrongMethod } from '../wrong-method.js';
import { RecordingAsked, recordingTypes, type RecordingAnswer } from './recording-schemas.js';

/** The recording or voicemail of a call that was reported before. */
@Token('calls:write')
@Controller('api/v1/calls/:callId/recording')
export class ReportedRecordingsController {
  constructor(
    private readonly database: DataSource,
    private readonly recordings: Recordings,
  ) {}

  @Put()
  @HttpCode(200)
  async keep(
    @CurrentCaller() caller: ApiCaller,
    @Param('callId') callId: string,
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
  ): Promise<RecordingAnswer> {
    const { data: asked, error } = RecordingAsked.safeParse(query);
    if (error) {
      const errors = faultsOf(apiWordsOf(request), error, query);
      throw new ApiError(400, 'bad-parameters', {}, { members: { errors } });
    }
    // Before megabytes are taken in for nobody.
    await this.call(this.database, caller, callId, asked.user);
    const bytes = await readBody(request, { types: recordingTypes, bytes: limits.recordingBytes });
    // Held meanwhile: of a call that is erased at this moment nothing may stay behind.
    const changed = await inTransaction(this.database, async (manager) =>
      this.recordings.keep(
        manager,
        await this.call(manager, caller, callId, asked.user, 'FOR UPDATE'),
        bytes,
      ),
    );
    return { changed };
  }

  @All()
  other(): never {
    throw wrongMethod('PUT');
  }

  /** One in the bin is none: its recording would come back with it. @throws ApiError */
  private async call(
    database: Statements,
    { accountId, account }: ApiCaller,
    callId: string,
    word: string,
    lock: '' | 'FOR UPDATE' = '',
  ): Promise<RecordedCall> {
    const region = account.region as Region;
    const user = (await callUsers(database, { id: accountId, region }, [word])).get(word)!;
    if ('refusal' in user) throw refusedUser(user.refusal);
    const [call] = await database.query<RecordedCall[]>(
      `SELECT id, accountId, userId FROM calls WHERE userId = ? AND callId = ? AND deletedAt IS NULL ${lock}`,
      [user.id, callIdOf(callId)],
    );
    if (!call) throw new ApiError(404, 'unknown-call');
    return call;
  }
}
