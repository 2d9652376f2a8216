import { nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import {
  type ImportFacts,
  type ImportWriting,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { WriteRefused } from '../../imports/write-refused.js';
import { type Composed } from '../compose/composed.js';
import { roomFor } from '../contact-limit.js';
import { type StoredContact } from '../contact-row.js';
import { type ContactAct } from '../contact-writes.js';
import { type ContactIndex } from '../matching.js';
import { contactIndex } from '../matching.query.js';
import { groupsOfRow, noRoom } from './contact-check.js';
import { fileGroups } from './file-groups.js';
import { RowComposing } from './row-composing.js';
import { changeRows, insertRows, type ComposedRow } from './row-writing.js';

type Groups = ReadonlyMap<string, { id: Id; name: string }>;

/** Makes and changes the contacts of a file, all in one transaction; what is no longer as the check saw it is left and told. */
export class ContactWriting implements ImportWriting {
  private readonly composing: RowComposing;
  private readonly now = new Date();
  /** Groups of right rows, by folded name. */
  private readonly wanted = new Map<string, string>();
  private readonly claimed = new Set<Id>();
  private groups: Groups = new Map();
  private index!: ContactIndex;
  private creating = 0;

  constructor(
    private readonly facts: ImportFacts,
    private readonly idOf: (ref: number) => Id,
  ) {
    this.composing = new RowComposing(facts, idOf);
  }

  survey(row: Row): void {
    if (row.knownId !== undefined) this.claimed.add(row.knownId);
    if (row.verdict !== 'new' && row.verdict !== 'changed') return;
    if (row.verdict === 'new') this.creating++;
    const names =
      row.verdict === 'new'
        ? groupsOfRow(this.composing.compose(row), this.facts)
        : ((row.changes?.groups?.[1] as string[] | undefined) ?? []);
    for (const name of names) if (!this.wanted.has(nameKeyOf(name))) this.wanted.set(nameKeyOf(name), name);
  }

  async prepare(transaction: Statements, batchId: Id): Promise<void> {
    const act = this.act(batchId);
    const left = await roomFor(transaction, act);
    if (this.creating > left) throw new WriteRefused(noRoom(this.creating, left));
    this.groups = await fileGroups(transaction, act, [...this.wanted.values()]);
    this.index = await contactIndex(transaction, act.ownerId);
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const act = this.act(batchId);
    const added: ComposedRow[] = [];
    const changed: ComposedRow[] = [];
    for (const row of rows) {
      const composed = this.composing.compose(row);
      if (row.verdict === 'changed') changed.push({ row, composed });
      else if (!this.isThereByNow(row, composed)) added.push({ row, composed });
    }
    await insertRows(transaction, act, added, {
      idOf: this.idOf,
      groupIdsOf: (composed) => this.idsOf(groupsOfRow(composed, this.facts)),
    });
    await changeRows(transaction, act, changed, (before, [, wanted]) =>
      this.joined(before, wanted as string[]),
    );
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  private act(batchId: Id): ContactAct {
    const { accountId, ownerId } = this.facts;
    return { accountId, ownerId: ownerId ?? '', batchId, now: this.now };
  }

  /** Somebody who was added by hand since the check: told as already there, unless both are wanted. */
  private isThereByNow(row: Row, composed: Composed): boolean {
    if (this.facts.choices.existing === 'keep') return false;
    const [id] = this.index.candidates(composed).filter((candidate) => !this.claimed.has(candidate));
    if (id === undefined) return false;
    this.claimed.add(id);
    row.verdict = 'known';
    row.knownId = id;
    return true;
  }

  /** Groups are joined and never left, so nobody else's change is in the way. */
  private joined({ groupIds }: StoredContact, names: readonly string[]): { groupIds: Id[] } | null {
    const all = [...new Set([...groupIds, ...this.idsOf(names)])].sort();
    return all.length > groupIds.length ? { groupIds: all } : null;
  }

  private idsOf(names: readonly string[]): Id[] {
    return [...new Set(names.flatMap((name) => this.groups.get(nameKeyOf(name))?.id ?? []))].sort();
  }
}
