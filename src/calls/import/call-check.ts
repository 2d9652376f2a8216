import { createHash } from 'node:crypto';
import {
  type CheckResult,
  type ImportCheck,
  type ImportFacts,
  type LateFinding,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { detached } from '../../imports/rows.js';
import { type RowProblem } from '../../imports/stored-rows.js';
import { callOf, ONE_CALL_MS } from '../record/call-row.js';
import { callUsers, type CallUser } from '../record/call-users.js';
import { callAccount } from '../record/record-calls.js';
import { callsOf, type ChainRow } from './call-chains.js';
import { extensionsBy } from './call-questions.js';
import { StartTimes } from './call-times.js';
import { asteriskRows } from './asterisk-row.js';
import { knownCalls } from './known-calls.js';
import { type Leg, type RowCalls, type RowReader } from './leg.js';
import { toTold, type Told } from './told-calls.js';
import { writtenRows } from './written-row.js';

/** Calls of one look at what is here. */
const LOOKED_UP = 1_000;

/**
 * What each row of a file of calls is: calls that are new, calls that are here already or that another row tells, or wrong. Of
 * several rows on one call only the whole file knows which tells it, so that is worked out last.
 */
export class CallCheck implements ImportCheck {
  private readonly now = new Date();
  private readonly read: RowReader;
  private readonly asterisk: boolean;
  private readonly columns: ReadonlyMap<string, number>;
  private readonly parsed = new Map<number, RowCalls>();
  private readonly rows: FileRow[] = [];
  private readonly recalled: Row[] = [];
  private account: Awaited<ReturnType<typeof callAccount>> | null = null;

  constructor(private readonly facts: ImportFacts) {
    const { choices, columns, timeZone } = facts;
    const zone =
      typeof choices['timeZone'] === 'string' && choices['timeZone'] !== '' ? choices['timeZone'] : timeZone;
    const times = new StartTimes(zone, this.now.getTime());
    const isExtension = extensionsBy(String(choices['extensions'] ?? '')) ?? (() => false);
    this.columns = new Map(
      columns.flatMap((field, column) => (field === null ? [] : [[field, column] as const])),
    );
    this.asterisk = this.columns.has('disposition') && this.columns.has('channel');
    this.read = this.asterisk ? asteriskRows(times, isExtension) : writtenRows(times);
  }

  checkRow(row: Row): void {
    const read = this.read(
      (field) => row.values[field] ?? '',
      (field, key) => row.problems.push([this.columnOf(field), key]),
    );
    if (read) this.parsed.set(row.ref, read);
  }

  async checkBatch(database: Statements, rows: readonly Row[]): Promise<void> {
    this.account ??= await callAccount(database, this.facts.accountId, this.now);
    const words = [...this.parsed.values()].flatMap(({ legs }) =>
      legs.flatMap(({ candidates }) => candidates.map(({ text }) => text)),
    );
    const users = words.length === 0 ? new Map() : await callUsers(database, this.account, words);
    for (const row of rows) {
      const read = row.problems.length === 0 ? this.parsed.get(row.ref) : undefined;
      if (read) this.take(row, read, users);
    }
    this.parsed.clear();
  }

  /** Whom it is about has to be asked of the database again. */
  recall(row: Row): void {
    if (row.problems.length === 0) this.recalled.push(row);
  }

  async finish(database: Statements): Promise<CheckResult> {
    for (let from = 0; from < this.recalled.length; from += LOOKED_UP) {
      const rows = this.recalled.slice(from, from + LOOKED_UP);
      for (const row of rows) this.checkRow(row);
      await this.checkBatch(database, rows);
    }
    const { own, taken } = this.byId();
    const { calls, chains } = callsOf(own);
    const known = await this.known(database, [...calls.values()].flat());
    const late: LateFinding[] = taken.map(({ ref }) => ({ ref, problem: this.idTaken() }));
    let created = 0;
    for (const row of own) {
      const told = calls.get(row.ref) ?? [];
      if (told.some((call) => isAnother(known.get(keyOf(call)), call))) {
        late.push({ ref: row.ref, problem: this.idTaken() });
        continue;
      }
      const fresh = told.filter((call) => !known.has(keyOf(call)));
      if (fresh.length > 0) created++;
      if (row.nobody && !chains.has(row)) late.push({ ref: row.ref, problem: row.nobody });
      else if (fresh.length === 0) late.push({ ref: row.ref, verdict: 'known', values: valuesOf(told) });
      else if (valuesOf(fresh).calls !== valuesOf(row.legs).calls)
        late.push({ ref: row.ref, verdict: 'new', values: valuesOf(fresh) });
    }
    return { late, made: {}, newWithoutProposals: created };
  }

  private take(row: Row, read: RowCalls, users: ReadonlyMap<string, CallUser>): void {
    const legs = read.legs.flatMap((leg) => this.told(row, leg, read.callId, users) ?? []);
    if (row.problems.length > 0) return;
    let nobody: RowProblem | null = null;
    if (legs.length === 0) {
      const { field, reason } = refusalOf(read.legs, users);
      // A queue's own row is nobody's, and nothing is wrong with it where others tell who was called.
      const mayBeTold = this.asterisk && reason === 'unknown-user';
      const problem: RowProblem = [
        this.columnOf(field),
        `call-imports.problem.${mayBeTold ? 'nobody' : reason}`,
      ];
      if (!mayBeTold) {
        row.problems.push(problem);
        return;
      }
      nobody = problem;
    }
    row.values = valuesOf(legs);
    this.rows.push({
      ...{ ref: row.ref, legs, nobody },
      chain: detached(read.chain || legs[0]?.callId || ''),
      ...(read.opens ? { opens: detached(read.opens) } : {}),
      ...(read.continues ? { continues: detached(read.continues) } : {}),
    });
  }

  /** Null where it is nobody's here; a problem of the row where it cannot be recorded. */
  private told(row: Row, leg: Leg, callId: string, users: ReadonlyMap<string, CallUser>): Told | null {
    const found = leg.candidates.flatMap(({ text }) => {
      const user = users.get(text);
      return user && 'id' in user ? [{ user: text, userId: user.id }] : [];
    })[0];
    if (!found || !this.account) return null;
    const dialled = leg.candidates.find(({ field }) => field === 'dst');
    const whom = dialled && users.get(dialled.text);
    const { direction, outcome, number, name, startedAt, seconds } = leg;
    const told: Told = {
      ...{ userId: found.userId, user: detached(found.user), direction, outcome, startedAt, seconds },
      ...{ number: detached(number), name: name === null ? null : detached(name), ref: row.ref },
      callId: callId || madeId(found.userId, leg),
      direct: leg.direct || (whom !== undefined && 'id' in whom && whom.id === found.userId),
    };
    const call = callOf({ ...told, startedAt: new Date(startedAt) }, { ...this.account, now: this.now });
    if (typeof call !== 'string') return { ...told, callId: detached(call.callId) };
    row.problems.push([this.columnOf(fieldOf[call] ?? 'user'), `call-imports.problem.${call}`]);
    return null;
  }

  /** @returns when each call began that is here already */
  private async known(database: Statements, calls: readonly Told[]): Promise<Map<string, number>> {
    const known = new Map<string, number>();
    for (let from = 0; from < calls.length; from += LOOKED_UP)
      for (const each of await knownCalls(database, calls.slice(from, from + LOOKED_UP)))
        known.set(keyOf(each), each.startedAt.getTime());
    return known;
  }

  /** Rows by whether their id is that of a call another day, which an earlier row of the file tells. */
  private byId(): { own: FileRow[]; taken: FileRow[] } {
    const starts = new Map<string, number>();
    const own: FileRow[] = [];
    const taken: FileRow[] = [];
    for (const row of this.rows) {
      const start = row.legs[0]?.startedAt;
      const first = start === undefined ? undefined : starts.get(row.chain);
      if (start !== undefined && first === undefined) starts.set(row.chain, start);
      const isOther = start !== undefined && isAnother(first, { startedAt: start });
      (isOther ? taken : own).push(row);
    }
    return { own, taken };
  }

  private idTaken(): RowProblem {
    return [this.columnOf('callId'), 'call-imports.problem.id-taken'];
  }

  private columnOf(field: string): number {
    return this.columns.get(field) ?? -1;
  }
}

interface FileRow extends ChainRow {
  /** What is wrong with it if no other row tells its call. */
  nobody: RowProblem | null;
}

const fieldOf: Partial<Record<string, string>> = {
  'bad-call-id': 'callId',
  'bad-start': 'startedAt',
  'too-old': 'startedAt',
  'bad-duration': 'duration',
};

/** What is worth saying of a row that is nobody's: somebody who may not be given calls, before nobody at all. */
function refusalOf(
  legs: readonly Leg[],
  users: ReadonlyMap<string, CallUser>,
): { field: string; reason: string } {
  const said = legs.flatMap(({ candidates }) =>
    candidates.map(({ text, field }) => {
      const user = users.get(text);
      return { field, reason: user && 'refusal' in user ? user.refusal : 'unknown-user' };
    }),
  );
  return (
    said.find(({ reason }) => reason !== 'unknown-user') ??
    said.at(-1) ?? { field: 'user', reason: 'unknown-user' }
  );
}

/** The same for the same call in another export, where the telephone system gave it no id. */
function madeId(userId: string, { direction, number, startedAt }: Leg): string {
  const said = [userId, direction, number, startedAt].join(' ');
  return `file-${createHash('sha256').update(said).digest('hex').slice(0, 32)}`;
}

function valuesOf(calls: readonly Told[]): { calls: string } {
  return { calls: JSON.stringify(calls.map(toTold)) };
}

function isAnother(known: number | undefined, { startedAt }: Pick<Told, 'startedAt'>): boolean {
  return known !== undefined && Math.abs(known - startedAt) > ONE_CALL_MS;
}

function keyOf({ userId, callId }: { userId: string; callId: string }): string {
  return `${userId} ${callId}`;
}
