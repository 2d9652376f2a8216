import { groupKinds } from '../../accounts/group-tables.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type ApplyFacts, type FieldLeft, type Outcome, type PlannedChange } from './planned-change.js';
import { presentFor, wantedOf, type Present } from './present-values.js';
import { holdersOf, peopleById, type StoredPerson } from './stored-people.js';
import { writeChanges } from './write-changes.js';

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
  for (const kind of groupKinds) {
    const names = planned.flatMap(({ changes }) => comingAndGoing(changes[kind]));
    await facts.groups.hold(transaction, kind, names);
  }
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
  await writeChanges(transaction, facts, all, outcomes, present);
  for (const { id } of released) outcomes.delete(id);
  return outcomes;
}

/** Groups that are in one of the lists alone. */
function comingAndGoing([before, after]: readonly unknown[] = [[], []]): string[] {
  const [seen, wanted] = [before as string[], after as string[]];
  return [...seen.filter((name) => !wanted.includes(name)), ...wanted.filter((name) => !seen.includes(name))];
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
  const requests = asked.get(person.id);
  if (field === 'requestedEmail' && back)
    return requests?.has(String(seen)) ? null : person.email === seen ? 'confirmed' : 'nothing';
  if (person.email === wanted || (field === 'requestedEmail' && requests?.has(String(wanted))))
    return 'nothing';
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
