import { newId, type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type Region } from '../../phone/e164.js';
import { type CallOutcome, type CallSource, type RecordingState } from '../call.js';
import { askForRecordings } from '../recordings/asked-recordings.js';
import { type CallAnswer, type CallReport } from './call-report.js';
import { callKeys, callOf, ONE_CALL_MS, type CallFields } from './call-row.js';
import { callUsers } from './call-users.js';
import { keptFrom, type CallRetention } from './kept-from.js';

/**
 * The only place where calls are written as they are reported: SQL alone, for requests as for the thread of an import. The last
 * report of a call wins, but for one that was answered: a late word of its ringing, or of another telephone of the same person that rang
 * in vain, does not make it missed. One in the bin stays there.
 */

/** Whose calls, and the act it is part of. */
export interface RecordAct {
  accountId: Id;
  source: CallSource;
  /** The journal batch of an import. */
  batchId: Id | null;
  now: Date;
}

/** How an account has calls kept, in one read. */
export async function callAccount(
  database: Statements,
  accountId: Id,
  now: Date,
): Promise<{ id: Id; region: Region; keptFrom: Date | null }> {
  const [account] = await database.query<(CallRetention & { region: Region })[]>(
    `SELECT a.region, s.callMonths, s.retentionFrom, s.accountId AS saved FROM accounts a
     LEFT JOIN account_settings s ON s.accountId = a.id WHERE a.id = ?`,
    [accountId],
  );
  return { id: accountId, region: account.region, keptFrom: keptFrom(account, now) };
}

/**
 * Writes what is new in these reports, at most some hundreds, in the transaction it is handed.
 * @returns what became of each, in their order
 */
export async function recordCalls(
  transaction: Statements,
  act: RecordAct,
  reports: readonly CallReport[],
): Promise<CallAnswer[]> {
  if (reports.length === 0) return [];
  const account = await callAccount(transaction, act.accountId, act.now);
  const users = await callUsers(
    transaction,
    account,
    reports.map(({ user }) => user),
  );
  const wanted = reports.map((report): Wanted | CallAnswer => {
    const user = users.get(report.user)!;
    if ('refusal' in user) return { result: 'refused', reason: user.refusal };
    const call = callOf(report, { ...account, now: act.now });
    if (typeof call === 'string') return { result: 'refused', reason: call };
    return { ...call, id: newId(), userId: user.id };
  });
  const calls = wanted.filter((each): each is Wanted => !('result' in each));
  if (calls.length === 0) return wanted as CallAnswer[];
  // In one order everywhere: two requests with the same calls wait for each other instead of locking each other out.
  const firsts = [...new Map(calls.toReversed().map((call) => [keyOf(call), call])).values()].sort(
    (one, other) => (keyOf(one) < keyOf(other) ? -1 : 1),
  );
  await insert(transaction, act, firsts);
  const stored = await storedCalls(transaction, firsts);
  const ids = new Set(firsts.map(({ id }) => id));
  const changed = new Set<string>();
  const toFetch = new Map<Id, { id: Id; accountId: Id; userId: Id }>();
  const answers = wanted.map((reported): CallAnswer => {
    if ('result' in reported) return reported;
    const key = keyOf(reported);
    const before = stored.get(key)!;
    // A later report that names no recording does not say that there is none.
    const each = { ...reported, recordingUrl: reported.recordingUrl ?? before.recordingUrl };
    const { id, userId } = before;
    if (isAnother(before, each)) return { result: 'refused', reason: 'id-taken' };
    if (wasAnswered(before, each)) return { result: 'unchanged', id, userId };
    if (each.recordingUrl !== null && (id === each.id || before.recordingUrl !== each.recordingUrl))
      toFetch.set(id, { id, accountId: act.accountId, userId });
    if (id === each.id) return { result: 'created', id, userId };
    if (isSame(before, each)) return { result: 'unchanged', id, userId };
    stored.set(key, merged(before, each, act.source));
    changed.add(key);
    return { result: 'updated', id, userId };
  });
  await update(
    transaction,
    act,
    [...stored].flatMap(([key, call]) => (changed.has(key) ? call : [])),
  );
  if (act.source === 'api') await takeOver(transaction, [...stored.values()]);
  const came = [...stored.values()].filter(({ id, ...call }) => ids.has(id) || changed.has(keyOf(call)));
  await takeNote(transaction, act, came);
  await askForRecordings(transaction, act.accountId, [...toFetch.values()], act.now);
  return answers;
}

interface Wanted extends CallFields {
  id: Id;
  userId: Id;
}

interface StoredCall extends Wanted {
  heardAt: Date | null;
  recording: RecordingState | null;
  /** Of what is here already. */
  createdByBatch?: Id | null;
}

const said = [
  ...(['callId', 'direction', 'outcome', 'number', 'typedNumber', 'callerName'] as const),
  ...(['startedAt', 'seconds', 'recordingUrl'] as const),
];
const written = [...said, 'heardAt', 'recording', 'searchKey', 'foldVersion'] as const;

