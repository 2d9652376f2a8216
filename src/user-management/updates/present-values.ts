import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { type ApplyFacts, type PlannedChange } from './planned-change.js';
import { holdersOf, idsOfAddresses, openRequests, peopleById } from './stored-people.js';

/** What is there now, beside the people themselves. */
export interface Present {
  groups: Partial<Record<GroupKind, Map<Id, string[]>>>;
  managers: Set<Id>;
  addresses: Map<string, { id: Id }>;
  holders: Map<string, { id: Id }>;
  /** What this batch has written of these people before: a release, or a run that was cut off. */
  before: Map<Id, Changes>;
  /** New addresses that are asked for now, by person. */
  asked: Map<Id, Set<string>>;
}

/** What the plans would bring into a field. */
export function wantedOf(planned: readonly PlannedChange[], field: string): string[] {
  return planned.flatMap(({ changes }) =>
    typeof changes[field]?.[1] === 'string' ? [changes[field][1]] : [],
  );
}

export async function presentFor(
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
    asked: await openRequests(transaction, accountId, asking),
  };
}
