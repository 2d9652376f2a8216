import { newId } from '../../src/database/id.js';
import {
  type ContactsSession,
  type Cursor,
  type RemoteContact,
  type RemoteFields,
  type RemoteFolder,
  UNREAD,
} from '../../src/integrations/contacts-connector.js';
import {
  AccessDenied,
  AuthorizationRevoked,
  ContactGone,
  ContactRefused,
  CursorExpired,
  FolderGone,
  NotReachable,
  NotTheService,
  ProviderBusy,
  type ProviderError,
  QuotaExceeded,
  RevisionConflict,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { type ProviderHarness, type RemoteMailbox, type StartOptions } from './provider-harness.js';

const nothing: RemoteFields = {
  ...{ displayName: null, email: null, workPhone: null, homePhone: null, mobilePhone: null },
  ...{ faxNumber: null, mainPhone: null, organization: null },
};

const zoe: RemoteFields = {
  ...{ displayName: 'Zoé Durand', email: 'zoe@durand.example', organization: 'Durand & Fils' },
  ...{ workPhone: '+33 1 99 00 10 20', homePhone: '+33 1 99 00 10 21', mobilePhone: '06 39 98 00 20' },
  ...{ faxNumber: '+33 1 99 00 10 22', mainPhone: '+44 20 7946 0123' },
};

/**
 * What the engine may rely on, whichever provider it is: run over each connector against a stand-in of its provider that
 * speaks the real protocol.
 */
export function connectorContract(harness: ProviderHarness): void {
  const opened: { mailbox: RemoteMailbox; sessions: ContactsSession[] }[] = [];
  const { traits } = harness;
  const isNested = traits.folders === 'nested';
  const isByFolder = harness.connector.scope === 'folder';
  const itWith = (what: NonNullable<typeof traits.lacks>[number]) =>
    traits.lacks?.includes(what) ? it.skip : it;
  const itByFolder = isByFolder ? it : it.skip;

  async function start(options?: StartOptions) {
    const mailbox = await harness.start(options);
    const sessions: ContactsSession[] = [];
    opened.push({ mailbox, sessions });
    const open = (access = mailbox.access()) => {
      const session = harness.connector.open(access);
      sessions.push(session);
      if (!isByFolder) ofWholeBook.add(session);
      return session;
    };
    return { mailbox, open, session: open() };
  }

  afterEach(async () => {
    for (const { mailbox, sessions } of opened.splice(0)) {
      for (const session of sessions) session.close();
      await mailbox.close();
    }
  });

  describe('folders', () => {
    it('lists the tree as it is there, five deep and with equal names where it can be', async () => {
      const { mailbox, session } = await start();
      let parent = mailbox.defaultFolder;
      const names = ['Clients', 'Nord', 'Lille', isNested ? 'Clients' : 'clients', 'École & <Fils>'];
      const path = names.map((name) => (parent = mailbox.addFolder(name, isNested ? parent : undefined)));
      const { folders } = await treeOf(session);
      expect(path.map((id) => folders.get(id)?.name)).toEqual(names);
      expect(path.map((id) => folders.get(id)?.parentId)).toEqual(
        isNested ? [mailbox.defaultFolder, ...path.slice(0, 4)] : path.map(() => null),
      );
      expect(path.map((id) => folders.get(id)?.role)).toEqual(path.map(() => 'contacts'));
    });

    it('says which one is the default, which is the bin and which are hidden', async () => {
      const { mailbox, session } = await start();
      const hidden = mailbox.addHiddenFolder('Recipient Cache');
      const { folders } = await treeOf(session);
      const all = [...folders.values()];
      expect(all.filter(({ isDefault }) => isDefault).map(({ remoteId }) => remoteId)).toEqual([
        mailbox.defaultFolder,
      ]);
      expect(all.filter(({ role }) => role === 'bin').map(({ remoteId }) => remoteId)).toEqual(
        mailbox.binFolder ? [mailbox.binFolder] : [],
      );
      expect(folders.get(hidden)?.role ?? 'hidden').toBe('hidden');
    });

    it('tells renamed, moved and deleted folders since the cursor, and nothing else', async () => {
      const { mailbox, session } = await start();
      const [renamed, moved, removed, erased] = ['One', 'Two', 'Three', 'Four', 'Five'].map((name) =>
        mailbox.addFolder(name),
      );
      const { folders, cursor } = await treeOf(session);
      mailbox.renameFolder(renamed, 'Uno');
      if (isNested) mailbox.moveFolder(moved, renamed);
      mailbox.removeFolder(removed);
      mailbox.eraseFolder(erased);
      const changed = new Set<string>();
      await treeOf(session, cursor, folders, changed);
      expect(folders.get(renamed)?.name).toBe('Uno');
      expect(folders.get(moved)?.parentId).toBe(isNested ? renamed : null);
      expect(isGone(removed, folders)).toBe(true);
      expect(isGone(erased, folders)).toBe(true);
      expect(changed).toEqual(new Set([renamed, ...(isNested ? [moved] : []), removed, erased]));
    });

    it('asks once when nothing changed', async () => {
      const { mailbox, session } = await start();
      const { cursor } = await treeOf(session);
      const before = mailbox.calls();
      const changed = new Set<string>();
      await treeOf(session, cursor, new Map(), changed);
      expect([mailbox.calls() - before, changed.size]).toEqual([1, 0]);
    });

    it('says that a cursor has expired, and reads all without one', async () => {
      const { mailbox, session } = await start();
      const { cursor } = await treeOf(session);
      mailbox.expireCursors();
      await expect(treeOf(session, cursor)).rejects.toThrow(CursorExpired);
      expect((await treeOf(session)).folders.get(mailbox.defaultFolder)).toMatchObject({ role: 'contacts' });
    });
  });

  describe('reading contacts', () => {
    it('reads every field as it is written there', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.add(zoe);
      const { contacts } = await follow(session, mailbox.defaultFolder);
      expect(contacts.get(id)).toMatchObject({ fields: zoe, isPrivate: false, clientId: null });
      expect(contacts.get(id)?.folderIds).toEqual([mailbox.defaultFolder]);
    });

    it('keeps apart contacts with equal names, and ids that differ in case alone', async () => {
      const { mailbox, session } = await start();
      const ids = [1, 2, 3, 4].map((number) =>
        mailbox.add({ displayName: 'Ada', email: `ada${number}@nord.example` }),
      );
      const { contacts } = await follow(session, mailbox.defaultFolder);
      expect([...contacts.keys()].sort()).toEqual([...ids].sort());
      expect(ids.map((id) => contacts.get(id)?.fields.email)).toEqual(
        [1, 2, 3, 4].map((number) => `ada${number}@nord.example`),
      );
    });

    it('reads markup, control characters and letters beyond the plane as text', async () => {
      const { mailbox, session } = await start();
      const hostile = '</t:DisplayName><t:Surname>x & "y" &amp; 😀 é';
      const ids = [hostile, 'bell\u0007 and unit\u001f', '007'].map((displayName) =>
        mailbox.add({ displayName }),
      );
      const { contacts } = await follow(session, mailbox.defaultFolder);
      expect(contacts.get(ids[0])?.fields.displayName).toBe(hostile);
      expect(contacts.get(ids[1])?.fields.displayName).toMatch(/^bell.? and unit.?$/);
      expect(contacts.get(ids[2])?.fields.displayName).toBe('007');
    });

    itWith('private contacts')('marks what its owner keeps private', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.addPrivate({ displayName: 'Doctor' });
      const { contacts } = await follow(session, mailbox.defaultFolder);
      expect(contacts.get(id)?.isPrivate).toBe(true);
    });

    it('leaves out and counts what is no contact', async () => {
      const { mailbox, session } = await start();
      mailbox.add(zoe);
      mailbox.addOther();
      const { contacts, skipped } = await follow(session, mailbox.defaultFolder);
      expect(contacts.size).toBe(1);
      expect(skipped > 0).toBe(harness.traits.listsOthers);
    });

    it('reads 2,000 contacts in pages, and goes on from any of their cursors', async () => {
      const { mailbox, open, session } = await start({ cursorCharacters: 3_000 });
      const ids = fill(mailbox, 2_000);
      const whole = await follow(session, mailbox.defaultFolder);
      expect(whole.pages).toBeGreaterThan(1);
      expect([...whole.contacts.keys()].sort()).toEqual([...ids].sort());
      expect(sortedNames(whole.contacts)).toEqual(
        mailbox
          .contacts()
          .map(({ fields }) => fields.displayName)
          .sort(),
      );
      // Stopped after the first page, with another session.
      const contacts = new Map<string, RemoteContact>();
      const { cursor } = await follow(open(), mailbox.defaultFolder, { contacts, stopAfter: 1 });
      expect(contacts.size).toBeLessThan(2_000);
      await follow(open(), mailbox.defaultFolder, { contacts, cursor });
      expect([...contacts.keys()].sort()).toEqual([...ids].sort());
    });

    it('loses nothing that happens between two pages', async () => {
      const { mailbox, session } = await start({ pageSize: 10 });
      const ids = fill(mailbox, 45);
      const contacts = new Map<string, RemoteContact>();
      const { cursor } = await follow(session, mailbox.defaultFolder, { contacts, stopAfter: 2 });
      mailbox.edit(ids[0], { displayName: 'Edited first' });
      mailbox.edit(ids[44], { displayName: 'Edited last' });
      mailbox.remove(ids[1]);
      mailbox.remove(ids[43]);
      mailbox.add({ displayName: 'New' });
      const rest = await follow(session, mailbox.defaultFolder, { contacts, cursor });
      await follow(session, mailbox.defaultFolder, { contacts, cursor: rest.cursor });
      expect(stateOf(contacts)).toEqual(stateThere(mailbox));
    });

    it('tells what was added, edited, moved and deleted since the cursor, and nothing else', async () => {
      const { mailbox, session } = await start();
      const other = mailbox.addFolder('Suppliers');
      const [edited, moved, removed, erased] = fill(mailbox, 8);
      const here = await follow(session, mailbox.defaultFolder);
      const there = await follow(session, other);
      mailbox.edit(edited, { mobilePhone: '+33 6 39 98 00 99' });
      mailbox.edit(edited, { homePhone: null, displayName: 'Twice' });
      const now = mailbox.move(moved, other);
      mailbox.remove(removed);
      mailbox.erase(erased);
      const added = mailbox.add({ displayName: 'Added' });
      const changed = new Set<string>();
      await follow(session, mailbox.defaultFolder, { ...here, changed });
      await follow(session, other, { ...there, contacts: here.contacts, changed });
      expect(stateOf(here.contacts)).toEqual(stateThere(mailbox));
      expect(changed).toEqual(new Set([edited, moved, now, removed, erased, added]));
    });

    it('asks once when nothing changed', async () => {
      const { mailbox, session } = await start();
      fill(mailbox, 5);
      const { cursor } = await follow(session, mailbox.defaultFolder);
      const before = mailbox.calls();
      const { pages, contacts } = await follow(session, mailbox.defaultFolder, { cursor });
      expect([mailbox.calls() - before, pages, contacts.size]).toEqual([1, 1, 0]);
    });

    it('does not read again what is known in that revision', async () => {
      const { mailbox, session } = await start();
      const ids = fill(mailbox, 4);
      const { contacts } = await follow(session, mailbox.defaultFolder);
      const known = new Map(ids.map((id) => [id, contacts.get(id)!.revision]));
      mailbox.edit(ids[2], { displayName: 'Newer' });
      const before = mailbox.calls('read');
      const seen = new Set<string>();
      const again = await follow(session, mailbox.defaultFolder, { known, seen });
      expect([...again.contacts.keys()]).toEqual([ids[2]]);
      expect(seen).toEqual(new Set(ids.filter((id) => id !== ids[2])));
      expect(mailbox.calls('read') - before).toBeLessThanOrEqual(1);
    });

    it('only lists what need not be read', async () => {
      const { mailbox, session } = await start();
      const ids = fill(mailbox, 4);
      const before = mailbox.calls('read');
      const [seen, known] = [new Set<string>(), new Map(ids.map((id) => [id, UNREAD]))];
      const { contacts } = await follow(session, mailbox.defaultFolder, { known, seen });
      expect([contacts.size, seen]).toEqual([0, new Set(ids)]);
      expect(mailbox.calls('read')).toBe(before);
    });

    it('says that a cursor has expired or is none, and reads all without one', async () => {
      const { mailbox, session } = await start();
      fill(mailbox, 3);
      const { cursor } = await follow(session, mailbox.defaultFolder);
      const tree = await treeOf(session);
      mailbox.expireCursors();
      for (const bad of [cursor, tree.cursor, 'bm9uZQ=='])
        await expect(follow(session, mailbox.defaultFolder, { cursor: bad })).rejects.toThrow(CursorExpired);
      const { contacts } = await follow(session, mailbox.defaultFolder);
      expect(stateOf(contacts)).toEqual(stateThere(mailbox));
    });

    itByFolder('says that a folder is gone, and one that may not be read is that one alone', async () => {
      const { mailbox, session } = await start();
      const [gone, denied] = [mailbox.addFolder('Gone'), mailbox.addFolder('Denied')];
      const { cursor } = await follow(session, gone);
      mailbox.eraseFolder(gone);
      mailbox.denyFolder(denied);
      mailbox.add(zoe);
      await expect(follow(session, gone, { cursor })).rejects.toThrow(FolderGone);
      await expect(follow(session, denied)).rejects.toThrow(AccessDenied);
      expect((await follow(session, mailbox.defaultFolder)).contacts.size).toBe(1);
    });

    itByFolder('goes on when a contact is deleted between its listing and its reading', async () => {
      const { mailbox, session } = await start();
      const ids = fill(mailbox, 5);
      mailbox.during('read', () => mailbox.erase(ids[3]));
      const first = await follow(session, mailbox.defaultFolder);
      await follow(session, mailbox.defaultFolder, first);
      expect(stateOf(first.contacts)).toEqual(stateThere(mailbox));
      expect(first.contacts.size).toBe(4);
    });

    it('reads one contact, and says null when there is none', async () => {
      const { mailbox, session } = await start();
      const [kept, removed] = [mailbox.add(zoe), mailbox.add({ displayName: 'Gone' })];
      mailbox.remove(removed);
      expect(await session.contact(kept)).toMatchObject({ remoteId: kept, fields: zoe });
      expect(await session.contact(removed)).toBeNull();
    });
  });

  describe('writing', () => {
    it('makes a contact in a folder, and knows it again by our id', async () => {
      const { mailbox, session } = await start();
      const folder = mailbox.addFolder('Clients');
      const clientId = newId();
      const made = await session.create(clientId, [folder], zoe);
      expect(mailbox.contacts()).toEqual([{ remoteId: made.remoteId, folderId: folder, fields: zoe }]);
      expect(made).toMatchObject({ clientId, fields: zoe, folderIds: [folder] });
      expect(await session.findByClientId(clientId, [folder])).toMatchObject({
        remoteId: made.remoteId,
        clientId,
      });
      const { contacts } = await follow(session, folder);
      expect(contacts.get(made.remoteId)).toMatchObject({ clientId, fields: zoe, revision: made.revision });
    });

    it('writes what people type as text, whatever it looks like', async () => {
      const { mailbox, session } = await start();
      const displayName = '</t:DisplayName><t:Surname>x</t:Surname> & ]]> "y" \'z\' 😀';
      const organization = 'bell\u0007, null\u0000, half \ud800, \ufffe end';
      const made = await session.create(newId(), [mailbox.defaultFolder], {
        ...nothing,
        displayName,
        organization,
      });
      const [{ fields }] = mailbox.contacts();
      expect(fields.displayName).toBe(displayName);
      expect(fields.organization).toMatch(/^bell.?, null.?, half .?, .? ?end$/u);
      const changed = await session.update(made, {
        displayName: 'O<b>k</b>',
        mobilePhone: '+33 6 39 98 00 77 <1>',
      });
      expect(changed.fields).toMatchObject({
        displayName: 'O<b>k</b>',
        mobilePhone: '+33 6 39 98 00 77 <1>',
      });
    });

    it('finds nothing by an id nobody has, and nothing that was deleted', async () => {
      const { mailbox, session } = await start();
      const folders = [mailbox.defaultFolder];
      const clientId = newId();
      const { remoteId } = await session.create(clientId, folders, zoe);
      expect(await session.findByClientId(newId(), folders)).toBeNull();
      mailbox.remove(remoteId);
      expect(await session.findByClientId(clientId, folders)).toBeNull();
    });

    it('makes no second one when the answer to the first was lost', async () => {
      const { mailbox, open } = await start();
      const folders = [mailbox.defaultFolder];
      const [unheard, lost] = [newId(), newId()];
      mailbox.trouble('done-unheard', { on: 'create', times: 1 });
      expect(isForNow(await failure(open().create(unheard, folders, zoe)))).toBe(true);
      expect(mailbox.contacts()).toHaveLength(1);
      expect(await open().findByClientId(unheard, folders)).toMatchObject({ clientId: unheard, fields: zoe });
      mailbox.heal();
      mailbox.trouble('lost', { on: 'create', times: 1 });
      expect(isForNow(await failure(open().create(lost, folders, zoe)))).toBe(true);
      expect(await open().findByClientId(lost, folders)).toBeNull();
      expect(mailbox.contacts()).toHaveLength(1);
    });

    it('changes the fields it is given, empties with null, and leaves alone what we do not show', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.add(zoe);
      mailbox.addUnknown(id);
      const before = mailbox.unknownOf(id);
      const remote = (await session.contact(id))!;
      const changed = await session.update(remote, {
        ...{ displayName: 'Zoé Petit', email: 'zoe@petit.example', faxNumber: null, organization: null },
        mobilePhone: '+33 6 39 98 00 31',
      });
      const expected = {
        ...zoe,
        ...{ displayName: 'Zoé Petit', email: 'zoe@petit.example', faxNumber: null, organization: null },
        mobilePhone: '+33 6 39 98 00 31',
      };
      expect(mailbox.contacts()).toMatchObject([{ fields: expected }]);
      expect(changed).toMatchObject({ remoteId: id, fields: expected });
      expect(changed.revision).not.toBe(remote.revision);
      expect(mailbox.unknownOf(id)).toEqual(before);
    });

    it('empties the last address and the last number', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.add({
        displayName: 'Ada',
        email: 'ada@nord.example',
        mobilePhone: '+33 6 39 98 00 32',
      });
      await session.update((await session.contact(id))!, { email: null, mobilePhone: null });
      expect(mailbox.contacts()).toMatchObject([{ fields: { ...nothing, displayName: 'Ada' } }]);
    });

    it('knows its own writes when they come back', async () => {
      const { mailbox, session } = await start();
      const { cursor } = await follow(session, mailbox.defaultFolder);
      const made = await session.create(newId(), [mailbox.defaultFolder], zoe);
      const { remoteId, revision } = await session.update(made, { organization: 'Durand' });
      const reads = mailbox.calls('read');
      const seen = new Set<string>();
      await follow(session, mailbox.defaultFolder, { cursor, known: new Map([[remoteId, revision]]), seen });
      expect([...seen]).toEqual([remoteId]);
      expect(mailbox.calls('read')).toBe(reads);
    });

    it('writes nothing over a newer revision, and again over the present one', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.add(zoe);
      const old = (await session.contact(id))!;
      mailbox.edit(id, { displayName: 'Edited there' });
      await expect(session.update(old, { displayName: 'Edited here' })).rejects.toThrow(RevisionConflict);
      expect(mailbox.contacts()).toMatchObject([{ fields: { displayName: 'Edited there' } }]);
      const present = (await session.contact(id))!;
      expect(present.fields.displayName).toBe('Edited there');
      await session.update(present, { displayName: 'Edited here' });
      expect(mailbox.contacts()).toMatchObject([{ fields: { displayName: 'Edited here' } }]);
    });

    it('says that a contact is gone instead of making it again', async () => {
      const { mailbox, session } = await start();
      const refs = [];
      for (const act of ['remove', 'erase'] as const) {
        const id = mailbox.add(zoe);
        refs.push((await session.contact(id))!);
        mailbox[act](id);
      }
      for (const ref of refs) {
        await expect(session.update(ref, { displayName: 'x' })).rejects.toThrow(ContactGone);
        await expect(session.move(ref, [mailbox.addFolder(newId())])).rejects.toThrow(ContactGone);
      }
      expect(mailbox.contacts()).toEqual([]);
    });

    it('finds its change done when the answer was lost', async () => {
      const { mailbox, open, session } = await start();
      const old = (await session.contact(mailbox.add(zoe)))!;
      mailbox.trouble('done-unheard', { on: 'update', times: 1 });
      expect(isForNow(await failure(session.update(old, { displayName: 'Done' })))).toBe(true);
      const again = open();
      await expect(again.update(old, { displayName: 'Done' })).rejects.toThrow(RevisionConflict);
      expect((await again.contact(old.remoteId))?.fields.displayName).toBe('Done');
    });

    it('moves a contact whole, and says where it is', async () => {
      const { mailbox, session } = await start();
      const [from, to] = [mailbox.addFolder('From'), mailbox.addFolder('To')];
      const clientId = newId();
      const made = await session.create(clientId, [from], zoe);
      mailbox.addUnknown(made.remoteId);
      const before = mailbox.unknownOf(made.remoteId);
      const present = (await session.contact(made.remoteId))!;
      const followed = await follow(session, from);
      const moved = await session.move(present, [to]);
      expect(mailbox.contacts()).toEqual([{ remoteId: moved.remoteId, folderId: to, fields: zoe }]);
      expect(moved).toMatchObject({ clientId, folderIds: [to], fields: zoe });
      expect(moved.remoteId === made.remoteId).toBe(harness.traits.moveKeepsId);
      expect(mailbox.unknownOf(moved.remoteId)).toEqual(before);
      await follow(session, from, followed);
      expect([...followed.contacts.values()].map(({ folderIds }) => folderIds)).toEqual(
        isByFolder ? [] : [[to]],
      );
      expect((await session.update(moved, { displayName: 'After' })).fields.displayName).toBe('After');
    });

    it('moves nothing into a folder that is gone, and nothing that is newer there', async () => {
      const { mailbox, session } = await start();
      const gone = mailbox.addFolder('Gone');
      const to = mailbox.addFolder('To');
      const id = mailbox.add(zoe);
      const old = (await session.contact(id))!;
      mailbox.eraseFolder(gone);
      await expect(session.move(old, [gone])).rejects.toThrow(FolderGone);
      mailbox.edit(id, { displayName: 'Newer' });
      await expect(session.move(old, [to])).rejects.toThrow(RevisionConflict);
      expect(mailbox.contacts()).toMatchObject([{ remoteId: id, folderId: mailbox.defaultFolder }]);
    });

    it('finds a contact that was moved there by our id, also the one whose move was not answered', async () => {
      const { mailbox, open, session } = await start();
      const to = mailbox.addFolder('To');
      const clientId = newId();
      const made = await session.create(clientId, [mailbox.defaultFolder], zoe);
      mailbox.trouble('done-unheard', { on: 'move', times: 1 });
      expect(isForNow(await failure(session.move(made, [to])))).toBe(true);
      const found = await open().findByClientId(clientId, [to]);
      expect(found).toMatchObject({ folderIds: [to], fields: zoe, clientId });
      expect(mailbox.contacts()).toHaveLength(1);
    });

    it('throws a contact away once, and calls it done when it is gone already', async () => {
      const { mailbox, session } = await start();
      const remote = (await session.contact(mailbox.add(zoe)))!;
      await session.remove(remote);
      expect(mailbox.contacts()).toEqual([]);
      await session.remove(remote);
      expect(await session.contact(remote.remoteId)).toBeNull();
    });

    it('does not throw away what was edited there since', async () => {
      const { mailbox, session } = await start();
      const id = mailbox.add(zoe);
      const old = (await session.contact(id))!;
      mailbox.edit(id, { displayName: 'Edited there' });
      await expect(session.remove(old)).rejects.toThrow(RevisionConflict);
      expect(mailbox.contacts()).toHaveLength(1);
    });

    it('says why a write is not taken: no right, no room, not this value', async () => {
      const { mailbox, session } = await start();
      const remote = (await session.contact(mailbox.add(zoe)))!;
      if (!traits.lacks?.includes('folder rights')) {
        const locked = mailbox.addFolder('Read only');
        mailbox.protectFolder(locked);
        await expect(session.create(newId(), [locked], zoe)).rejects.toThrow(AccessDenied);
      }
      mailbox.trouble('quota', { on: 'update', times: 1 });
      await expect(session.update(remote, { displayName: 'x' })).rejects.toThrow(QuotaExceeded);
      mailbox.trouble('refused', { on: 'update', times: 1 });
      await expect(session.update(remote, { displayName: 'x' })).rejects.toThrow(ContactRefused);
      const gone = mailbox.addFolder('Gone');
      mailbox.eraseFolder(gone);
      await expect(session.create(newId(), [gone], zoe)).rejects.toThrow(FolderGone);
      expect(mailbox.contacts()).toMatchObject([{ fields: zoe }]);
    });
  });

  describe('trouble', () => {
    it('waits as it is told, and asks nothing meanwhile', async () => {
      const { mailbox, session } = await start();
      mailbox.add(zoe);
      mailbox.trouble('throttled', { waitMs: 123_000 });
      const before = mailbox.calls();
      const error = await failure(follow(session, mailbox.defaultFolder));
      expect(error).toBeInstanceOf(Throttled);
      expect((error as Throttled).waitMs).toBe(123_000);
      expect(mailbox.calls() - before).toBe(1);
    });

    it.each(['busy', 'bad-gateway', 'unavailable', 'gateway-timeout'] as const)(
      'calls %s a matter of time',
      async (kind) => {
        const { mailbox, session } = await start();
        mailbox.add(zoe);
        mailbox.trouble(kind);
        const error = await failure(follow(session, mailbox.defaultFolder));
        expect(error instanceof ProviderBusy || error instanceof Throttled).toBe(true);
        mailbox.heal();
        expect((await follow(session, mailbox.defaultFolder)).contacts.size).toBe(1);
      },
    );

    const spoilt = [
      ['cut', 'list'],
      ['truncated', 'list'],
      ['hang-up', 'list'],
      ['cut', 'read'],
      ['truncated', 'read'],
      ['hang-up', 'read'],
    ] as const;
    // A whole book is listed with all that is in it.
    it.each(spoilt.filter(([, on]) => isByFolder || on === 'list'))(
      'gives nothing out of a page whose answer is %s (%s), and goes on after it',
      async (kind, on) => {
        const { mailbox, open, session } = await start({ pageSize: 20 });
        fill(mailbox, 70);
        const trouble = kind === 'hang-up' ? 'lost' : kind;
        const happening = mailbox.trouble(trouble, { on, skip: 1 });
        const contacts = new Map<string, RemoteContact>();
        const progress = { contacts, cursor: null as Cursor | null };
        const error = await failure(
          follow(session, mailbox.defaultFolder, progress, (cursor) => (progress.cursor = cursor)),
        );
        expect(isForNow(error)).toBe(true);
        expect(happening.happened).toBeGreaterThan(0);
        expect(contacts.size).toBe(20);
        mailbox.heal();
        await follow(open(), mailbox.defaultFolder, progress);
        expect(stateOf(contacts)).toEqual(stateThere(mailbox));
      },
    );

    it.each(['sign-in-page', 'redirect', 'not-found'] as const)(
      'does not take %s for the service',
      async (kind) => {
        const { mailbox, session } = await start();
        mailbox.trouble(kind);
        const before = mailbox.calls();
        await expect(treeOf(session)).rejects.toThrow(NotTheService);
        expect(mailbox.calls() - before).toBe(1);
      },
    );

    it.each(['entity-bomb', 'huge'] as const)('refuses %s', async (kind) => {
      const { mailbox, session } = await start();
      mailbox.trouble(kind, { times: 1 });
      const error = await failure(treeOf(session));
      expect(error instanceof ProviderBusy || error instanceof NotTheService).toBe(true);
    });

    it('asks to sign in when the password was changed, after two tries at most', async () => {
      const { mailbox, open, session } = await start();
      mailbox.add(zoe);
      await follow(session, mailbox.defaultFolder);
      mailbox.changePassword();
      await expect(follow(session, mailbox.defaultFolder)).rejects.toThrow(AuthorizationRevoked);
      expect(mailbox.refusedSignIns()).toBeLessThanOrEqual(2);
      const again = open();
      const before = mailbox.refusedSignIns();
      await expect(again.create(newId(), [mailbox.defaultFolder], zoe)).rejects.toThrow(AuthorizationRevoked);
      // A session that was refused once does not ask again.
      await expect(again.create(newId(), [mailbox.defaultFolder], zoe)).rejects.toThrow(AuthorizationRevoked);
      expect(mailbox.refusedSignIns() - before).toBeLessThanOrEqual(2);
    });

    it('asks to sign in with a wrong secret from the beginning', async () => {
      const { mailbox, open } = await start();
      await expect(treeOf(open(mailbox.access({ secret: 'old' })))).rejects.toThrow(AuthorizationRevoked);
      expect(mailbox.refusedSignIns()).toBeLessThanOrEqual(2);
    });

    it('says that nobody answers', async () => {
      const { mailbox, session } = await start();
      await mailbox.stop();
      await expect(treeOf(session)).rejects.toThrow(NotReachable);
    });

    it('says nothing of what an answer or a request holds in an error', async () => {
      const { mailbox, session } = await start();
      const remote = (await session.contact(mailbox.add(zoe)))!;
      mailbox.trouble('refused', { on: 'update', times: 1 });
      const refused = await failure(session.update(remote, { displayName: 'Very Secret' }));
      mailbox.trouble('busy');
      const busy = await failure(follow(session, mailbox.defaultFolder));
      for (const error of [refused, busy]) {
        const told = JSON.stringify([error.message, (error as ProviderError).facts]);
        expect(told).not.toMatch(/secret|zo.|durand|password|pâté/i);
      }
    });

    it('stops at once with the reason of the signal', async () => {
      const { mailbox, open } = await start();
      mailbox.trouble('hang');
      const stop = new AbortController();
      const reading = failure(treeOf(open(mailbox.access({ signal: stop.signal }))));
      while (mailbox.calls() === 0) await new Promise((done) => setTimeout(done, 5));
      stop.abort(new Error('The lease is lost'));
      expect((await reading).message).toBe('The lease is lost');
    });

    it('asks nothing before the first call, one thing at a time, and leaves no connection open', async () => {
      const { mailbox, session } = await start();
      await new Promise((done) => setTimeout(done, 20));
      expect([mailbox.calls(), mailbox.openSockets()]).toEqual([0, 0]);
      fill(mailbox, 120);
      await treeOf(session);
      await follow(session, mailbox.defaultFolder);
      await session.create(newId(), [mailbox.defaultFolder], zoe);
      expect(mailbox.mostAtOnce()).toBe(1);
      session.close();
      if (traits.lacks?.includes('own sockets')) return;
      while (mailbox.openSockets() > 0) await new Promise((done) => setTimeout(done, 5));
    });
  });
}

