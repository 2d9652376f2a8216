import { type Id } from '../../src/database/id.js';
import {
  changeContacts,
  restoreContacts,
  storedContacts,
} from '../../src/personal-contacts/contact-writes.js';
import { Duplicates } from '../../src/personal-contacts/duplicates/duplicates.service.js';
import { asideFields } from '../../src/personal-contacts/duplicates/merge-contacts.js';
import {
  ensureGroups,
  removeGroups,
  renameGroups,
  storedGroups,
} from '../../src/personal-contacts/group-writes.js';
import { ContactActs } from '../../src/personal-contacts/undo/contact-acts.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { contactWith, ListOf, text } from './list-of.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const STEPS = 60;

/** The same walk for the same seed, on every machine (mulberry32). */
function walker(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const some = <Each>(all: readonly Each[], most: number): Each[] =>
    all.length === 0 ? [] : Array.from({ length: 1 + below(most) }, () => all[below(all.length)]);
  return { below, some };
}

describe('Acts of all kinds, one after the other', () => {
  it.each([1, 2, 42])('are taken back in reverse order to the very beginning (walk %i)', async (seed) => {
    const list = new ListOf(app, await app.aUser());
    const { owner } = list;
    const { below, some } = walker(seed);
    const group = await list.group('Clients');
    await list.add(
      ...Array.from({ length: 8 }, (_, place) =>
        contactWith({
          ...{ displayName: `Contact ${place}`, email: `c${place % 3}@x.test`, starred: place % 4 === 0 },
          ...{
            groupIds: place % 2 === 0 ? [group] : [],
            extra: [text('note', `Note ${place}`), text('tel', `+33612346${100 + place}`)],
          },
        }),
      ),
    );
    const beginning = await list.whole();

    const living = async () => [...(await storedContacts(app.database, owner.id)).keys()];
    const binned = async () => [...(await storedContacts(app.database, owner.id, { deleted: true })).keys()];
    const groups = async () => [...(await storedGroups(app.database, owner.id)).keys()];
    const change = (kind: string, ids: readonly Id[], fields: () => Promise<object> | object) =>
      list.act(kind, async (database, act) => {
        const stored = await storedContacts(database, act.ownerId, { ids: [...new Set(ids)], lock: true });
        const changed = await fields();
        await changeContacts(
          database,
          act,
          [...stored.values()].map((before) => ({ before, after: { ...before, ...changed } })),
        );
      });
    const batches: Id[] = [];
    const acts: ((step: number) => Promise<Id | undefined>)[] = [
      (step) =>
        list.add(contactWith({ displayName: `New ${step}`, workPhone: `+3314020${5000 + below(3)}` })),
      async (step) =>
        change('contacts.edit', some(await living(), 1), () => ({ displayName: `Edited ${step}` })),
      async (step) =>
        change('contacts.edit', some(await living(), 2), () => ({
          ...{ mobilePhone: `+336123456${10 + step}`, typedPhones: { mobilePhone: `06 ${step}` } },
          extra: [
            text('note', `Changed ${step}`),
            ...(step % 3 === 0 ? [] : [text('tel', `06 12 34 57 ${10 + (step % 4)}`)]),
            ...(step % 2 === 0 ? [] : [text('email', `Also${step % 5}@x.test`)]),
          ],
        })),
      async () => change('contacts.star', some(await living(), 3), () => ({ starred: below(2) === 0 })),
      async () => {
        const to = [...new Set(some(await groups(), 2))].sort();
        return change('contacts.move', some(await living(), 4), () => ({ groupIds: to }));
      },
      async () => list.remove(...some(await living(), 2)),
      async () => {
        const ids = some(await binned(), 2);
        return list.act('contacts.restore', (database, act) => restoreContacts(database, act, ids));
      },
      async () => {
        const pair = [...new Set(some(await living(), 3))];
        const stored = await storedContacts(app.database, owner.id, { ids: pair });
        if (stored.size < 2) return undefined;
        const done = await app
          .get(Duplicates)
          .merge(owner, [...stored.values()], { values: {}, aside: new Set(asideFields) });
        return done?.batchId;
      },
      (step) =>
        list.act('contact-groups.create', (database, act) => ensureGroups(database, act, [`Group ${step}`])),
      async (step) => {
        const [id] = some(await groups(), 1);
        return list.act('contact-groups.rename', async (database, act) => {
          const before = (await storedGroups(database, act.ownerId, { lock: true })).get(id);
          if (before) await renameGroups(database, act, [{ before, name: `Renamed ${step}` }]);
        });
      },
      async () => {
        const ids = some(await groups(), 1);
        return list.act('contact-groups.delete', (database, act) => removeGroups(database, act, ids));
      },
      async () => {
        const [last] = batches.slice(-1);
        return last === undefined ? undefined : (await app.get(ContactActs).undo(owner, last))?.batchId;
      },
    ];
    for (let step = 0; step < STEPS; step++) {
      const batch = await acts[below(acts.length)](step);
      if (batch !== undefined) batches.push(batch);
    }
    expect(await list.whole()).not.toEqual(beginning);
    const indexed = await list.reach();
    expect(indexed.kept.length).toBeGreaterThan(0);
    expect(indexed.kept).toEqual(indexed.said);
    for (const batch of batches.reverse()) {
      const undone = await app.get(ContactActs).undo(owner, batch);
      expect(undone?.kept).toEqual([]);
    }
    expect(await list.whole()).toEqual(beginning);
    const restored = await list.reach();
    expect(restored.kept).toEqual(restored.said);
  });
});
