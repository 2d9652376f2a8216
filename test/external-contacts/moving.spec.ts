import { FINISH } from '../../src/accounts/erasure.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Blocks } from '../../src/external-contacts/blocks/blocks.service.js';
import { Import } from '../../src/imports/import.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { Notifications } from '../../src/notifications/notifications.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Browser } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';
import { twoCompanies, type Somebody } from './two-companies.js';

let app: TestApp;
/** Bob's company is the one Grace moves to; Ada is of a third. */
let people: Awaited<ReturnType<typeof twoCompanies>>;
let failing = false;
beforeAll(async () => {
  app = await startApp();
  people = await twoCompanies(app);
  // After everybody else has moved their rows.
  app
    .get(AccountEvents)
    .moved.subscribe(() => (failing ? Promise.reject(new Error('The power is gone')) : Promise.resolve()));
});
afterAll(() => app.close());

describe('an invitation to an address of a personal account', () => {
  it('asks for the password of that account, and nobody else’s will do', async () => {
    const { path, grace, pending } = await invitedAlone();
    const browser = app.browser();
    const page = await browser.get(path);
    expect([page.status, visibleText(page)]).toEqual([
      200,
      expect.stringContaining(`${grace.user.email} already signs in to an account of your own`),
    ]);
    // The mail alone does not let anybody choose a password.
    const taking = { password: 'onze canards traversent', passwordConfirmation: 'onze canards traversent' };
    await browser.post(path, taking);
    const wrong = await browser.post(`${path}/holder`, { password: 'not this one at all' });
    expect([wrong.status, field(wrong, 'password').error]).toEqual([
      422,
      'This is not the password of that account',
    ]);
    for (const stranger of [browser, people.ada.browser]) {
      expect((await stranger.post(`${path}/moving`)).headers['location']).toBe(path);
      expect(visibleText(await stranger.get(path))).toContain('Enter its password');
    }
    expect(await statusOf(pending)).toBe('pending');
    const right = await browser.post(`${path}/holder`, { password: PASSWORD });
    expect([right.status, right.headers['location']]).toEqual([303, path]);
    expect(visibleText(await browser.follow(right))).toContain('Move to Harbour & Pine');
  });

  it('shows what comes along, and changes nothing when it is declined', async () => {
    const { path, grace, pending } = await invitedAlone();
    await people.connect(grace, people.ada);
    await people.request(people.bob, grace);
    await grace.browser.post('/personal-contacts', { displayName: 'Kept One' });
    const text = visibleText(await grace.browser.get(path));
    expect(text).toContain('your personal contact, with its groups and history');
    expect(text).toContain('your external contact, with folders and notes');
    expect(text).toContain('the request that waits');
    expect([await statusOf(grace.user), await statusOf(pending)]).toEqual(['active', 'pending']);
    expect((await grace.browser.get('/personal-contacts')).text).toContain('Kept One');
  });

  it('says when the company does not use all of it', async () => {
    const { path, grace } = await invitedAlone({ features: { 'personal-contacts': false } });
    await contactOf(grace, 'Kept One');
    expect(visibleText(await grace.browser.get(path))).toContain(
      'Harbour & Pine does not use all of this for you at present.',
    );
    await grace.browser.post(`${path}/moving`);
    expect((await grace.browser.get('/personal-contacts')).status).toBe(403);
  });

  it('takes everything along, and the account that is left closes', async () => {
    const { path, grace, pending } = await invitedAlone();
    const { card, otherCard } = await people.connect(grace, people.ada);
    await app.database.query(
      `UPDATE external_contacts SET starred = 1, note = 'From the fair' WHERE id = ?`,
      [card.id],
    );
    await grace.browser.post('/personal-contacts', { displayName: 'Kept One' });
    const bin = await contactOf(grace, 'Binned One');
    await grace.browser.post(`/personal-contacts/${bin}/deletion`);
    const asks = await app.signedIn({ account: people.atelier });
    const received = await people.request(asks, grace);
    const other = await app.signedIn({ account: people.atelier, givenName: 'Other' });
    const sent = await people.request(grace, other);
    await block(grace.user, await app.aUser({ account: people.atelier }));
    await tell(grace.user);
    const elsewhere = await app.browserOf(grace.user);

    const answer = await grace.browser.post(`${path}/moving`);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    const moved: Somebody = { user: pending, account: people.harbour, browser: grace.browser };
    expect(visibleText(await moved.browser.follow(answer))).toContain('Welcome to Harbour & Pine.');
    expect([await statusOf(pending), await statusOf(grace.user)]).toEqual(['active', 'erased']);
    // Nothing is left behind, and nobody comes in by the old account.
    for (const [table, column] of owned)
      expect([
        table,
        await app.database.query(`SELECT 1 FROM ${table} WHERE ${column} = ?`, [grace.user.id]),
      ]).toEqual([table, []]);
    expect((await elsewhere.get('/profile')).status).toBe(303);
    const again = app.browser();
    expect((await again.signIn(pending.email, PASSWORD)).status).toBe(303);
    expect(visibleText(await again.get('/profile'))).toContain('Harbour & Pine');

    expect((await moved.browser.get('/personal-contacts')).text).toContain('Kept One');
    expect((await moved.browser.get('/personal-contacts/trash')).text).toContain('Binned One');
    expect(await people.cardOf(moved, people.ada)).toMatchObject({
      ...{ id: card.id, accountId: people.harbour.id, starred: true, note: 'From the fair' },
    });
    expect(await people.cardOf(people.ada, moved)).toMatchObject({
      ...{ id: otherCard.id, otherAccountId: people.harbour.id },
    });
    expect(await people.linkOf(moved, people.ada)).toMatchObject({ state: 'connected', askedBy: pending.id });
    expect(await people.receivedRow(received.receivedId)).toMatchObject({
      ...{ receiverId: pending.id, accountId: people.harbour.id, state: 'waiting' },
    });
    expect(await people.sentRow(sent.sentId)).toMatchObject({
      ...{ senderId: pending.id, accountId: people.harbour.id, state: 'waiting' },
    });
    expect(await people.receivedRow(sent.receivedId)).toMatchObject({
      ...{ senderId: pending.id, senderAccountId: people.harbour.id, state: 'waiting' },
    });
    const [news] = await app.database.query<object[]>(
      'SELECT accountId FROM notifications WHERE userId = ? AND onceKey = ?',
      [pending.id, 'moving-test'],
    );
    expect(news).toEqual({ accountId: people.harbour.id });
  });

  it('lets what was deleted before the move come back after it', async () => {
    const { path, grace } = await invitedAlone();
    const id = await contactOf(grace, 'Binned One');
    const deleted = await grace.browser.post(`/personal-contacts/${id}/deletion`);
    const undo = /action="(\/personal-contacts\/[^"]*undo[^"]*)"/.exec(
      (await grace.browser.follow(deleted)).text,
    )?.[1];
    await grace.browser.post(`${path}/moving`);
    await grace.browser.get('/profile');
    expect((await grace.browser.post(undo ?? '')).status).toBe(303);
    expect((await grace.browser.get('/personal-contacts')).text).toContain('Binned One');
  });

  it('ends contacts and requests between those who are colleagues now', async () => {
    const { path, grace, pending } = await invitedAlone();
    await people.connect(grace, people.bob);
    const carl = await app.signedIn({ account: people.harbour });
    const asked = await people.request(carl, grace);
    const dora = await app.signedIn({ account: people.harbour });
    const asks = await people.request(grace, dora);
    await grace.browser.post(`${path}/moving`);
    const moved: Somebody = { user: pending, account: people.harbour, browser: grace.browser };
    for (const [one, other] of [
      [people.bob, grace],
      [people.bob, moved],
      [moved, people.bob],
    ])
      expect(await people.cardOf(one, other)).toBeNull();
    expect(await people.linkOf(moved, people.bob)).toBeNull();
    const [news] = await app.database.query<object[]>(
      `SELECT JSON_VALUE(\`values\`, '$.address') AS address FROM notifications
       WHERE userId = ? AND kind = 'external.removed'`,
      [people.bob.user.id],
    );
    expect(news).toEqual({ address: grace.user.email });
    expect((await people.sentRow(asked.sentId)).state).toBe('expired');
    expect((await people.receivedRow(asks.receivedId)).state).toBe('withdrawn');
    expect(await people.sentRow(asks.sentId)).toMatchObject({ state: 'withdrawn', openKey: null });
  });

  it('makes one of what both of whom she was had', async () => {
    const { path, grace, pending } = await invitedAlone();
    const before: Somebody = { user: pending, account: people.harbour, browser: grace.browser };
    const [kept, other] = [await people.connect(before, people.ada), await people.connect(grace, people.ada)];
    const fay = await app.signedIn({ account: people.atelier });
    const apart = await people.request(before, fay);
    await people.connect(grace, fay);
    for (const [id, note] of [
      [kept.card.id, 'As one'],
      [other.card.id, 'As the other'],
    ])
      await app.database.query('UPDATE external_contacts SET note = ? WHERE id = ?', [note, id]);
    await aFolder(grace.user, 'Fair', other.card.id);
    await aFolder(pending, 'Fair', kept.card.id);
    for (const owner of [grace.user, pending]) await aGroup(owner, 'Fair');
    expect((await grace.browser.post(`${path}/moving`)).headers['location']).toBe('/');
    const card = await people.cardOf(before, people.ada);
    expect(card).toMatchObject({ id: kept.card.id, note: 'As one\n\nAs the other' });
    expect(await people.cardOf(people.ada, before)).toMatchObject({ id: kept.otherCard.id });
    expect(await people.cardOf(people.ada, grace)).toBeNull();
    expect(await people.linkOf(before, fay)).toMatchObject({ state: 'connected' });
    expect((await people.sentRow(apart.sentId)).senderId).toBe(pending.id);
    for (const table of ['external_folders', 'personal_contact_groups'])
      expect([
        table,
        await app.database.query(`SELECT name FROM ${table} WHERE ownerId IN (?, ?)`, [
          grace.user.id,
          pending.id,
        ]),
      ]).toEqual([table, [{ name: 'Fair' }]]);
    expect(
      await app.database.query('SELECT contactId FROM external_folder_members WHERE ownerId = ?', [
        pending.id,
      ]),
    ).toEqual([{ contactId: kept.card.id }]);
  });

  it('loses nothing when what is left of the account is erased', async () => {
    const { path, grace, pending } = await invitedAlone();
    const id = await contactOf(grace, 'Kept One');
    await people.connect(grace, people.ada);
    await grace.browser.post(`${path}/moving`);
    await app.database.query(
      'UPDATE users SET deletedAt = DATE_SUB(deletedAt, INTERVAL 31 DAY) WHERE id = ?',
      [grace.user.id],
    );
    await app.get(Sweeper).ask(FINISH);
    await app.get(JobsWorker).runDue();
    expect(await statusOf(grace.user)).toBeUndefined();
    expect((await app.browser().signIn(pending.email, PASSWORD)).status).toBe(303);
    const moved: Somebody = { user: pending, account: people.harbour, browser: grace.browser };
    expect(await people.cardOf(people.ada, moved)).not.toBeNull();
    expect(await app.database.query('SELECT 1 FROM personal_contacts WHERE id = ?', [id])).toHaveLength(1);
  });

  it('keeps from her whoever has blocked her', async () => {
    const { path, grace, pending } = await invitedAlone();
    const eve = await app.signedIn({ account: people.atelier });
    await people.request(grace, eve);
    await block(eve.user, grace.user);
    await grace.browser.post(`${path}/moving`);
    expect(
      await app.database.query('SELECT 1 FROM external_blocks WHERE ownerId = ? AND blockedUserId = ?', [
        eve.user.id,
        pending.id,
      ]),
    ).toHaveLength(1);
  });

  it('keeps from her also whoever blocks her in the moment of the move', async () => {
    const { path, grace, pending } = await invitedAlone();
    const eve = await app.signedIn({ account: people.atelier });
    const mallory = await app.signedIn({ account: people.atelier });
    const { receivedId } = await people.request(grace, eve);
    await people.connect(grace, mallory);
    await grace.browser.post(`${path}/moving`);
    const { id: userId, accountId, email: address } = grace.user;
    for (const { user } of [eve, mallory])
      await app.get(Blocks).add(user, { userId, accountId, name: 'Grace Hopper', address });
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE kind = 'people.moved'`);
    await app.get(JobsWorker).runDue();
    const blocks = await app.database.query<object[]>(
      'SELECT blockedUserId FROM external_blocks WHERE ownerId IN (?, ?)',
      [eve.user.id, mallory.user.id],
    );
    expect(blocks).toEqual([{ blockedUserId: pending.id }, { blockedUserId: pending.id }]);
    expect(await people.cardOf(mallory, { ...grace, user: pending })).toBeNull();
    expect((await people.receivedRow(receivedId)).state).toBe('blocked');
  });

  it('that breaks off in the middle leaves all as it was, and can be done again', async () => {
    const { path, grace, pending } = await invitedAlone();
    await people.connect(grace, people.ada);
    failing = true;
    const answer = await grace.browser.post(`${path}/moving`).finally(() => (failing = false));
    expect(answer.status).toBe(500);
    expect([await statusOf(grace.user), await statusOf(pending)]).toEqual(['active', 'pending']);
    expect(await people.cardOf(people.ada, grace)).not.toBeNull();
    expect((await grace.browser.get('/profile')).status).toBe(200);
    expect((await grace.browser.post(`${path}/moving`)).headers['location']).toBe('/');
    expect(await statusOf(pending)).toBe('active');
  });

  it('of two at once moves once', async () => {
    const { path, grace, pending } = await invitedAlone();
    await people.connect(grace, people.ada);
    const other = await app.browserOf(grace.user);
    await Promise.all([grace.browser, other].map((browser) => browser.get(path)));
    const answers = await Promise.all([grace.browser, other].map((each) => each.post(`${path}/moving`)));
    expect(answers.filter(({ headers }) => headers['location'] === '/')).toHaveLength(1);
    expect(await statusOf(pending)).toBe('active');
    expect(
      await app.database.query('SELECT 1 FROM external_contacts WHERE ownerId = ?', [pending.id]),
    ).toHaveLength(1);
  });

  it('waits while a file is written in the account', async () => {
    const { path, grace } = await invitedAlone();
    const running = await anImport(grace.user, 'importing');
    const answer = await grace.browser.post(`${path}/moving`);
    expect([answer.status, visibleText(answer)]).toEqual([
      409,
      expect.stringContaining('A file of contacts is being read or written'),
    ]);
    await app.database.query(`UPDATE imports SET state = 'done' WHERE id = ?`, [running]);
    expect((await grace.browser.post(`${path}/moving`)).status).toBe(303);
  });

  it('brings along later what was kept in the moment of the move', async () => {
    const { path, grace, pending } = await invitedAlone();
    const id = await contactOf(grace, 'Last One');
    await grace.browser.post(`${path}/moving`);
    await app.database.query('UPDATE personal_contacts SET ownerId = ?, accountId = ? WHERE id = ?', [
      grace.user.id,
      grace.account.id,
      id,
    ]);
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE kind = 'people.moved'`);
    await app.get(JobsWorker).runDue();
    const [row] = await app.database.query<object[]>(
      'SELECT ownerId, accountId FROM personal_contacts WHERE id = ?',
      [id],
    );
    expect(row).toEqual({ ownerId: pending.id, accountId: people.harbour.id });
  });

  it('opens a closed account again before it moves', async () => {
    const { path, grace } = await invitedAlone();
    await grace.browser.post('/profile/closing', { confirmed: 'on', password: PASSWORD });
    const browser = app.browser();
    expect(visibleText(await browser.get(path))).toContain('You closed that account');
    await browser.post(`${path}/holder`, { password: PASSWORD });
    expect((await browser.post(`${path}/moving`)).headers['location']).toBe('/');
  });
});

