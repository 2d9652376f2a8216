import {
  enqueueAddressChangeMails,
  enqueueNewInvitations,
  insertLinks,
  newAddressChange,
  renewActivationLinks,
  withdrawAddressChanges,
} from '../../accounts/address-change-rows.js';
import { keysOf } from '../../accounts/user-keys.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { sameValue } from '../../journal/changes.js';
import { AccountGroups } from './account-groups.js';
import { groupKinds, memberTables, REFRESH_RESTRICTED, type GroupKind } from '../../accounts/group-tables.js';
import { holdersOf, idsOfAddresses, peopleById, updatedColumns, type StoredPerson } from './stored-people.js';

/** Who is to change how: values as they were seen, and as they are wanted. */
export interface PlannedChange {
  id: Id;
  line: number | null;
  changes: Changes;
}

/** A field that was left as it is. */
export interface FieldLeft {
  field: string;
  seen: unknown;
  now: unknown;
  wanted: unknown;
  reason: 'meanwhile' | 'extension-taken' | 'address-taken' | 'manager-gone' | 'activated' | 'confirmed';
}

export interface Outcome {
  /** Null for somebody who is not there any more. */
  person: StoredPerson | null;
  written: Changes;
  left: FieldLeft[];
  /** Why nobody may touch this person now. */
  refused?: 'gone' | 'erased' | 'owner-by-owner';
}

export interface ApplyFacts {
  accountId: Id;
  /** The journal batch these changes are written down in. */
  batchId: Id;
  /** May touch owners. */
  actorIsOwner: boolean;
  now: Date;
  /** An undo: addresses that were asked for are taken back. */
  back: boolean;
  groups: AccountGroups;
  /** Which of these people give up the extension they hold in the same act, further on. */
  giving: (transaction: Statements, holders: readonly { id: Id; extension: string }[]) => Promise<Set<Id>>;
}

/**
 * Writes planned changes, some hundred people in the transaction of the caller: each field whose value is still the one
 * that was seen. Imports, their undo and its undo all go this way; the journal holds what was really written.
 */
export async function applyChanges(
  transaction: Statements,
  facts: ApplyFacts,
  planned: readonly PlannedChange[],
): Promise<Map<Id, Outcome>> {
  const outcomes = new Map<Id, Outcome>();
  if (planned.length === 0) return outcomes;
  await facts.groups.refresh(transaction);
  const extensions = wantedOf(planned, 'extension');
  const released = await releasedFor(transaction, facts, planned, extensions);
  const all = [...planned, ...released];
  const ids = all.map(({ id }) => id);
  const people = new Map(
    (await peopleById(transaction, facts.accountId, ids, { lock: true })).map((person) => [
      person.id,
      person,
    ]),
  );
  const present = await presentFor(transaction, facts, planned, ids, extensions);
  for (const plan of all) outcomes.set(plan.id, outcomeOf(plan, people.get(plan.id) ?? null, present, facts));
  settleExtensions(outcomes, present);
  await write(transaction, facts, all, outcomes, present);
  for (const { id } of released) outcomes.delete(id);
  return outcomes;
}

/** What is there now, beside the people themselves. */
interface Present {
  groups: Partial<Record<GroupKind, Map<Id, string[]>>>;
  managers: Set<Id>;
  addresses: Map<string, { id: Id }>;
  holders: Map<string, { id: Id }>;
  /** What this batch has written of these people before: a release, or a run that was cut off. */
  before: Map<Id, Changes>;
  /** New addresses that are asked for now, by person. */
  asked: Map<Id, string>;
}

function wantedOf(planned: readonly PlannedChange[], field: string): string[] {
  return planned.flatMap(({ changes }) =>
    typeof changes[field]?.[1] === 'string' ? [changes[field][1]] : [],
  );
}

/** People outside these rows who hold an extension these rows take, and who give it up further on: it is taken from them now. */
async function releasedFor(
  transaction: Statements,
  { accountId, giving }: ApplyFacts,
  planned: readonly PlannedChange[],
  extensions: readonly string[],
): Promise<PlannedChange[]> {
  if (extensions.length === 0) return [];
  const own = new Set(planned.map(({ id }) => id));
  const holders = [...(await holdersOf(transaction, accountId, extensions))]
    .filter(([, { id }]) => !own.has(id))
    .map(([extension, { id }]) => ({ id, extension }));
  if (holders.length === 0) return [];
  const givers = await giving(transaction, holders);
  return holders
    .filter(({ id }) => givers.has(id))
    .map(({ id, extension }) => ({ id, line: null, changes: { extension: [extension, null] } }));
}

