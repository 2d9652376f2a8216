import { contactFields } from '../../src/contact-card/contact-fields.js';
import { type Id } from '../../src/database/id.js';
import { CloudConflict } from '../../src/integrations/cloud-contact.entities.js';
import { furtherIn } from '../../src/integrations/contacts/further.js';
import { sameField } from '../../src/integrations/sync/remote-fields.js';
import { CloudUndo } from '../../src/integrations/undo/cloud-undo.service.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { startFakeGoogle, type FakeGoogle } from '../fakes/google/server.js';
import { startFakeOAuth, type FakeOAuth } from '../fakes/oauth/server.js';
import { startFakeGraph, type FakeGraph } from '../fakes/office365/server.js';
import { type TestApp } from '../support/app.js';
import { startWithExchange } from './connected.js';
import { requestsFollowTheDescription } from './google-requests.js';
import { requestsFollowTheDescription as graphRequestsDo } from './office365-requests.js';
import {
  atExchange,
  atGoogle,
  atMicrosoft,
  texts,
  type ContactThere,
  type Here,
  type Text,
  type There,
} from './walk-sides.js';

let app: TestApp;
let exchange: FakeExchange;
let google: FakeGoogle;
let graph: FakeGraph;
let oauth: Record<'google' | 'microsoft', FakeOAuth>;

/** More walks, and other ones, for a night: `WALKS=1-40`, for each provider. */
const range = process.env['WALKS']?.split('-').map(Number);
const from = range?.[0] ?? 1;
const seeds = range
  ? Array.from({ length: (range[1] ?? from) - from + 1 }, (_, place) => from + place)
  : null;
const walks = (['Exchange', 'Google', 'Microsoft 365'] as const).flatMap((provider) =>
  (seeds ?? (provider === 'Exchange' ? [2, 3] : [2])).map((seed) => ({ provider, seed })),
);
const emailOf = (seed: number) => `walker${seed}@nord.example`;
const ACTS = { Exchange: 150, Google: 100, 'Microsoft 365': 100 };

beforeAll(async () => {
  const all = [...new Set(walks.map(({ seed }) => seed))];
  const accounts = all.map((seed) => ({ email: emailOf(seed) }));
  oauth = {
    google: await startFakeOAuth({ dialect: 'google', accounts }),
    microsoft: await startFakeOAuth({ dialect: 'microsoft', accounts }),
  };
  google = await startFakeGoogle({
    ...{ accounts: all.map(emailOf), holderOf: (header) => oauth.google.holderOf(header) },
    ...{ forgetBodies: true, allListsLag: true },
  });
  graph = await startFakeGraph({ oauth: oauth.microsoft, forgetBodies: true, ways: { replay: true } });
  ({ app, fake: exchange } = await startWithExchange(
    all.map((seed) => `walker${seed}`),
    {
      forgetBodies: true,
      env: {
        ...{ ...oauth.google.env, ...google.env, ...oauth.microsoft.env },
        MICROSOFT_GRAPH_URL: graph.origin,
      },
    },
  ));
});
afterAll(async () => {
  await app.close();
  for (const server of [exchange, google, graph, oauth.google, oauth.microsoft]) await server.close();
});
requestsFollowTheDescription();