async function insert(transaction: Statements, act: RecordAct, calls: readonly Wanted[]): Promise<void> {
  const rows = calls.map((call) =>
    rowOf(act, { ...call, heardAt: heard(call, act.source), recording: asked(call) }),
  );
  // Of a call that is here nothing is changed yet: what differs is looked at first.
  await transaction.query(`${INSERT} ON DUPLICATE KEY UPDATE id = calls.id`, [rows]);
}

async function update(transaction: Statements, act: RecordAct, calls: readonly StoredCall[]): Promise<void> {
  if (calls.length === 0) return;
  await transaction.query(
    `${INSERT} ON DUPLICATE KEY UPDATE ${written.map((column) => `${column} = VALUES(${column})`).join(', ')},
       updatedAt = VALUES(updatedAt)`,
    [calls.map((call) => rowOf(act, call))],
  );
}

const INSERT = `INSERT INTO calls
  (id, accountId, userId, ${written.join(', ')}, source, createdByBatch, createdAt, updatedAt) VALUES ?`;

function rowOf({ accountId, source, batchId, now }: RecordAct, call: StoredCall): unknown[] {
  const values = { ...call, ...callKeys(call) };
  return [
    call.id,
    accountId,
    call.userId,
    ...written.map((column) => values[column]),
    source,
    batchId,
    now,
    now,
  ];
}

/** Held until the transaction ends; user by user, because servers look up pairs in an index less well. */
async function storedCalls(
  transaction: Statements,
  calls: readonly Wanted[],
): Promise<Map<string, StoredCall>> {
  const ids = new Map<Id, string[]>();
  for (const { userId, callId } of calls) ids.set(userId, [...(ids.get(userId) ?? []), callId]);
  const rows = await transaction.query<StoredCall[]>(
    `SELECT id, userId, ${said.join(', ')}, heardAt, recording, createdByBatch FROM calls
     WHERE ${[...ids].map(() => '(userId = ? AND callId IN (?))').join(' OR ')} ORDER BY userId, callId FOR UPDATE`,
    [...ids].flatMap(([userId, some]) => [userId, some]),
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** What a telephone system reports itself stays, also when the import that brought it first is undone. */
async function takeOver(transaction: Statements, calls: readonly StoredCall[]): Promise<void> {
  const ids = calls.flatMap(({ id, createdByBatch }) => (createdByBatch ? [id] : []));
  if (ids.length > 0)
    await transaction.query("UPDATE calls SET createdByBatch = NULL, source = 'api' WHERE id IN (?)", [ids]);
}

/** Whoever was spoken with, or called, since a missed call of theirs: there is nothing more to see to. */
async function takeNote(
  transaction: Statements,
  { now }: RecordAct,
  calls: readonly StoredCall[],
): Promise<void> {
  const later = calls.filter(
    ({ number, direction, outcome }) =>
      number !== null && (direction === 'outgoing' || outcome === 'answered'),
  );
  if (later.length === 0) return;
  await transaction.query(
    `UPDATE calls c JOIN calls later ON later.userId = c.userId AND later.number = c.number
       AND later.startedAt > c.startedAt AND later.id IN (?)
     SET c.heardAt = ?
     WHERE c.userId IN (?) AND c.heardAt IS NULL AND c.deletedAt IS NULL AND c.outcome = 'missed'`,
    [later.map(({ id }) => id), now, [...new Set(later.map(({ userId }) => userId))]],
  );
}

/** The telephone system counts from one again: neither call may stand for the other. */
function isAnother(before: StoredCall, after: Wanted): boolean {
  return Math.abs(before.startedAt.getTime() - after.startedAt.getTime()) > ONE_CALL_MS;
}

function wasAnswered(before: StoredCall, after: Wanted): boolean {
  return before.direction === after.direction && before.outcome === 'answered' && after.outcome === 'missed';
}

function isSame(before: StoredCall, after: Wanted): boolean {
  return said.every((field) => sameValue(before[field], after[field]));
}

/** A missed call that turns out to be a voicemail waits again. */
function merged(before: StoredCall, after: Wanted, source: CallSource): StoredCall {
  const sameKind = before.outcome === after.outcome && before.direction === after.direction;
  const sameFile = before.recordingUrl === after.recordingUrl;
  return {
    ...after,
    id: before.id,
    createdByBatch: before.createdByBatch,
    heardAt: sameKind ? before.heardAt : heard(after, source),
    recording: sameFile ? before.recording : (asked(after) ?? before.recording),
  };
}

/** When there was nothing more to take note of; null: the user is still to see or hear it. A file is history: it does not wait. */
function heard({ direction, outcome, startedAt }: CallFields, source: CallSource): Date | null {
  if (source === 'import') return startedAt;
  const waits: readonly CallOutcome[] = ['missed', 'voicemail'];
  return direction === 'incoming' && waits.includes(outcome) ? null : startedAt;
}

function asked({ recordingUrl }: CallFields): RecordingState | null {
  return recordingUrl === null ? null : 'asked';
}

function keyOf({ userId, callId }: { userId: Id; callId: string }): string {
  return `${userId} ${callId}`;
}