async function presentFor(
  transaction: Statements,
  { accountId, batchId, groups }: ApplyFacts,
  planned: readonly PlannedChange[],
  ids: readonly Id[],
  extensions: readonly string[],
): Promise<Present> {
  const memberships: Present['groups'] = {};
  for (const field of groupKinds) {
    const changing = planned.filter(({ changes }) => changes[field]).map(({ id }) => id);
    if (changing.length === 0) continue;
    const found = await groups.ofPeople(transaction, field, changing, { lock: true });
    memberships[field] = new Map(changing.map((id) => [id, (found.get(id) ?? []).map(({ name }) => name)]));
  }
  const managers = wantedOf(planned, 'managerId');
  const living = await peopleById(transaction, accountId, [...new Set(managers)]);
  const entries = await transaction.query<{ subjectId: Id; changes: string | null }[]>(
    'SELECT subjectId, changes FROM journal_entries WHERE batchId = ? AND subjectId IN (?)',
    [batchId, ids],
  );
  const asking = planned.filter(({ changes }) => changes.requestedEmail).map(({ id }) => id);
  const links =
    asking.length === 0
      ? []
      : await transaction.query<{ userId: Id; address: string }[]>(
          `SELECT userId, address FROM one_time_links WHERE userId IN (?) AND purpose = 'email-change' AND accountId = ?
             AND usedAt IS NULL AND withdrawnAt IS NULL AND expiresAt > UTC_TIMESTAMP(3)`,
          [asking, accountId],
        );
  return {
    groups: memberships,
    managers: new Set(living.filter(({ status }) => status !== 'erased').map(({ id }) => id)),
    addresses: await idsOfAddresses(transaction, accountId, [
      ...wantedOf(planned, 'email'),
      ...wantedOf(planned, 'requestedEmail'),
    ]),
    holders: await holdersOf(transaction, accountId, extensions),
    before: new Map(
      entries.map(({ subjectId, changes }) => [
        subjectId,
        changes === null ? {} : (JSON.parse(changes) as Changes),
      ]),
    ),
    asked: new Map(links.map(({ userId, address }) => [userId, address])),
  };
}

function outcomeOf(
  { id, changes }: PlannedChange,
  person: StoredPerson | null,
  present: Present,
  { actorIsOwner, back }: ApplyFacts,
): Outcome {
  const outcome: Outcome = { person, written: {}, left: [] };
  if (person === null) return { ...outcome, refused: 'gone' };
  if (person.status === 'erased') return { ...outcome, refused: 'erased' };
  if (person.role === 'owner' && !actorIsOwner) return { ...outcome, refused: 'owner-by-owner' };
  for (const [field, [seen, wanted]] of Object.entries(changes)) {
    const of = typedOf.get(field);
    // What was typed for a number goes with it.
    if (of !== undefined && changes[of] !== undefined) continue;
    const reason = isAddress(field)
      ? addressReason(field, [seen, wanted], person, present, back)
      : reasonToLeave(field, seen, wanted, person, present, id);
    if (reason === 'nothing') continue;
    const now = isAddress(field) ? person.email : nowOf(field, person, present);
    if (reason !== null) outcome.left.push({ field, seen, now, wanted, reason });
    else outcome.written[field] = [isAddress(field) ? seen : now, wanted];
  }
  for (const [typed, number] of typedOf) {
    const change = changes[typed];
    if (change && outcome.written[number])
      outcome.written[typed] = [person[typed as 'workPhoneTyped' | 'mobilePhoneTyped'], change[1]];
  }
  return outcome;
}

function reasonToLeave(
  field: string,
  seen: unknown,
  wanted: unknown,
  person: StoredPerson,
  present: Present,
  id: Id,
): FieldLeft['reason'] | 'nothing' | null {
  const now = nowOf(field, person, present);
  if (sameValue(now, wanted)) return 'nothing';
  // Taken from this person by this very batch, for somebody further up.
  const released = field === 'extension' && now === null && present.before.get(id)?.extension !== undefined;
  if (!sameValue(now, seen) && !released) return 'meanwhile';
  if (field === 'managerId' && typeof wanted === 'string' && !present.managers.has(wanted))
    return 'manager-gone';
  return null;
}

