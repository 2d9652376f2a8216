import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OwnData } from '../../accounts/own-data.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { callFields, callHeaders } from '../../csv/call-profiles.js';
import { csvStream, type Cell } from '../../csv/writer.js';
import { type Id } from '../../database/id.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { type Call } from '../call.entity.js';
import { CALLS } from '../list/call-list.state.js';

/** Below `/calls`. */
export const OWN_CALLS = 'my-data.csv';

/** Rows of one read. */
const AT_ONCE = 500;

/**
 * Somebody’s calls for themselves, those in the bin too (GDPR, article 20), in the columns their import reads, and where each recording
 * is downloaded while one is signed in.
 */
@Injectable()
export class OwnCalls implements OnModuleInit {
  constructor(
    private readonly own: OwnData,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.own.offer({
      ...{ labelKey: 'calls.own-data', textKey: 'calls.own-data-text' },
      ...{ href: `/calls/${OWN_CALLS}`, feature: 'phone' },
    });
  }

  pieces(words: Words, { id, email }: SignedIn): AsyncGenerator<string, void> {
    const { locale } = words;
    const headers = [
      ...callFields.map((field) => callHeaders[locale][field]),
      words.t('calls.column.deleted'),
      words.t('calls.column.recording'),
    ];
    return csvStream(this.rows(words, id, email), { form: 'plain', locale, headers });
  }

  private async *rows(words: Words, userId: Id, email: string): AsyncGenerator<Cell[]> {
    // Along the index of one's list, once: page by page in the order of ids, a server reads the calls of everybody on the way.
    const ids = await this.database.query<{ id: Id }[]>(
      'SELECT id FROM calls FORCE INDEX (ix_calls_list) WHERE userId = ? ORDER BY startedAt, id',
      [userId],
    );
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const set: Row[] = await this.database.query<Row[]>(
        `SELECT id, callId, direction, outcome, number, typedNumber, callerName, startedAt, seconds, recording, deletedAt
         FROM calls WHERE id IN (?) AND userId = ? ORDER BY startedAt, id`,
        [ids.slice(from, from + AT_ONCE).map(({ id }) => id), userId],
      );
      for (const call of set) {
        const cells: Record<(typeof callFields)[number], Cell> = {
          ...{
            callId: call.callId,
            user: email,
            number: call.number ?? call.typedNumber,
            name: call.callerName,
          },
          direction: words.t(`calls.csv.${call.direction}`),
          startedAt: call.startedAt.toISOString(),
          duration: call.seconds,
          outcome: words.t(`calls.csv.${call.outcome}`),
          voicemail: words.t(call.outcome === 'voicemail' ? 'calls.csv.yes' : 'calls.csv.no'),
        };
        yield [
          ...callFields.map((field) => cells[field]),
          call.deletedAt?.toISOString() ?? '',
          this.recordingOf(call),
        ];
      }
    }
  }

  /** Of a call in the bin nothing is played before it is restored. */
  private recordingOf({ id, recording, deletedAt }: Row): string {
    if (recording !== 'kept' || deletedAt !== null) return '';
    return `${this.environment.publicUrl}${CALLS}/${id}/recording`;
  }
}

type Row = Pick<
  Call,
  | 'id'
  | 'callId'
  | 'direction'
  | 'outcome'
  | 'number'
  | 'typedNumber'
  | 'callerName'
  | 'startedAt'
  | 'seconds'
  | 'recording'
  | 'deletedAt'
>;