function start({ provider, seed }: (typeof walks)[number]): Promise<[Here, There]> {
  const email = emailOf(seed);
  if (provider === 'Exchange') return atExchange(app, exchange, `walker${seed}`);
  if (provider === 'Google') {
    const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/contacts'];
    return atGoogle(app, google, email, JSON.stringify(oauth.google.grant(scopes, email)));
  }
  const scopes = ['openid', 'profile', 'offline_access', 'User.Read', 'Contacts.ReadWrite'];
  return atMicrosoft(app, graph, email, JSON.stringify(oauth.microsoft.grant(scopes, email)));
}

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
    readonly here: Here,
    readonly there: There,
    seed: number,
  ) {
    this.below = dice(seed);
  }

  async step(): Promise<void> {
    const die = this.below(100);
    if (die < 40) await this.actHere();
    else if (die < 75) this.actThere();
    else if (die < 85) await this.here.push();
    else await this.here.sync();
    this.look();
    if (this.below(6) === 0) this.makeTrouble();
  }

  /** What stands there now has been told, whoever says what next. */
  look(): void {
    for (const contact of this.there.contacts())
      for (const field of texts) if (contact[field]) this.seenThere.add(contact[field]);
  }

  private makeTrouble(): void {
    this.there.heal();
    if (this.below(4) === 0) this.there.whim();
    if (this.below(3) === 0) {
      const act = async () => {
        // What stood there until this moment.
        this.look();
        if (this.below(2) === 0) await this.actHere();
        else this.actThere();
      };
      this.there.before(this.below(4), act);
    } else this.there.trouble(this.below(this.there.troubles));
  }

  private async actHere(): Promise<void> {
    const { below } = this;
    const { acts, owner } = this.here;
    const rows = await this.here.contacts();
    const row = rows[below(Math.max(1, rows.length))];
    const die = below(10);
    if (!row || die < 2) {
      const tag = this.tag();
      const organization = this.value(tag, 'organization', this.lastHere);
      await acts.add(
        owner,
        { fields: { displayName: tag, organization }, phones: {} },
        await this.place(),
        null,
      );
    } else if (die < 6) {
      const field = texts[below(texts.length)];
      const text = this.value(tagOf(row.displayName), field, this.lastHere);
      const edited = { fields: { [field]: text }, phones: {} };
      this.keep((await acts.edit(owner, row.id, edited, { version: null })).batchId);
    } else if (die < 7) {
      const edited = { version: null, folderIds: await this.place() };
      this.keep((await acts.edit(owner, row.id, { fields: {}, phones: {} }, edited)).batchId);
    } else if (die < 9) {
      const tag = tagOf(row.displayName);
      this.deleted.add(tag);
      // What was typed and deleted before it was sent is in the history alone, should the contact come back.
      for (const field of texts) this.lastHere.delete(`${tag} ${field}`);
      this.keep((await acts.remove(owner, [row.id])).batchId);
    } else {
      const batch = this.batches.splice(below(Math.max(1, this.batches.length)), 1)[0];
      if (!batch) return;
      const undone = await app.get(CloudUndo).undo(owner, batch);
      // Older words are the last again.
      for (const id of undone?.changed ?? []) {
        const { displayName } = await this.here.row(id);
        for (const field of texts) this.lastHere.delete(`${tagOf(displayName)} ${field}`);
      }
    }
  }

  private async place(): Promise<Id[]> {
    const ids = [...(await this.here.folders()).keys()];
    return [ids[this.below(ids.length)]];
  }

  private actThere(): void {
    const { below, there } = this;
    const contacts = there.contacts();
    const contact = contacts[below(Math.max(1, contacts.length))];
    const die = below(12);
    if (!contact || die < 2) {
      const tag = this.tag();
      there.add(tag, this.value(tag, 'organization', this.lastThere));
    } else if (die < 7) {
      const field = texts[below(texts.length)];
      there.edit(contact, field, this.value(tagOf(contact.name), field, this.lastThere));
    } else if (die < 8) there.touch(contact);
    else if (die < 9) there.move(contact, below);
    else if (die < 11) {
      const tag = tagOf(contact.name);
      this.deleted.add(tag);
      // What was said there and deleted there before anybody read it is nothing we could know.
      for (const field of texts) this.lastThere.delete(`${tag} ${field}`);
      there.remove(contact);
    } else if (below(3) === 0) there.expire();
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

describe('Whatever both sides do, and whatever goes wrong in between', () => {
  it.each(walks)(
    'both have the same in the end, and no words are lost ($provider, walk $seed)',
    async (which) => {
      const [here, there] = await start(which);
      await here.sync();
      const walk = new Walk(here, there, which.seed);
      for (let act = 0; act < ACTS[which.provider]; act++) await walk.step();
      there.heal();
      there.settle();
      await here.waitForLists();
      for (let run = 0; run < 4; run++) await here.sync();
      walk.look();

      const rows = await here.contacts();
      const contacts = there.contacts();
      const names = rows.map(({ displayName }) => tagOf(displayName)).sort();
      const conflicts = await app.database.manager.findBy(CloudConflict, { ownerId: here.owner.id });
      // The same people on both sides, each once, and everybody nobody has deleted.
      expect(names).toEqual(contacts.map(({ name }) => tagOf(name)).sort());
      const doubled = rows.filter(
        ({ displayName }) => names.indexOf(tagOf(displayName)) !== names.lastIndexOf(tagOf(displayName)),
      );
      // Moved and edited there while it was edited here, it cannot be told from one deleted and one new: both live, and that is said.
      const said = doubled.filter(({ id }) =>
        conflicts.some(({ contactId, kind }) => contactId === id && kind === 'deleted-there'),
      );
      expect(new Set(said.map(({ displayName }) => tagOf(displayName))).size).toBe(doubled.length / 2);
      expect([...walk.made].filter((tag) => !walk.deleted.has(tag) && !names.includes(tag))).toEqual([]);
      expect(rows.filter(({ pending, problem, goneAt }) => pending ?? problem ?? goneAt)).toEqual([]);

      // They say the same, in the same place.
      const folders = await here.folders();
      const shown = ({ remoteId: _, ...said }: ContactThere) => said;
      const saidThere = new Map(contacts.map((contact) => [contact.remoteId, shown(contact)]));
      for (const { remoteId, displayName: name, organization, email, folderIds, agreed, ...row } of rows) {
        const inFolders = folderIds.map((id) => folders.get(id) ?? '').sort();
        const further = (furtherIn(row.memory)?.numbers ?? []).map(({ text }) => text);
        expect({ name, folders: inFolders, organization, email, further }).toEqual(
          saidThere.get(remoteId ?? ''),
        );
        const stored = { displayName: name, organization, email, ...row };
        for (const field of contactFields)
          expect(sameField(field, agreed?.fields[field] ?? null, stored[field], 'FR')).toBe(true);
      }

      // Whoever has a further number is found by it, and nobody else.
      const reach = await here.reach();
      expect(reach.kept.length).toBeGreaterThan(0);
      expect(reach.kept).toEqual(reach.said);

      // What was typed here last stands, or was told there, or is in a conflict; what was overwritten is in the journal.
      const inConflicts = JSON.stringify(conflicts.map(({ fields }) => fields));
      const journal = JSON.stringify(
        await app.database.query(`SELECT e.changes FROM journal_entries e WHERE e.accountId = ?`, [
          here.owner.accountId,
        ]),
      );
      const lost = [...walk.lastHere].filter(([key, text]) => {
        const row = rows.find(({ displayName }) => tagOf(displayName) === key.split(' ')[0]);
        if (!row) return false;
        return !Object.values(row).includes(text) && !walk.seenThere.has(text) && !inConflicts.includes(text);
      });
      expect(lost).toEqual([]);
      const unknown = [...walk.lastThere].filter(([key, text]) => {
        const contact = contacts.find(({ name }) => tagOf(name) === key.split(' ')[0]);
        return contact && contact[key.split(' ')[1] as Text] !== text && !journal.includes(text);
      });
      expect(unknown).toEqual([]);
    },
  );

  graphRequestsDo();
});
