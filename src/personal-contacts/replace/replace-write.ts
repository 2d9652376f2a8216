import { nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import {
  type ImportFacts,
  type ImportWriting,
  type Row,
  type Statements,
  type WriteResult,
} from '../../imports/import-kind.js';
import { type Removal, type Staying } from '../../imports/removal.js';
import { WriteRefused } from '../../imports/write-refused.js';
import { type Composed } from '../compose/composed.js';
import { roomFor } from '../contact-limit.js';
import { type StoredContact } from '../contact-row.js';
import { removeContacts, type ContactAct } from '../contact-writes.js';
import { emptyGroups, groupsByName, removeGroups } from '../group-writes.js';
import { groupsOfRow, noRoom } from '../import/contact-check.js';
import { fileGroups } from '../import/file-groups.js';
import { RowComposing } from '../import/row-composing.js';
import { changeRows, insertRows } from '../import/row-writing.js';
import { type ContactIndex } from '../matching.js';
import { contactIndex } from '../matching.query.js';
import { PeopleOfWrongRows } from './people-of-wrong-rows.js';
import { NAMED_STAYING } from './replace-check.js';
import { sameNames } from './replace-changes.js';
import { revisionsOf, wholeList } from './whole-list.js';

/** Rows of one query. */
const CHUNK = 1_000;
const nothing: Removal = { leaving: [], named: [], staying: [], stayingCount: 0, groups: [] };

/**
 * Makes the list what the file says, in one transaction: adds and changes contacts, and last lets those go that the check counted
 * as going, where nobody has touched them since and no wrong row can mean them. All else stays, and is told.
 */
export class ReplaceWriting implements ImportWriting {
  private readonly composing: RowComposing;
  private readonly now = new Date();
  private readonly removal: Removal;
  private readonly leaving: ReadonlySet<Id>;
  private readonly composed = new Map<number, Composed>();
  private readonly wrong: PeopleOfWrongRows;
  /** Contacts of right rows; those the file changes tell by themselves what they met. */
  private readonly claimed = new Set<Id>();
  private readonly changing = new Set<Id>();
  private readonly declined = new Map<Id, number>();
  /** Groups of right rows, by folded name. */
  private readonly wanted = new Map<string, string>();
  private groups: ReadonlyMap<string, { id: Id; name: string }> = new Map();
  private groupNames: ReadonlyMap<Id, string> = new Map();
  /** Where somebody was added since the check. */
  private index: ContactIndex | null = null;
  private creating = 0;
  private right = 0;

  constructor(
    private readonly facts: ImportFacts,
    private readonly idOf: (ref: number) => Id,
  ) {
    this.composing = new RowComposing(facts, idOf);
    this.wrong = new PeopleOfWrongRows(this.composing);
    this.removal = facts.removal ?? nothing;
    this.leaving = new Set(this.removal.leaving.map(([id]) => id));
  }

  survey(row: Row): void {
    if (row.verdict === 'wrong') {
      if (row.knownId !== undefined) this.declined.set(row.knownId, row.line);
      return this.wrong.add(row);
    }
    this.right++;
    if (row.knownId !== undefined) this.claimed.add(row.knownId);
    if (row.knownId !== undefined && row.verdict === 'changed') this.changing.add(row.knownId);
    if (row.verdict === 'same') return;
    const composed = this.composing.compose(row);
    this.composed.set(row.ref, composed);
    if (row.verdict === 'new') this.creating++;
    const names =
      row.verdict === 'new'
        ? groupsOfRow(composed, this.facts)
        : ((row.changes?.['groups']?.[1] as string[] | undefined) ?? []);
    for (const name of names) if (!this.wanted.has(nameKeyOf(name))) this.wanted.set(nameKeyOf(name), name);
  }

  async prepare(transaction: Statements, batchId: Id): Promise<void> {
    if (this.right === 0) throw new WriteRefused({ key: 'personal-replace.no-right-rows' });
    const act = this.act(batchId);
    const left = (await roomFor(transaction, act)) + this.leaving.size;
    if (this.creating > left) throw new WriteRefused(noRoom(this.creating, left));
    this.groups = await fileGroups(transaction, act, [...this.wanted.values()]);
    const groups = await groupsByName(transaction, act.ownerId);
    this.groupNames = new Map([...groups.values()].map(({ id, name }) => [id, name]));
    const { leaving, named, staying } = this.removal;
    const seen = new Set([
      ...leaving.map(([id]) => id),
      ...named.map(([id]) => id),
      ...staying.map(({ id }) => id),
    ]);
    const revisions = await revisionsOf(transaction, act.ownerId);
    if ([...revisions.keys()].some((id) => !seen.has(id)))
      this.index = await contactIndex(transaction, act.ownerId);
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const act = this.act(batchId);
    const rowsWith = (verdict: Row['verdict']) =>
      rows.flatMap((row) => {
        const composed = this.composed.get(row.ref);
        return row.verdict === verdict && composed ? [{ row, composed }] : [];
      });
    const changed = rowsWith('changed');
    const added = rowsWith('new').filter(({ row, composed }) => !this.isThereByNow(row, composed));
    await insertRows(transaction, act, added, {
      idOf: this.idOf,
      groupIdsOf: (composed) => this.idsOf(groupsOfRow(composed, this.facts)),
    });
    await changeRows(transaction, act, changed, (before, [seen, wanted]) =>
      this.moved(before, seen as string[], wanted as string[]),
    );
  }

  async finish(transaction: Statements, batchId: Id): Promise<WriteResult> {
    const act = this.act(batchId);
    const rowOf = new Map([...(await this.wrong.among(transaction, act.ownerId)), ...this.declined]);
    const untouched = await this.untouched(transaction, act.ownerId);
    const going = this.removal.leaving.filter(([id]) => untouched.has(id) && !rowOf.has(id));
    await removeContacts(
      transaction,
      act,
      going.map(([id]) => id),
      { held: true },
    );
    const emptied = this.removal.groups.flatMap(({ id, goes }) => (goes && id !== null ? [id] : []));
    const gone = await removeGroups(transaction, act, [
      ...(await emptyGroups(transaction, act.ownerId, emptied)),
    ]);
    const staying = await this.staying(transaction, act, rowOf);
    return {
      counts: { r: going.length, g: gone.length },
      removal: {
        ...this.removal,
        leaving: going,
        staying: staying.slice(0, NAMED_STAYING),
        stayingCount: staying.length,
      },
    };
  }

  private act(batchId: Id): ContactAct {
    const { accountId, ownerId } = this.facts;
    return { accountId, ownerId: ownerId ?? '', batchId, now: this.now };
  }

  /** Of those that go, who is as the check saw them; held until the end, so that nobody saves in between. */
  private async untouched(transaction: Statements, ownerId: Id): Promise<Set<Id>> {
    const revisions = new Map(this.removal.leaving);
    const ids = [...revisions.keys()];
    const found = new Set<Id>();
    for (let from = 0; from < ids.length; from += CHUNK) {
      const rows = await transaction.query<{ id: Id; revision: number }[]>(
        `SELECT id, revision FROM personal_contacts
         WHERE ownerId = ? AND id IN (?) AND deletedAt IS NULL ORDER BY id FOR UPDATE`,
        [ownerId, ids.slice(from, from + CHUNK)],
      );
      for (const { id, revision } of rows) if (revisions.get(id) === revision) found.add(id);
    }
    return found;
  }

  /** Who is in the list although the file does not say so, and why. */
  private async staying(
    transaction: Statements,
    { ownerId, batchId }: ContactAct,
    rowOf: ReadonlyMap<Id, number>,
  ): Promise<Staying[]> {
    const named = new Map(this.removal.named);
    const reasonOf = (id: Id, revision: number): Pick<Staying, 'reason' | 'line'> | null => {
      if (this.changing.has(id)) return null;
      if (this.claimed.has(id)) return (named.get(id) ?? revision) === revision ? null : { reason: 'edited' };
      const line = rowOf.get(id);
      if (line !== undefined) return { reason: 'wrong-row', line };
      return { reason: this.leaving.has(id) ? 'edited' : 'added' };
    };
    const reasons = new Map<Id, Pick<Staying, 'reason' | 'line'>>();
    for (const [id, revision] of await revisionsOf(transaction, ownerId, { butOf: batchId })) {
      const reason = reasonOf(id, revision);
      if (reason) reasons.set(id, reason);
    }
    // Names, in the order of the list, are asked for when there is somebody to name.
    if (reasons.size === 0) return [];
    const list = await wholeList(transaction, ownerId);
    return list.flatMap(({ id, displayName: name }) => {
      const reason = reasons.get(id);
      return reason ? [{ id, name, ...reason }] : [];
    });
  }

  /** Somebody who was added by hand since the check: that contact is the one, and stays as it is. */
  private isThereByNow(row: Row, composed: Composed): boolean {
    const id = this.index
      ?.candidates(composed)
      .find((candidate) => !this.claimed.has(candidate) && !this.leaving.has(candidate));
    if (id === undefined) return false;
    this.claimed.add(id);
    row.verdict = 'known';
    row.knownId = id;
    return true;
  }

  /** The groups are the file's, unless somebody moved the contact since the check. */
  private moved({ groupIds }: StoredContact, seen: readonly string[], wanted: readonly string[]) {
    const now = groupIds.flatMap((id) => this.groupNames.get(id) ?? []);
    if (sameNames(now, wanted)) return null;
    return sameNames(now, seen) ? { groupIds: this.idsOf(wanted) } : { now };
  }

  private idsOf(names: readonly string[]): Id[] {
    return [...new Set(names.flatMap((name) => this.groups.get(nameKeyOf(name))?.id ?? []))].sort();
  }
}