/** An address asked for takes effect once it is confirmed; taken back, only as long as it is not. */
function addressReason(
  field: string,
  [seen, wanted]: readonly [unknown, unknown],
  person: StoredPerson,
  { addresses, asked }: Present,
  back: boolean,
): FieldLeft['reason'] | 'nothing' | null {
  const request = asked.get(person.id);
  if (field === 'requestedEmail' && back)
    return request === seen ? null : person.email === seen ? 'confirmed' : 'nothing';
  if (person.email === wanted || (field === 'requestedEmail' && request === wanted)) return 'nothing';
  if (field === 'email' && person.status !== 'pending') return 'activated';
  if (person.email !== seen) return 'meanwhile';
  const holder = addresses.get(String(wanted));
  return holder && holder.id !== person.id ? 'address-taken' : null;
}

function nowOf(field: string, person: StoredPerson, { groups }: Present): unknown {
  if (field === 'userGroups' || field === 'chatGroups') return groups[field]?.get(person.id) ?? [];
  return person[field as keyof StoredPerson];
}

function isAddress(field: string): boolean {
  return field === 'email' || field === 'requestedEmail';
}

/** What was typed for each number. */
const typedOf = new Map([
  ['workPhoneTyped', 'workPhone'],
  ['mobilePhoneTyped', 'mobilePhone'],
]);

/** An extension is free when its holder is one of these people and gives it up; whoever cannot have it keeps their own. */
function settleExtensions(outcomes: Map<Id, Outcome>, { holders }: Present): void {
  for (let settled = false; !settled;) {
    settled = true;
    for (const [id, { written, left }] of outcomes) {
      const change = written.extension;
      const holder = typeof change?.[1] === 'string' ? holders.get(change[1]) : undefined;
      if (!change || !holder || holder.id === id || outcomes.get(holder.id)?.written.extension) continue;
      left.push({
        ...{ field: 'extension', seen: change[0], now: change[0], wanted: change[1] },
        reason: 'extension-taken',
      });
      delete written.extension;
      settled = false;
    }
  }
}

/** A person with everything written. */
interface Writing {
  plan: PlannedChange;
  outcome: Outcome;
  person: StoredPerson;
}

async function write(
  transaction: Statements,
  facts: ApplyFacts,
  planned: readonly PlannedChange[],
  outcomes: ReadonlyMap<Id, Outcome>,
  present: Present,
): Promise<void> {
  const { accountId, batchId } = facts;
  const writing = planned.flatMap((plan): Writing[] => {
    const outcome = outcomes.get(plan.id);
    if (!outcome?.person || Object.keys(outcome.written).length === 0) return [];
    return [{ plan, outcome, person: { ...outcome.person, ...columnsOf(outcome.written) } }];
  });
  if (writing.length === 0) return;
  const moving = writing
    .filter(({ outcome: { written } }) => written.extension?.[0])
    .map(({ plan }) => plan.id);
  if (moving.length > 0)
    await transaction.query('UPDATE users SET extension = NULL WHERE id IN (?) AND accountId = ?', [
      moving,
      accountId,
    ]);
  for (let from = 0; from < writing.length; from += ROWS)
    await updateRows(transaction, facts, writing.slice(from, from + ROWS), present);
  for (const field of groupKinds) await writeMemberships(transaction, facts, field, writing);
  await writeAddresses(transaction, facts, writing);
  await transaction.query(
    `INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?
     ON DUPLICATE KEY UPDATE line = VALUES(line), changes = VALUES(changes)`,
    [
      writing.map(({ plan: { id, line }, outcome: { written } }) => [
        ...[batchId, id, accountId, 'user', 'changed', line],
        JSON.stringify(merged(present.before.get(id), written)),
      ]),
    ],
  );
  const restricted = writing.filter(({ outcome }) => outcome.written.chatGroups).map(({ plan }) => plan.id);
  if (restricted.length > 0) await transaction.query(REFRESH_RESTRICTED, [restricted]);
}

/** Rows of one UPDATE. */
const ROWS = 100;

/** All columns of each row in one statement, and the keys that follow from them. */
async function updateRows(
  transaction: Statements,
  { accountId, now }: ApplyFacts,
  writing: readonly Writing[],
  { before }: Present,
): Promise<void> {
  const columns = [...updatedColumns, 'searchKey', 'sortKey', 'foldVersion', 'revision'] as const;
  const rows = writing.map(({ person }) => {
    const revision = person.revision + (before.has(person.id) ? 0 : 1);
    const row = { ...person, ...keysOf(person), revision };
    return [person.id, ...columns.map((column) => row[column])];
  });
  const first = `SELECT ${ID} AS id, ${columns.map((column) => `? AS ${column}`).join(', ')}`;
  const others = `UNION ALL SELECT ${ID}, ${columns.map(() => '?').join(', ')} `.repeat(rows.length - 1);
  await transaction.query(
    `UPDATE users u JOIN (${first} ${others}) v ON v.id = u.id
     SET ${columns.map((column) => `u.${column} = v.${column}`).join(', ')}, u.updatedAt = ?
     WHERE u.accountId = ?`,
    [...rows.flat(), now, accountId],
  );
}

