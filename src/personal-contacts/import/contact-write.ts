import { nameKeyOf } from '../../accounts/user-rows.js';
import { contactFields, phoneFields, type ContactFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import {
  type ImportFacts,
  type ImportWriting,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { type Meanwhile } from '../../imports/stored-rows.js';
import { WriteRefused } from '../../imports/write-refused.js';
import { sameValue } from '../../journal/changes.js';
import { type Composed } from '../compose/composed.js';
import { contactsLeft } from '../contact-limit.js';
import { keepContactPhotos } from '../contact-photos.js';
import { type KeptContact, type StoredContact } from '../contact-row.js';
import {
  changeContacts,
  insertContacts,
  storedContacts,
  type ContactAct,
  type ContactChange,
  type NewContact,
} from '../contact-writes.js';
import { type ContactIndex } from '../matching.js';
import { contactIndex } from '../matching.query.js';
import { groupsOfRow, noRoom } from './contact-check.js';
import { fileGroups } from './file-groups.js';
import { photoHash } from './row-changes.js';
import { RowComposing } from './row-composing.js';

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
    const left = await contactsLeft(transaction, act.ownerId);
    if (this.creating > left) throw new WriteRefused(noRoom(this.creating, left));
    this.groups = await fileGroups(transaction, act, [...this.wanted.values()]);
    this.index = await contactIndex(transaction, act.ownerId);
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const act = this.act(batchId);
    const added: { row: Row; composed: Composed }[] = [];
    const changed: { row: Row; composed: Composed }[] = [];
    for (const row of rows) {
      const composed = this.composing.compose(row);
      if (row.verdict === 'changed') changed.push({ row, composed });
      else if (!this.isThereByNow(row, composed)) added.push({ row, composed });
    }
    await this.keepPhotos(transaction, act, [...added, ...changed]);
    await insertContacts(
      transaction,
      act,
      added.map(({ row, composed }) => this.newContact(row, composed)),
    );
    await this.change(transaction, act, changed);
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

  private async keepPhotos(
    transaction: Statements,
    act: ContactAct,
    rows: readonly { composed: Composed }[],
  ): Promise<void> {
    const photos = rows.flatMap(({ composed }) => composed.photo ?? []);
    if (photos.length > 0) await keepContactPhotos(transaction, act, photos);
  }

  private newContact({ ref, line }: Row, composed: Composed): NewContact {
    const { photo, typedPhones, extra } = composed;
    const fields = Object.fromEntries(contactFields.map((field) => [field, composed[field]]));
    return {
      ...(fields as unknown as ContactFields),
      ...{ typedPhones, extra },
      ...{ id: this.idOf(ref), line, starred: false },
      photoHash: photo && photoHash(photo),
      groupIds: this.idsOf(groupsOfRow(composed, this.facts)),
    };
  }

  private async change(
    transaction: Statements,
    act: ContactAct,
    rows: readonly { row: Row; composed: Composed }[],
  ): Promise<void> {
    const ids = rows.flatMap(({ row }) => row.knownId ?? []);
    const present = await storedContacts(transaction, act.ownerId, { ids, lock: true });
    const changes: ContactChange[] = [];
    for (const { row, composed } of rows) {
      const before = present.get(row.knownId ?? '');
      if (!before) {
        row.verdict = 'wrong';
        row.problems.push([-1, 'personal-imports.problem.gone']);
        continue;
      }
      const after = this.changed(row, composed, before);
      if (after) changes.push({ before, after, line: row.line });
    }
    await changeContacts(transaction, act, changes);
  }

  /** The contact with what may be written of a row's changes; null when nothing of them may. */
  private changed(row: Row, composed: Composed, before: StoredContact): KeptContact | null {
    const after: KeptContact = { ...before, typedPhones: { ...before.typedPhones } };
    const values = after as unknown as Record<string, unknown>;
    const left: Meanwhile[] = [];
    let written = 0;
    for (const [field, [seen, wanted]] of Object.entries(row.changes ?? {})) {
      if (field === 'groups') {
        after.groupIds = [...new Set([...before.groupIds, ...this.idsOf(wanted as string[])])].sort();
        if (after.groupIds.length > before.groupIds.length) written++;
        continue;
      }
      const now = (before as unknown as Record<string, unknown>)[field] ?? null;
      if (sameValue(now, wanted)) continue;
      if (!sameValue(now, seen)) {
        left.push([field, seen, now, wanted, 'meanwhile']);
        continue;
      }
      values[field] = wanted;
      written++;
      const phone = phoneFields.find((each) => each === field);
      if (phone === undefined) continue;
      delete after.typedPhones[phone];
      if (composed.typedPhones[phone] !== undefined) after.typedPhones[phone] = composed.typedPhones[phone];
    }
    if (left.length > 0) row.meanwhile = left;
    if (written === 0) {
      row.verdict = left.length > 0 ? 'met' : 'same';
      return null;
    }
    if (left.length > 0)
      row.changes = Object.fromEntries(
        Object.entries(row.changes ?? {}).filter(([field]) => !left.some(([name]) => name === field)),
      );
    return after;
  }

  private idsOf(names: readonly string[]): Id[] {
    return [...new Set(names.flatMap((name) => this.groups.get(nameKeyOf(name))?.id ?? []))].sort();
  }
}
