import { CompanySettings } from '../../src/accounts/company-settings.service.js';
import { Erasures, FINISH } from '../../src/accounts/erasure.service.js';
import { PersonalAccounts } from '../../src/accounts/personal-accounts.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { limits } from '../../src/config/limits.js';
import { type Id } from '../../src/database/id.js';
import { ExternalBlock, ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { KeptForDays } from '../../src/external-contacts/retention/kept-for-days.service.js';
import { RequestExpiry } from '../../src/external-contacts/retention/request-expiry.service.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { asking, REQUESTS, SENT } from './asking.js';
import { twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(60_000);

let app: TestApp;
let does: ReturnType<typeof asking>;
let standing: Standing;
beforeAll(async () => {
  app = await startApp();
  does = asking(app);
  standing = app.get(Standing);
});
afterAll(() => app.close());

const card = (id: Id) => `/external-contacts/${id}`;
const pageOf = async ({ browser }: Somebody, path: string) => visibleText(await browser.get(path));
const carnet = ({ account }: Somebody) => operator(account.id);
/** Rows that name this text anywhere, table by table. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await app.database.query<{ place: string; tbl: string; col: string }[]>(
    `SELECT table_name AS tbl, column_name AS col, CONCAT(table_name, '.', column_name) AS place
     FROM information_schema.columns WHERE table_schema = DATABASE()
       AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext')`,
  );
  const found: string[] = [];
  for (const { tbl, col, place } of columns) {
    const rows = await app.database.query<unknown[]>(
      `SELECT 1 FROM \`${tbl}\` WHERE INSTR(\`${col}\`, ?) > 0 LIMIT 1`,
      [text],
    );
    if (rows.length > 0) found.push(place);
  }
  return found.sort();
}
/** Moves the end of a request, on both sides. */
async function ends(sentId: Id, days: number): Promise<void> {
  for (const [table, key] of [
    ['external_requests_sent', 'id'],
    ['external_requests_received', 'requestId'],
  ])
    await app.database.query(
      `UPDATE ${table} SET expiresAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? DAY) WHERE ${key} = ?`,
      [days, sentId],
    );
}

describe('Somebody who is deactivated, or in the bin,', () => {
  const away: Record<string, (who: Somebody) => Promise<() => Promise<unknown>>> = {
    deactivated: async (who) => {
      await standing.deactivate(carnet(who), noFacts, [who.user.id]);
      return () => standing.reactivate(carnet(who), noFacts, [who.user.id]);
    },
    erased: async (who) => {
      await standing.erase(carnet(who), noFacts, [who.user.id]);
      return () => standing.restoreErased(carnet(who), noFacts, [who.user.id]);
    },
  };

  it.each(Object.keys(away))('has all as before once they are back (%s)', async (kind) => {
    const { ada, bob, connect, request, atelier } = await twoCompanies(app);
    await app.aUser({ account: atelier, role: 'owner' });
    const { otherCard } = await connect(ada, bob);
    await bob.browser.post(`${card(otherCard.id)}/note`, { note: 'Met in Leeds', revision: 1 });
    const carol: Somebody = await app.signedIn({ account: bob.account, givenName: 'Carol' });
    const toCarol = await request(ada, carol);
    const fromCarol = await request(carol, ada);
    const [sentTab, receivedTab] = [await pageOf(carol, SENT), await pageOf(carol, REQUESTS)];

    const back = await away[kind](ada);
    // A card says that they cannot be reached, for no one looks for a colleague in vain; a request says nothing.
    const gone = await pageOf(bob, card(otherCard.id));
    expect(gone).toContain('Ada Lovelace');
    expect(gone).not.toContain(ada.user.email);
    expect([await pageOf(carol, SENT), await pageOf(carol, REQUESTS)]).toEqual([sentTab, receivedTab]);
    const refused = await carol.browser.post(`${REQUESTS}/${toCarol.receivedId}/acceptance`);
    expect(refused.status).toBe(303);

    await back();
    const browser = await app.browserOf(
      await app.database.getRepository(User).findOneByOrFail({ id: ada.user.id }),
    );
    const ada2 = { ...ada, browser };
    expect(await pageOf(bob, card(otherCard.id))).toContain(ada.user.email);
    expect(await pageOf(bob, card(otherCard.id))).toContain('Met in Leeds');
    expect(await pageOf(ada2, REQUESTS)).toContain('Carol');
    expect((await ada2.browser.post(`${REQUESTS}/${fromCarol.receivedId}/acceptance`)).status).toBe(303);
    const [state] = await app.database.query<{ state: string }[]>(
      'SELECT state FROM external_requests_sent WHERE id = ?',
      [fromCarol.sentId],
    );
    expect(state).toEqual({ state: 'accepted' });
  });

  it('is brought nothing meanwhile, and what is sent again once they are back', async () => {
    const { ada, bob } = await twoCompanies(app);
    await standing.deactivate(carnet(bob), noFacts, [bob.user.id]);
    await does.ask(ada, bob.user.email);
    await does.work();
    expect(await does.receivedOf(bob.user)).toEqual([]);
    await standing.reactivate(carnet(bob), noFacts, [bob.user.id]);
    const [{ id }] = await does.sentOf(ada);
    await app.database.query(
      'UPDATE external_requests_sent SET lastSentAt = lastSentAt - INTERVAL 2 DAY WHERE id = ?',
      [id],
    );
    await ada.browser.post(`${REQUESTS}/${id}/resending`);
    await does.work();
    expect((await does.receivedOf(bob.user)).map(({ state }) => state)).toEqual(['waiting']);
  });
});

describe('Somebody who is erased for good', () => {
  it.each(['Ada, who sent', 'Ada, who received'])('is nowhere any more: %s', async (kind) => {
    const { ada, bob, linkOf, connect } = await twoCompanies(app);
    const frank: Somebody = await app.signedIn({ account: bob.account });
    const name = { givenName: 'Xenophora', familyName: 'Quillfeather' };
    await app.database.getRepository(User).update({ id: ada.user.id }, name);
    await app.aUser({ account: ada.account, role: 'owner' });
    const carol: Somebody = await app.signedIn({ account: bob.account });
    const dan: Somebody = await app.signedIn({ account: bob.account });
    const [from, to] = kind.endsWith('sent') ? [ada, bob] : [bob, ada];
    const message = 'From Xenophora and to Xenophora';
    await does.ask(from, to.user.email, { message });
    // Somebody else's is declined, or waits; one asks an address nobody has.
    await does.ask(ada, `${carol.user.email}, ${dan.user.email}`, { message });
    await does.ask(ada, 'nobody.at.all@example.test', { message });
    await does.work();
    const [accepted] = await does.receivedOf(to.user);
    await to.browser.post(`${REQUESTS}/${accepted.id}/acceptance`);
    const [declined] = await does.receivedOf(carol.user);
    await carol.browser.post(`${REQUESTS}/${declined.id}/refusal`);
    const cardOfAda = await app.database
      .getRepository(ExternalContact)
      .findOneByOrFail({ ownerId: bob.user.id, otherUserId: ada.user.id });
    await bob.browser.post('/external-contacts/folders', { name: 'Friends' });
    await bob.browser.post(`${card(cardOfAda.id)}/note`, { note: 'Xenophora is fun', revision: 1 });
    await bob.browser.post(`${card(cardOfAda.id)}/star`, { starred: '1' });
    const [blocked] = await does.receivedOf(dan.user);
    await dan.browser.post(`${REQUESTS}/${blocked.id}/block`);
    const block = await app.database.getRepository(ExternalBlock).findOneByOrFail({ ownerId: dan.user.id });
    await dan.browser.post(`/external-contacts/blocked/${block.id}/deletion`);
    expect(await app.database.getRepository(ExternalBlock).countBy({ ownerId: dan.user.id })).toBe(0);
    // An administrator of Bob's ends another contact of hers: their history names her.
    const { otherCard } = await connect(ada, frank);
    const admin = await app.signedIn({ account: bob.account, role: 'admin' });
    await admin.browser.post('/company/external-contacts/removals', {
      ...{ ids: otherCard.id, counted: 1, confirmed: '1' },
    });
    expect((await admin.browser.get(`/users/${frank.user.id}`)).text).toContain('Xenophora');
    expect((await placesOf('Xenophora')).length).toBeGreaterThan(5);

    // Messages of what they did are shown once, here.
    for (const who of [bob, carol, dan]) await who.browser.get('/external-contacts');

    await standing.erase(carnet(ada), noFacts, [ada.user.id]);
    await app.get(Erasures).finishNow(carnet(ada), noFacts, ada.user.id);
    const left = [
      ...(await placesOf('Xenophora')),
      ...(await placesOf('Quillfeather')),
      ...(await placesOf(ada.user.email)),
      ...(await placesOf(ada.user.id)),
    ];
    // What bears the person's id alone says nothing of them: that something was done stays.
    const ids = ['audit_entries.targetId', 'journal_batches.actorId', 'journal_entries.subjectId'];
    expect(left.filter((place) => !ids.includes(place))).toEqual([]);
    expect(await linkOf(bob, ada)).toBeNull();
    expect((await bob.browser.get(card(cardOfAda.id))).status).toBe(404);
    const told: string[] = [];
    for (const path of ['/external-contacts', REQUESTS, SENT, '/notifications', '/external-contacts/blocked'])
      for (const { browser } of [bob, carol, dan]) {
        const { status, text } = await browser.get(path);
        if (status !== 200 || text.includes('Xenophora')) told.push(`${path} ${status}`);
      }
    expect(told).toEqual([]);
  });

  it('leaves their requests’ other side as it looked where nobody had answered', async () => {
    const { ada, bob } = await twoCompanies(app);
    await app.aUser({ account: bob.account, role: 'owner' });
    await does.ask(ada, `${bob.user.email}, nobody.here@example.test`);
    await does.work();
    await ada.browser.get(SENT);
    const before = await pageOf(ada, SENT);
    await standing.erase(carnet(bob), noFacts, [bob.user.id]);
    await app.get(Erasures).finishNow(carnet(bob), noFacts, bob.user.id);
    await does.work();
    expect(await pageOf(ada, SENT)).toBe(before);
  });

  it('takes no contact, request or block of anybody else along', async () => {
    const { ada, bob, connect, request } = await twoCompanies(app);
    const carol: Somebody = await app.signedIn({ account: bob.account });
    const dan: Somebody = await app.signedIn({ account: ada.account });
    await app.aUser({ account: ada.account, role: 'owner' });
    await connect(ada, bob);
    const { card: kept } = await connect(dan, carol);
    const { receivedId } = await request(dan, bob);
    await standing.erase(carnet(ada), noFacts, [ada.user.id]);
    await app.get(Erasures).finishNow(carnet(ada), noFacts, ada.user.id);
    expect((await dan.browser.get(card(kept.id))).status).toBe(200);
    expect((await bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`)).status).toBe(303);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
  });
});

describe('An account that is closed', () => {
  it('of a company: its people cannot be reached, and their requests not be accepted', async () => {
    const { ada, bob, connect, request } = await twoCompanies(app);
    const { otherCard } = await connect(ada, bob);
    const carol: Somebody = await app.signedIn({ account: bob.account });
    const { receivedId, sentId } = await request(ada, carol);
    await app.database.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [
      ada.account.id,
    ]);
    await app.database.query('DELETE FROM sign_in_addresses WHERE accountId = ?', [ada.account.id]);
    expect(await pageOf(bob, card(otherCard.id))).not.toContain(ada.user.email);
    const answer = await carol.browser.post(`${REQUESTS}/${receivedId}/acceptance`);
    expect(answer.status).toBe(303);
    const { state } = await app.database.getRepository(SentRequest).findOneByOrFail({ id: sentId });
    expect(state).toBe('waiting');
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: carol.user.id })).toBe(0);
  });

  it('of one person: gone to others for 30 days, and there again when it is opened again', async () => {
    const { bob, connect } = await twoCompanies(app);
    const account = await app.anAccount({ kind: 'personal', name: 'Lea' });
    const lea: Somebody = await app.signedIn({ account, role: 'owner', givenName: 'Lea' });
    const { otherCard } = await connect(lea, bob);
    const side = { id: lea.user.id, accountId: account.id };
    await app.get(PersonalAccounts).close(side);
    expect(await pageOf(bob, card(otherCard.id))).not.toContain(lea.user.email);
    await app.get(PersonalAccounts).reopen(side);
    expect(await pageOf(bob, card(otherCard.id))).toContain(lea.user.email);
    await app.get(PersonalAccounts).close(side);
    await app.database.query('UPDATE users SET deletedAt = deletedAt - INTERVAL 31 DAY WHERE id = ?', [
      lea.user.id,
    ]);
    await app.get(Sweeper).ask(FINISH);
    await does.work();
    expect((await bob.browser.get(card(otherCard.id))).status).toBe(404);
    // Jobs that are done with name her address some days, not 30.
    expect((await placesOf(lea.user.email)).filter((place) => place !== 'jobs.payload')).toEqual([]);
  });
});

describe('The feature switched off', () => {
  it.each(['one’s own side', 'the other side'])(
    'hides and pauses, and all is there when it is on again (%s)',
    async (side) => {
      const { ada, bob, connect, request } = await twoCompanies(app);
      const { card: own } = await connect(ada, bob);
      await ada.browser.post(`${card(own.id)}/note`, { note: 'Likes tea', revision: 1 });
      const carol: Somebody = await app.signedIn({ account: bob.account });
      const { receivedId } = await request(carol, ada);
      const off = side.startsWith('one') ? ada : bob;
      const users = app.database.getRepository(User);
      await users.update({ id: off.user.id }, { features: { 'external-contacts': false } });
      const shown = await ada.browser.get(card(own.id));
      if (off === ada) {
        expect(shown.status).toBe(403);
        expect(shown.text).not.toContain(bob.user.email);
        expect((await ada.browser.get('/contacts')).text).not.toContain('href="/external-contacts"');
        expect((await ada.browser.post(`${REQUESTS}/${receivedId}/acceptance`)).status).toBe(403);
        expect(await pageOf(bob, '/external-contacts')).toContain('Ada');
      } else {
        expect(visibleText(shown)).toContain('Likes tea');
        expect(shown.text).not.toContain(bob.user.email);
      }
      await users.update({ id: off.user.id }, { features: null });
      expect(await pageOf(ada, card(own.id))).toContain(bob.user.email);
      expect(await pageOf(ada, card(own.id))).toContain('Likes tea');
      expect((await ada.browser.post(`${REQUESTS}/${receivedId}/acceptance`)).status).toBe(303);
    },
  );
});

describe('A domain forbidden later', () => {
  it('ends no contact, and lets nothing that waits be sent again or accepted', async () => {
    const { ada, bob, connect, request } = await twoCompanies(app);
    const { card: own } = await connect(ada, bob);
    const carol: Somebody = await app.signedIn({ account: bob.account });
    const { receivedId } = await request(carol, ada);
    const { sentId } = await request(ada, carol);
    const owner = await app.aUser({ account: ada.account, role: 'owner' });
    const settings = app.get(CompanySettings);
    const { revision } = await settings.read(ada.account.id);
    await settings.save(owner, noFacts, revision, { blockedDomains: ['example.test'] });
    expect((await ada.browser.get(card(own.id))).status).toBe(200);
    await ada.browser.post(`${REQUESTS}/${receivedId}/acceptance`);
    await app.database.query(
      'UPDATE external_requests_sent SET lastSentAt = lastSentAt - INTERVAL 2 DAY WHERE id = ?',
      [sentId],
    );
    await ada.browser.post(`${REQUESTS}/${sentId}/resending`);
    await carol.browser.post(`${REQUESTS}/${(await does.receivedOf(carol.user))[0].id}/acceptance`);
    const rows = await app.database
      .getRepository(SentRequest)
      .find({ where: [{ senderId: ada.user.id }, { senderId: carol.user.id }] });
    expect(rows.map(({ state, timesSent }) => [state, timesSent])).toEqual([
      ['waiting', 1],
      ['waiting', 1],
    ]);
  });
});

describe('The end of a request', () => {
  it('is written down on both sides, its links withdrawn, and one that still runs left alone', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, `${bob.user.email}, who.is.this@example.test`);
    await does.work();
    const carol: Somebody = await app.signedIn({ account: bob.account });
    await does.ask(ada, carol.user.email);
    await does.work();
    const [first, second] = await does.sentOf(ada);
    const before = await pageOf(ada, SENT);
    for (const { id } of [first, second]) await ends(id, -1);
    const shown = await pageOf(ada, SENT);
    expect(shown).not.toBe(before);
    await app.get(RequestExpiry).sweep();
    await app.get(RequestExpiry).sweep();
    // Every page said so since the moment it ended.
    expect(await pageOf(ada, SENT)).toBe(shown);
    expect((await does.sentOf(ada)).map(({ state, openKey }) => [state, openKey])).toEqual([
      ['expired', null],
      ['expired', null],
      ['waiting', 1],
    ]);
    expect((await does.receivedOf(bob.user)).map(({ state }) => state)).toEqual(['expired']);
    const open = await app.database.query<{ subjectId: Id }[]>(
      'SELECT subjectId FROM one_time_links WHERE subjectId IN (?) AND withdrawnAt IS NULL',
      [[first.id, second.id]],
    );
    expect(open).toEqual([]);
    expect((await does.receivedOf(carol.user)).map(({ state }) => state)).toEqual(['waiting']);
  });

  it('says the same of one that was blocked, to its sender', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, `${bob.user.email}, nobody.again@example.test`);
    await does.work();
    const [{ id }] = await does.receivedOf(bob.user);
    await bob.browser.post(`${REQUESTS}/${id}/block`);
    for (const each of await does.sentOf(ada)) await ends(each.id, -1);
    await app.get(RequestExpiry).sweep();
    const [one, other] = await does.sentOf(ada);
    const said = ({ state, openKey, answeredAt, timesSent }: SentRequest) => ({
      ...{ state, openKey, answeredAt, timesSent },
    });
    expect(said(one)).toEqual(said(other));
    expect((await does.receivedOf(bob.user))[0].state).toBe('blocked');
  });

  it('and sending it again in the same moment leave one of the two', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const { sentId } = await request(ada, bob);
    await app.database.query(
      `UPDATE external_requests_sent SET lastSentAt = lastSentAt - INTERVAL 2 DAY,
         expiresAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 150000 MICROSECOND) WHERE id = ?`,
      [sentId],
    );
    await Promise.all([
      ada.browser.post(`${REQUESTS}/${sentId}/resending`),
      ...Array.from({ length: 8 }, (_, wait) =>
        new Promise((done) => setTimeout(done, wait * 40)).then(() => app.get(RequestExpiry).sweep()),
      ),
    ]);
    const [{ state, openKey, expiresAt }] = await does.sentOf(ada);
    expect([state === 'waiting', openKey === 1, expiresAt > new Date()]).toEqual(
      Array.from({ length: 3 }, () => state === 'waiting'),
    );
  });
});

describe('After their days', () => {
  it('requests go from both sides with their links, and none before', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, `${bob.user.email}, long.ago@example.test`);
    await does.work();
    const [old, newer] = await does.sentOf(ada);
    await bob.browser.post(`${REQUESTS}/${(await does.receivedOf(bob.user))[0].id}/refusal`);
    await ends(old.id, -limits.externalRequestDays - 1);
    await ends(newer.id, -limits.externalRequestDays + 1);
    await app.get(RequestExpiry).sweep();
    await app.get(KeptForDays).sweep();
    expect((await does.sentOf(ada)).map(({ id }) => id)).toEqual([newer.id]);
    expect(await does.receivedOf(bob.user)).toEqual([]);
    expect(await app.database.getRepository(OneTimeLink).countBy({ subjectId: old.id })).toBe(0);
    expect(await app.database.getRepository(OneTimeLink).countBy({ subjectId: newer.id })).toBeGreaterThan(0);
  });

  it('what was kept of a contact goes 30 days after its end, and a deleted folder', async () => {
    const { ada, bob, connect } = await twoCompanies(app);
    const { card: own, otherCard } = await connect(ada, bob);
    await ada.browser.post(`${card(own.id)}/note`, { note: 'Salamander', revision: 1 });
    await ada.browser.post('/external-contacts/folders', { name: 'Amphibians' });
    const [folder] = await app.database.query<{ id: Id }[]>(
      'SELECT id FROM external_folders WHERE ownerId = ?',
      [ada.user.id],
    );
    await ada.browser.post(`/external-contacts/folders/${folder.id}/deletion`, { revision: 1 });
    await bob.browser.post(`${card(otherCard.id)}/removal`);
    const age = async (days: number) => {
      for (const [table, column] of [
        ['external_contacts', 'endedAt'],
        ['external_folders', 'deletedAt'],
      ])
        await app.database.query(
          `UPDATE ${table} SET ${column} = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) WHERE ownerId IN (?)`,
          [days, [ada.user.id, bob.user.id]],
        );
      await app.get(KeptForDays).sweep();
    };
    await age(29);
    expect(await placesOf('Salamander')).toContain('external_contacts.note');
    expect(await placesOf('Amphibians')).toContain('external_folders.name');
    await age(31);
    expect([await placesOf('Salamander'), await placesOf('Amphibians')]).toEqual([[], []]);
    const again = await connect(ada, bob);
    expect(again.card).toMatchObject({ note: null, endedAt: null });
  });

  it('a block that ended a contact, taken back later, makes the two contacts anew', async () => {
    const { ada, bob, connect, cardOf } = await twoCompanies(app);
    const { card: own } = await connect(ada, bob);
    await ada.browser.post(`${card(own.id)}/block`);
    const [batch] = await app.database.query<{ id: Id }[]>(
      `SELECT id FROM journal_batches WHERE actorId = ? AND kind = 'external-contacts.block'`,
      [ada.user.id],
    );
    await app.database.query(
      'UPDATE external_contacts SET endedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 31 DAY) WHERE ownerId IN (?)',
      [[ada.user.id, bob.user.id]],
    );
    await app.get(KeptForDays).sweep();
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: ada.user.id })).toBe(0);
    expect((await ada.browser.post(`${REQUESTS}/acts/${batch.id}/undo`)).status).toBe(303);
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect(await cardOf(bob, ada)).not.toBeNull();
  });
});

describe('My data', () => {
  it('holds contacts with notes, requests and blocks, and nothing of anybody else', async () => {
    const { ada, bob, connect, request } = await twoCompanies(app);
    const { card: own, otherCard } = await connect(ada, bob);
    await ada.browser.post(`${card(own.id)}/note`, { note: 'Likes tea', revision: 1 });
    await bob.browser.post(`${card(otherCard.id)}/note`, { note: 'Bob’s own', revision: 1 });
    const carol: Somebody = await app.signedIn({ account: bob.account, givenName: 'Carol' });
    const dan: Somebody = await app.signedIn({ account: bob.account, givenName: 'Dan' });
    await request(carol, ada, { message: 'Shall we?' });
    const { receivedId } = await request(dan, ada);
    await ada.browser.post(`${REQUESTS}/${receivedId}/block`);
    await does.ask(ada, 'somebody.new@example.test', { message: 'Hello there' });
    expect((await ada.browser.get('/profile/my-data')).text).toContain('/external-contacts/my-data.json');
    const answer = await ada.browser.get('/external-contacts/my-data.json');
    expect(answer.headers['content-disposition']).toMatch(
      /attachment; filename="external-contacts-.*\.json"/,
    );
    expect(JSON.parse(answer.text)).toMatchObject({
      contacts: [{ name: 'Bob Cole', email: bob.user.email, note: 'Likes tea', company: 'Harbour & Pine' }],
      requestsSent: [{ toAddress: 'somebody.new@example.test', message: 'Hello there', state: 'waiting' }],
      requestsReceived: [
        { senderAddress: carol.user.email, message: 'Shall we?', state: 'waiting' },
        { senderAddress: dan.user.email, state: 'blocked' },
      ],
      blocked: [{ address: dan.user.email }],
    });
    expect(answer.text).not.toContain('Bob’s own');
    expect(answer.text).not.toContain(bob.user.id);
  });
});
