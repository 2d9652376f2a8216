import { contactFields } from '../../src/contact-card/contact-fields.js';
import { type Id } from '../../src/database/id.js';
import { CloudConflict } from '../../src/integrations/cloud-contact.entities.js';
import { sameField } from '../../src/integrations/sync/remote-fields.js';
import { CloudUndo } from '../../src/integrations/undo/cloud-undo.service.js';
import { type Item } from '../fakes/exchange/mailbox.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { startWithExchange } from './connected.js';
import { nameOf, Syncing } from './syncing.js';

let app: TestApp;
let fake: FakeExchange;
/** More walks, and other ones, for a night: `WALKS=1-40`. */
const [from, to] = (process.env['WALKS'] ?? '2-3').split('-').map(Number);
const seeds = Array.from({ length: (to ?? from ?? 1) - (from ?? 1) + 1 }, (_, place) => (from ?? 1) + place);
const ACTS = 150;

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(
    seeds.map((seed) => `walker${seed}`),
    { forgetBodies: true },
  ));
});
afterEach(() => fake.heal());
afterAll(async () => {
  await app.close();
  await fake.close();
});

/** The same walk for the same seed, on every machine (mulberry32). */
function dice(seed: number) {
  let state = seed;
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const troubles = [
  ...(['CreateItem', 'UpdateItem', 'MoveItem', 'DeleteItem'] as const).flatMap((operation) => [
    { operation, kind: 'drop' as const },
    { operation, kind: 'lost' as const },
    { operation, kind: 'truncated' as const },
  ]),
  { operation: 'SyncFolderItems', kind: 'cut' as const },
  { operation: 'GetItem', kind: 'truncated' as const },
  { operation: 'UpdateItem', kind: 'busy' as const, backOffMs: 1_000 },
  { operation: 'SyncFolderHierarchy', kind: 'http' as const, status: 503 },
  { operation: 'FindItem', kind: 'drop' as const },
];

const texts = ['organization', 'email'] as const;
type Text = (typeof texts)[number];

/** What both sides do at random, and what is remembered of it to be found again at the end. */
class Walk {
  private readonly below: (limit: number) => number;
  /** By person (`P7`) and field, the last words of each side. */
  readonly lastHere = new Map<string, string>();
  readonly lastThere = new Map<string, string>();
  /** Words that stood on the other side at some time. */
  readonly seenThere = new Set<string>();
  readonly deleted = new Set<string>();
  readonly made = new Set<string>();
  private readonly batches: Id[] = [];
  private values = 0;

  constructor(
    readonly syncing: Syncing,
    seed: number,
  ) {
    this.below = dice(seed);
  }

  async step(): Promise<void> {
    const die = this.below(100);
    if (die < 40) await this.actHere();
    else if (die < 75) this.actThere();
    else if (die < 85) await this.syncing.push();
    else await this.syncing.sync();
    this.look();
    if (this.below(6) === 0) this.makeTrouble();
  }

  /** What stands there now has been told, whoever says what next. */
  look(): void {
    for (const item of this.syncing.mailbox.contacts())
      for (const field of texts) {
        const text = textThere(item, field);
        if (text) this.seenThere.add(text);
      }
  }

  private makeTrouble(): void {
    fake.heal();
    if (this.below(3) === 0) {
      // In the very moment in which a change of ours is on its way.
      const operation = ['UpdateItem', 'CreateItem', 'MoveItem', 'GetItem'][this.below(4)];
      const run = async () => void (this.below(2) === 0 ? await this.actHere() : this.actThere());
      fake.trouble({ kind: 'before', operation, times: 1, run });
    } else fake.trouble({ ...troubles[this.below(troubles.length)], times: 1 });
  }

  private async actHere(): Promise<void> {
    const { syncing, below } = this;
    const { acts, owner } = syncing;
    const rows = await syncing.here();
    const row = rows[below(Math.max(1, rows.length))];
    const die = below(10);
    if (!row || die < 2) {
      const tag = this.tag();
      const organization = this.value(tag, 'organization', this.lastHere);
      await syncing.add(tag, { organization });
    } else if (die < 6) {
      const field = texts[below(texts.length)];
      const text = this.value(tagOf(row.displayName), field, this.lastHere);
      this.keep(await syncing.edit(row.id, { [field]: text }));
    } else if (die < 7) {
      const folder = ['Contacts', 'Clients', 'Friends'][below(3)];
      this.keep((await acts.move(owner, [row.id], await syncing.folderId(folder))).batchId);
    } else if (die < 9) {
      this.deleted.add(tagOf(row.displayName));
      this.keep((await acts.remove(owner, [row.id])).batchId);
    } else {
      const batch = this.batches.splice(below(Math.max(1, this.batches.length)), 1)[0];
      if (!batch) return;
      const undone = await app.get(CloudUndo).undo(owner, batch);
      // Older words are the last again.
      for (const id of undone?.changed ?? []) {
        const { displayName } = await syncing.row(id);
        for (const field of texts) this.lastHere.delete(`${tagOf(displayName)} ${field}`);
      }
    }
  }

  private actThere(): void {
    const { below } = this;
    const { mailbox } = this.syncing;
    const items = mailbox.contacts();
    const item = items[below(Math.max(1, items.length))];
    const die = below(12);
    if (!item || die < 2) {
      const tag = this.tag();
      mailbox.addContact({ DisplayName: tag, CompanyName: this.value(tag, 'organization', this.lastThere) });
    } else if (die < 7) {
      const field = texts[below(texts.length)];
      const text = this.value(tagOf(nameOf(item)), field, this.lastThere);
      mailbox.edit(item, field === 'email' ? { emails: { EmailAddress1: text } } : { CompanyName: text });
    } else if (die < 8) mailbox.touch(item);
    else if (die < 9) mailbox.move(item, mailbox.folderNamed(['Clients', 'Friends'][below(2)] ?? ''));
    else if (die < 11) {
      const tag = tagOf(nameOf(item));
      this.deleted.add(tag);
      // What was said there and deleted there before anybody read it is nothing we could know.
      for (const field of texts) this.lastThere.delete(`${tag} ${field}`);
      mailbox.remove(item);
    } else if (below(3) === 0) mailbox.expireStates();
  }

  private tag(): string {
    const tag = `P${this.made.size + 1}`;
    this.made.add(tag);
    return tag;
  }

  private value(tag: string, field: Text, last: Map<string, string>): string {
    const text =
      field === 'email' ? `${tag}.${++this.values}@x.test`.toLowerCase() : `${tag} at ${++this.values}`;
    last.set(`${tag} ${field}`, text);
    return text;
  }

  private keep(batchId: Id | null): void {
    if (batchId) this.batches.push(batchId);
  }
}

function tagOf(displayName: string): string {
  return displayName.split(' ')[0] ?? '';
}

function textThere(item: Item, field: Text): string | null {
  if (field === 'email') return item.emails['EmailAddress1']?.value ?? null;
  return item.fields['CompanyName'] ?? null;
}

describe('Whatever both sides do, and whatever goes wrong in between', () => {
  it.each(seeds)('both have the same in the end, and no words are lost (walk %i)', async (seed) => {
    const syncing = await Syncing.start(app, fake, `walker${seed}`, (mailbox) => {
      for (const name of ['Clients', 'Friends']) mailbox.addFolder(name);
    });
    const walk = new Walk(syncing, seed);
    for (let act = 0; act < ACTS; act++) await walk.step();
    fake.heal();
    for (let run = 0; run < 4; run++) await syncing.sync();
    walk.look();

    const rows = await syncing.here();
    const items = syncing.mailbox.contacts();
    const here = rows.map(({ displayName }) => tagOf(displayName)).sort();
    const conflicts = await app.database.manager.findBy(CloudConflict, { ownerId: syncing.owner.id });
    // The same people on both sides, each once, and everybody nobody has deleted.
    expect(here).toEqual(syncing.namesThere().map(tagOf).sort());
    const doubled = rows.filter(
      ({ displayName }) => here.indexOf(tagOf(displayName)) !== here.lastIndexOf(tagOf(displayName)),
    );
    // Moved and edited there while it was edited here, it cannot be told from one deleted and one new: both live, and that is said.
    const said = doubled.filter(({ id }) =>
      conflicts.some(({ contactId, kind }) => contactId === id && kind === 'deleted-there'),
    );
    expect(new Set(said.map(({ displayName }) => tagOf(displayName))).size).toBe(doubled.length / 2);
    expect([...walk.made].filter((tag) => !walk.deleted.has(tag) && !here.includes(tag))).toEqual([]);
    expect(rows.filter(({ pending, problem, goneAt }) => pending ?? problem ?? goneAt)).toEqual([]);

    // They say the same, in the same place.
    const folders = new Map(
      (
        await app.database.query<{ id: Id; remoteId: string }[]>(
          'SELECT id, remoteId FROM cloud_folders WHERE connectionId = ?',
          [syncing.person.connectionId],
        )
      ).map(({ id, remoteId }) => [id, remoteId]),
    );
    for (const row of rows) {
      const item = items.find((each) => each.id === row.remoteId);
      expect(row.folderIds.map((id) => folders.get(id))).toEqual([item?.folderId]);
      for (const field of texts)
        expect([row.displayName, row[field]]).toEqual([row.displayName, item && textThere(item, field)]);
      for (const field of contactFields)
        expect(sameField(field, row.agreed?.fields[field] ?? null, row[field], 'FR')).toBe(true);
    }

    // What was typed here last stands, or was told there, or is in a conflict; what was overwritten is in the journal.
    const inConflicts = JSON.stringify(conflicts.map(({ fields }) => fields));
    const journal = JSON.stringify(
      await app.database.query(`SELECT e.changes FROM journal_entries e WHERE e.accountId = ?`, [
        syncing.owner.accountId,
      ]),
    );
    const lost = [...walk.lastHere].filter(([key, text]) => {
      const row = rows.find(({ displayName }) => tagOf(displayName) === key.split(' ')[0]);
      if (!row) return false;
      return !Object.values(row).includes(text) && !walk.seenThere.has(text) && !inConflicts.includes(text);
    });
    expect(lost).toEqual([]);
    const unknown = [...walk.lastThere].filter(([key, text]) => {
      const item = items.find((each) => tagOf(nameOf(each)) === key.split(' ')[0]);
      return item && textThere(item, key.split(' ')[1] as Text) !== text && !journal.includes(text);
    });
    expect(unknown).toEqual([]);
  });
});
