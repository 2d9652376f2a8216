import { type Id } from '../../src/database/id.js';
import { SyncRun } from '../../src/integrations/connection.entities.js';
import { Conflicts, ConflictMovedOn } from '../../src/integrations/sync/conflicts.service.js';
import { CloudUndo } from '../../src/integrations/undo/cloud-undo.service.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { startWithExchange } from './connected.js';
import { Syncing } from './syncing.js';

let app: TestApp;
let fake: FakeExchange;
const logins = Array.from({ length: 40 }, (_, place) => `user${place}`);

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(logins));
});
afterEach(() => fake.heal());
afterAll(async () => {
  await app.close();
  await fake.close();
});

const start = (before?: Parameters<typeof Syncing.start>[3]) =>
  Syncing.start(app, fake, logins.shift() ?? '', before);

/** Company and home number of Ada were changed on both sides. */
async function disputed() {
  const syncing = await start((mailbox) =>
    mailbox.addContact({ DisplayName: 'Ada', CompanyName: 'Engines', phones: { HomePhone: '+33170189900' } }),
  );
  const { id } = await syncing.named('Ada');
  await syncing.edit(id, { organization: 'Here' }, { homePhone: { number: '+33170189922', typed: null } });
  syncing.mailbox.edit(syncing.there('Ada'), {
    CompanyName: 'There',
    phones: { HomePhone: '01 70 18 99 11' },
  });
  await syncing.sync();
  const [conflict] = await syncing.openConflicts();
  return { syncing, id, conflict: conflict?.id ?? '', owner: syncing.owner };
}

/** Deleted there, edited here. */
async function deletedThere() {
  const syncing = await start((mailbox) => mailbox.addContact({ DisplayName: 'Ada' }));
  const { id } = await syncing.named('Ada');
  await syncing.edit(id, { organization: 'Here' });
  syncing.mailbox.remove(syncing.there('Ada'));
  await syncing.sync();
  await syncing.sync();
  const [conflict] = await syncing.openConflicts();
  return { syncing, id, conflict: conflict?.id ?? '', owner: syncing.owner };
}

