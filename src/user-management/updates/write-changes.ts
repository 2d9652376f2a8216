import {
  enqueueAddressChangeMails,
  enqueueNewInvitations,
  insertLinks,
  newAddressChange,
  renewActivationLinks,
  withdrawAddressChanges,
} from '../../accounts/address-change-rows.js';
import { groupKinds, memberTables, REFRESH_RESTRICTED, type GroupKind } from '../../accounts/group-tables.js';
import { keysOf } from '../../accounts/user-keys.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { type ApplyFacts, type Outcome, type PlannedChange } from './planned-change.js';
import { type Present } from './present-values.js';
import { updatedColumns, type StoredPerson } from './stored-people.js';

/** A person with everything written. */
interface Writing {
  plan: PlannedChange;
  outcome: Outcome;
  person: StoredPerson;
}

/** Writes what the outcomes say: people, their groups, addresses and the journal. */
export async function writeChanges(
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