const owned = [
  ['personal_contacts', 'ownerId'],
  ['personal_contact_lists', 'ownerId'],
  ['external_contact_lists', 'ownerId'],
  ['external_contacts', 'ownerId'],
  ['external_contacts', 'otherUserId'],
  ['external_links', 'lowUserId'],
  ['external_links', 'highUserId'],
  ['external_requests_sent', 'senderId'],
  ['external_requests_received', 'receiverId'],
  ['external_requests_received', 'senderId'],
  ['external_blocks', 'ownerId'],
  ['notifications', 'userId'],
  ['credentials', 'userId'],
  ['sign_in_addresses', 'userId'],
  ['sessions', 'userId'],
] as const;

/** Grace with an account of her own, whose address Bob's company has invited. */
async function invitedAlone(
  fields: Partial<User> = {},
): Promise<{ grace: Somebody; pending: User; path: string }> {
  const email = someAddress('grace');
  const account = await app.anAccount({ kind: 'personal', name: email });
  const grace = await app.signedIn({
    ...{ account, email, role: 'owner', givenName: 'Grace', familyName: 'Hopper' },
  });
  const pending = await app.aUser({ account: people.harbour, email, status: 'pending', ...fields });
  const links = app.get(OneTimeLinks);
  const link = await inTransaction(app.database, (manager) =>
    links.create(manager, {
      ...{ accountId: people.harbour.id, userId: pending.id, purpose: 'activation' },
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  );
  return { grace, pending, path: links.pathOf(link) };
}

async function contactOf({ browser, user }: { browser: Browser; user: User }, displayName: string) {
  await browser.post('/personal-contacts', { displayName });
  const [row] = await app.database.query<{ id: string }[]>(
    'SELECT id FROM personal_contacts WHERE ownerId = ? AND displayName = ?',
    [user.id, displayName],
  );
  return row?.id ?? '';
}

async function statusOf({ id }: User): Promise<string | undefined> {
  const [row] = await app.database.query<{ status: string }[]>('SELECT status FROM users WHERE id = ?', [id]);
  return row?.status;
}

async function aFolder({ id: ownerId, accountId }: User, name: string, contactId: string): Promise<void> {
  const folderId = newId();
  await app.database.query(
    `INSERT INTO external_folders (id, accountId, ownerId, name, nameKey, liveKey, revision, createdAt)
     VALUES (?, ?, ?, ?, ?, 1, 1, UTC_TIMESTAMP(3))`,
    [folderId, accountId, ownerId, name, name.toLowerCase()],
  );
  await app.database.query(
    'INSERT INTO external_folder_members (folderId, contactId, accountId, ownerId) VALUES (?, ?, ?, ?)',
    [folderId, contactId, accountId, ownerId],
  );
}

async function aGroup({ id: ownerId, accountId }: User, name: string): Promise<void> {
  await app.database.query(
    `INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, liveKey, revision, createdByBatch, createdAt)
     VALUES (?, ?, ?, ?, ?, 1, 1, ?, UTC_TIMESTAMP(3))`,
    [newId(), accountId, ownerId, name, name.toLowerCase(), newId()],
  );
}

async function block(owner: User, blocked: User): Promise<void> {
  await app.database.query(
    `INSERT INTO external_blocks (id, accountId, ownerId, blockedUserId, name, address, createdAt)
     VALUES (?, ?, ?, ?, 'Somebody', 'somebody@example.test', UTC_TIMESTAMP(3))`,
    [newId(), owner.accountId, owner.id, blocked.id],
  );
}

async function tell({ id, accountId }: User): Promise<void> {
  await app.get(Notifications).tell(app.database.manager, [
    {
      ...{ accountId, userId: id, kind: 'external.accepted', href: '/external-contacts' },
      ...{ values: { name: 'Ada', address: 'ada@example.test' }, onceKey: 'moving-test' },
    },
  ]);
}

async function anImport({ id: ownerId, accountId }: User, state: 'importing'): Promise<string> {
  const id = newId();
  await app.database.getRepository(Import).insert({
    ...{ id, accountId, ownerId, kind: 'personal-contacts', state, fileName: 'x.csv', createdAt: new Date() },
  });
  return id;
}