/** As ids are stored: compared otherwise, no index would be used. */
const ID = 'CAST(? AS CHAR(36) CHARACTER SET ascii) COLLATE ascii_bin';

/** Exactly the groups that come and go; others a person has joined meanwhile stay. */
async function writeMemberships(
  transaction: Statements,
  { accountId, batchId, now, groups }: ApplyFacts,
  field: GroupKind,
  writing: readonly Writing[],
): Promise<void> {
  const changing = writing.filter(({ outcome }) => outcome.written[field]);
  if (changing.length === 0) return;
  const namesOf = ({ outcome }: Writing, place: 0 | 1) => (outcome.written[field]?.[place] ?? []) as string[];
  await groups.make(
    transaction,
    field,
    changing.flatMap((each) => namesOf(each, 1)),
    { batchId, now },
  );
  const gone: [Id, Id][] = [];
  const come: [Id, Id, Id][] = [];
  for (const each of changing) {
    const [before, after] = [new Set(namesOf(each, 0)), new Set(namesOf(each, 1))];
    for (const name of before) {
      const group = groups.named(field, name);
      if (group && !after.has(name)) gone.push([group.id, each.plan.id]);
    }
    for (const name of after) {
      const group = groups.named(field, name);
      if (group && !before.has(name)) come.push([group.id, each.plan.id, accountId]);
    }
  }
  for (let from = 0; from < gone.length; from += ROWS) {
    const some = gone.slice(from, from + ROWS);
    await transaction.query(
      `DELETE FROM ${memberTables[field]} WHERE ${some.map(() => '(groupId = ? AND userId = ?)').join(' OR ')}`,
      some.flat(),
    );
  }
  if (come.length === 0) return;
  await groups.raise(transaction, field, new Set(come.map(([groupId]) => groupId)));
  await transaction.query(
    `INSERT INTO ${memberTables[field]} (groupId, userId, accountId) VALUES ?
       ON DUPLICATE KEY UPDATE accountId = VALUES(accountId)`,
    [come],
  );
}

/** Pending people are invited anew at once; everybody else's new address is asked, and theirs holds until it answers. */
async function writeAddresses(
  transaction: Statements,
  { accountId, batchId, now, back }: ApplyFacts,
  writing: readonly Writing[],
): Promise<void> {
  const invited = writing.filter(({ outcome }) => outcome.written.email);
  if (invited.length > 0) {
    const userIds = invited.map(({ plan }) => plan.id);
    await renewActivationLinks(
      transaction,
      userIds.map((id) => ({ id, accountId })),
      now,
    );
    await transaction.query('UPDATE users SET invitedAt = ? WHERE id IN (?) AND accountId = ?', [
      ...[now, userIds, accountId],
    ]);
    await enqueueNewInvitations(transaction, { accountId, batchId, userIds });
  }
  const asked = writing.filter(({ outcome }) => outcome.written.requestedEmail);
  if (asked.length === 0) return;
  await withdrawAddressChanges(
    transaction,
    accountId,
    asked.map(({ plan }) => plan.id),
  );
  if (back) return;
  const links = asked.map(({ plan, outcome }) =>
    newAddressChange({ id: plan.id, accountId }, String(outcome.written.requestedEmail[1]), now),
  );
  await insertLinks(transaction, links);
  await enqueueAddressChangeMails(transaction, { accountId, batchId, linkIds: links.map(({ id }) => id) });
}

/** The columns of what was written; a request for an address and groups stand elsewhere. */
function columnsOf(written: Changes): Partial<StoredPerson> {
  return Object.fromEntries(
    updatedColumns.filter((column) => written[column]).map((column) => [column, written[column][1]]),
  ) as Partial<StoredPerson>;
}

/** One entry tells of two writings of one batch: what was before the first, and what is after the second. */
function merged(before: Changes | undefined, written: Changes): Changes {
  const all: Changes = { ...before, ...written };
  for (const field of Object.keys(before ?? {}))
    if (written[field] && before) all[field] = [before[field][0], written[field][1]];
  return all;
}