describe('A conflict', () => {
  it('is decided field by field; what was typed here is sent', async () => {
    const { syncing, id, conflict, owner } = await disputed();
    const conflicts = app.get(Conflicts);
    expect(await conflicts.choose(owner, conflict, { organization: 'here' }, null)).toMatchObject({
      left: 1,
    });
    expect(await conflicts.choose(owner, conflict, { homePhone: 'there' }, null)).toMatchObject({ left: 0 });
    expect(await syncing.openConflicts()).toEqual([]);
    await syncing.sync();
    expect(syncing.there('Ada')).toMatchObject({
      ...{ fields: { CompanyName: 'Here' }, phones: { HomePhone: '01 70 18 99 11' } },
    });
    expect(await syncing.row(id)).toMatchObject({
      ...{ organization: 'Here', homePhone: '+33170189911', pending: null },
    });
  });

  it('is decided once when two windows choose at one moment', async () => {
    const { syncing, conflict, owner } = await disputed();
    const conflicts = app.get(Conflicts);
    const [{ revision } = { revision: 0 }] = await syncing.openConflicts();
    const both = await Promise.allSettled([
      conflicts.choose(owner, conflict, { organization: 'here' }, revision),
      conflicts.choose(owner, conflict, { organization: 'there' }, revision),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((each) => each.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(ConflictMovedOn);
  });

  it('is nobody else’s', async () => {
    const { conflict } = await disputed();
    const { user } = await app.signedIn();
    await expect(
      app.get(Conflicts).choose(user, conflict, { organization: 'here' }, null),
    ).rejects.toMatchObject({ status: 404 });
    await expect(app.get(Conflicts).keepOrDelete(user, conflict, 'delete', null)).rejects.toMatchObject({
      status: 404,
    });
  });

  it('ends by itself once both sides say the same, and by typing the field anew', async () => {
    const { syncing, id } = await disputed();
    syncing.mailbox.edit(syncing.there('Ada'), { CompanyName: 'Here' });
    await syncing.sync();
    expect((await syncing.openConflicts()).map(({ fields }) => Object.keys(fields))).toEqual([['homePhone']]);
    await syncing.edit(id, {}, { homePhone: { number: '+33170189933', typed: null } });
    expect(await syncing.openConflicts()).toEqual([]);
  });

  it('is open again when its choice is undone, with both versions, and decided when that is undone', async () => {
    const { syncing, id, conflict, owner } = await disputed();
    const { batchId } = await app
      .get(Conflicts)
      .choose(owner, conflict, { organization: 'here', homePhone: 'there' }, null);
    const undone = await app.get(CloudUndo).undo(owner, batchId);
    expect(undone).toMatchObject({ kind: 'cloud.conflict', reopened: 1 });
    expect(await syncing.row(id)).toMatchObject({ organization: 'There', pending: null });
    expect(await syncing.openConflicts()).toMatchObject([
      { fields: { organization: { here: 'Here', there: 'There' }, homePhone: { here: '+33170189922' } } },
    ]);
    await app.get(CloudUndo).undo(owner, undone?.batchId ?? '');
    expect(await syncing.row(id)).toMatchObject({ organization: 'Here', pending: 'change' });
    expect(await syncing.openConflicts()).toEqual([]);
  });

  it('about a contact deleted there leaves it or takes it away, and can be undone', async () => {
    const { syncing, id, conflict, owner } = await deletedThere();
    expect(syncing.namesThere()).toEqual(['Ada']);
    const { batchId } = await app.get(Conflicts).keepOrDelete(owner, conflict, 'delete', null);
    await syncing.sync();
    expect([syncing.namesThere(), await syncing.here()]).toEqual([[], []]);
    await app.get(CloudUndo).undo(owner, batchId);
    expect(await syncing.openConflicts()).toMatchObject([{ kind: 'deleted-there', contactId: id }]);
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Ada']);
    expect(await app.get(Conflicts).keepOrDelete(owner, conflict, 'keep', null)).toMatchObject({ left: 0 });
    expect(await syncing.openConflicts()).toEqual([]);
    expect(await syncing.row(id)).toMatchObject({ deletedAt: null, pending: null });
  });
});

describe('An act', () => {
  it('that brought a contact back leaves it where it was edited since, and else takes it back', async () => {
    const syncing = await start((mailbox) => {
      for (const DisplayName of ['Ada', 'Grace']) mailbox.addContact({ DisplayName, CompanyName: 'Navy' });
    });
    const [ada, grace] = [(await syncing.named('Ada')).id, (await syncing.named('Grace')).id];
    const { batchId } = await syncing.acts.remove(syncing.owner, [ada, grace]);
    const back = await app.get(CloudUndo).undo(syncing.owner, batchId ?? '');
    await syncing.edit(ada, { organization: 'Engines' });
    await syncing.edit(ada, { organization: 'Univac' });
    expect(await app.get(CloudUndo).undo(syncing.owner, back?.batchId ?? '')).toMatchObject({
      ...{ removed: [grace], kept: [{ id: ada, reason: 'edited', fields: ['organization'] }] },
    });
    expect((await syncing.here()).map(({ id }) => id)).toEqual([ada]);
  });

  it('is undone on both sides, and done again', async () => {
    const syncing = await start((mailbox) => {
      mailbox.addFolder('Clients');
      mailbox.addContact({ DisplayName: 'Ada', phones: { BusinessPhone: '01 70 18 99 00' } });
    });
    const undo = app.get(CloudUndo);
    const { id } = await syncing.named('Ada');
    const edit = await syncing.edit(
      id,
      { displayName: 'Ada King' },
      { workPhone: { number: null, typed: null } },
    );
    await syncing.push();
    expect(syncing.there('Ada King').phones).not.toHaveProperty('BusinessPhone');
    const undone = await undo.undo(syncing.owner, edit ?? '');
    expect(await undo.undo(syncing.owner, edit ?? '')).toBeNull();
    await syncing.push();
    expect(syncing.there('Ada').phones).toEqual({ BusinessPhone: '01 70 18 99 00' });
    await undo.undo(syncing.owner, undone?.batchId ?? '');
    await syncing.push();
    expect(syncing.namesThere()).toEqual(['Ada King']);
    const moved = await syncing.acts.move(syncing.owner, [id], await syncing.folderId('Clients'));
    await syncing.push();
    await undo.undo(syncing.owner, moved.batchId ?? '');
    const removed = await syncing.acts.remove(syncing.owner, [id]);
    await syncing.push();
    expect(syncing.namesThere()).toEqual([]);
    await undo.undo(syncing.owner, removed.batchId ?? '');
    await syncing.push();
    expect(syncing.there('Ada King').folderId).toBe(syncing.mailbox.contactsId);
    await syncing.sync();
    expect(await syncing.here()).toMatchObject([{ id, displayName: 'Ada King', pending: null }]);
  });

  it('is not undone where the field was edited since, and not by others', async () => {
    const syncing = await start((mailbox) =>
      mailbox.addContact({ DisplayName: 'Ada', CompanyName: 'Engines' }),
    );
    const { id } = await syncing.named('Ada');
    const batch = (await syncing.edit(id, { displayName: 'Ada King', organization: 'Here' })) ?? '';
    await syncing.edit(id, { organization: 'Later' });
    const { user } = await app.signedIn();
    await expect(app.get(CloudUndo).undo(user, batch)).rejects.toMatchObject({ status: 404 });
    expect(await app.get(CloudUndo).undo(syncing.owner, batch)).toMatchObject({
      ...{ changed: [id], kept: [{ id, reason: 'edited', fields: ['organization'] }] },
    });
    expect(await syncing.row(id)).toMatchObject({ displayName: 'Ada', organization: 'Later' });
  });

  it('takes a form twice for one contact, and two versions for two', async () => {
    const syncing = await start();
    const folder = await syncing.folderId('Contacts');
    const form = { fields: { displayName: 'Ada' }, phones: {} };
    const once = '0190aaaa-0000-7000-8000-0000000000a1';
    const ids = await Promise.all([
      syncing.acts.add(syncing.owner, form, folder, once),
      syncing.acts.add(syncing.owner, form, folder, once),
    ]);
    expect(ids).toEqual([once, once]);
    await syncing.edit(once, { organization: 'One window' });
    const other = syncing.acts.edit(
      syncing.owner,
      once,
      { fields: { organization: 'Another' }, phones: {} },
      { version: 1 },
    );
    await expect(other).rejects.toMatchObject({ present: { organization: 'One window' } });
  });
});

describe('A run', () => {
  it('is undone as its owner would edit, after it was shown, and lists what it left', async () => {
    const syncing = await start((mailbox) => {
      for (const name of ['Ada', 'Grace', 'Alan', 'Joan'])
        mailbox.addContact({ DisplayName: name, CompanyName: 'Old' });
    });
    const ids = new Map((await syncing.here()).map(({ id, displayName }) => [displayName, id]));
    const { mailbox, owner } = syncing;
    mailbox.edit(syncing.there('Ada'), { CompanyName: 'New' });
    mailbox.edit(syncing.there('Grace'), { CompanyName: 'New', phones: { MobilePhone: '+33612345678' } });
    mailbox.remove(syncing.there('Alan'));
    mailbox.addContact({ DisplayName: 'Barbara' });
    await syncing.sync();
    await syncing.edit(ids.get('Grace') ?? '', { organization: 'Newer' });
    await syncing.sync();
    const run = await lastRunWith(syncing, 'removedHere');
    const plan = await app.get(CloudUndo).preview(owner, run);
    const names = (rows: { displayName: string }[] = []) => rows.map(({ displayName }) => displayName).sort();
    expect(plan).toMatchObject({ kept: [{ name: 'Grace', reason: 'edited', fields: ['organization'] }] });
    expect([
      names(plan?.remove),
      names(plan?.restore),
      names(plan?.change.map(({ before }) => before)),
    ]).toEqual([...[['Barbara'], ['Alan'], ['Ada', 'Grace']]]);
    expect(await app.get(CloudUndo).undoRun(owner, run)).toMatchObject({
      kind: 'cloud.sync',
      changed: { length: 2 },
    });
    expect(await app.get(CloudUndo).preview(owner, run)).toBeNull();
    await syncing.sync();
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Ada', 'Alan', 'Grace', 'Joan']);
    expect(syncing.there('Ada').fields['CompanyName']).toBe('Old');
    expect(syncing.there('Grace')).toMatchObject({ fields: { CompanyName: 'Newer' }, phones: {} });
    expect(await syncing.row(ids.get('Alan') ?? '')).toMatchObject({ deletedAt: null, pending: null });
    const { user } = await app.signedIn();
    await expect(app.get(CloudUndo).preview(user, run)).rejects.toMatchObject({ status: 404 });
  });

  it('is not undone when it was the first: that would empty the mailbox', async () => {
    const syncing = await start((mailbox) => mailbox.addContact({ DisplayName: 'Ada' }));
    const run = await lastRunWith(syncing, 'addedHere');
    await expect(app.get(CloudUndo).undoRun(syncing.owner, run)).rejects.toMatchObject({
      key: 'cloud-undo.first-run',
    });
  });
});

async function lastRunWith(syncing: Syncing, count: keyof SyncRun['counts']): Promise<Id> {
  const runs = await app.database.manager.find(SyncRun, {
    where: { connectionId: syncing.person.connectionId },
    order: { startedAt: 'DESC', id: 'DESC' },
  });
  return runs.find(({ counts }) => counts[count])?.id ?? '';
}