/** Sessions whose one scope is all there is, whichever folder is asked about. */
const ofWholeBook = new WeakSet<ContactsSession>();

type Follow = {
  contacts?: Map<string, RemoteContact>;
  cursor?: Cursor | null;
  known?: ReadonlyMap<string, string>;
  seen?: Set<string>;
  /** Ids of which anything was told. */
  changed?: Set<string>;
  /** Stops after so many. */
  stopAfter?: number;
};

/** Does to a map what a page says, page after page, as the engine does to its rows. */
async function follow(
  session: ContactsSession,
  folderId: string,
  {
    contacts = new Map(),
    cursor = null,
    known = new Map(),
    seen = new Set(),
    changed = new Set(),
    stopAfter = Infinity,
  }: Follow = {},
  saved: (cursor: Cursor) => void = () => undefined,
) {
  let [count, skipped, ended] = [0, 0, false];
  const revisions = (ids: readonly string[]) =>
    Promise.resolve(new Map([...known].filter(([id]) => ids.includes(id))));
  for await (const page of session.contacts(ofWholeBook.has(session) ? null : folderId, cursor, revisions)) {
    count++;
    skipped += page.skipped ?? 0;
    for (const change of page.changes) {
      const id = change.kind === 'contact' ? change.contact.remoteId : change.remoteId;
      if (change.kind === 'contact') contacts.set(id, change.contact);
      else if (change.kind === 'removed') contacts.delete(id);
      else seen.add(id);
      changed.add(id);
    }
    cursor = page.cursor;
    saved(cursor);
    ended = page.last;
    if (count === stopAfter) break;
  }
  if (!ended && count < stopAfter) throw new Error('The pages ended without a last one');
  return { contacts, cursor, pages: count, skipped };
}

async function treeOf(
  session: ContactsSession,
  cursor: Cursor | null = null,
  folders = new Map<string, RemoteFolder>(),
  changed = new Set<string>(),
) {
  for await (const page of session.folders(cursor)) {
    for (const change of page.changes) {
      if (change.kind === 'folder') folders.set(change.folder.remoteId, change.folder);
      else folders.delete(change.remoteId);
      changed.add(change.kind === 'folder' ? change.folder.remoteId : change.remoteId);
    }
    cursor = page.cursor;
  }
  return { folders, cursor: cursor! };
}

function isGone(id: string, folders: ReadonlyMap<string, RemoteFolder>): boolean {
  const folder = folders.get(id);
  if (!folder || folder.role === 'bin') return true;
  return folder.parentId !== null && folders.has(folder.parentId) && isGone(folder.parentId, folders);
}

function fill(mailbox: RemoteMailbox, count: number): string[] {
  return Array.from({ length: count }, (_, number) =>
    mailbox.add({
      ...{ displayName: `Contact ${number}`, email: `contact${number}@many.example` },
      mobilePhone: `+33 6 39 98 ${String(1000 + (number % 9000)).replace(/(..)(..)/, '$1 $2')}`,
    }),
  );
}

function stateOf(contacts: ReadonlyMap<string, RemoteContact>) {
  return [...contacts.values()]
    .map(({ remoteId, fields, folderIds }) => ({ remoteId, fields, folderId: folderIds[0] }))
    .sort(byId);
}

function stateThere(mailbox: RemoteMailbox) {
  return mailbox.contacts().sort(byId);
}

function byId(one: { remoteId: string }, other: { remoteId: string }): number {
  return one.remoteId < other.remoteId ? -1 : 1;
}

function sortedNames(contacts: ReadonlyMap<string, RemoteContact>) {
  return [...contacts.values()].map(({ fields }) => fields.displayName).sort();
}

/** Tried again by and by. */
function isForNow(error: Error): boolean {
  return error instanceof ProviderBusy || error instanceof NotReachable;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}
