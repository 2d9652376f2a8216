import { type Account } from '../../src/accounts/account.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { outsiderFields } from '../../src/accounts/outsider-fields.js';
import { newSettings } from '../../src/accounts/settings.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type CallReport } from '../../src/calls/record/call-report.js';
import { OverCalls } from '../../src/calls/retention/over-calls.service.js';
import { RefoldedCalls } from '../../src/calls/retention/refolded-calls.service.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { FOLD_VERSION } from '../../src/text/fold.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { twoCompanies } from '../external-contacts/two-companies.js';
import { noonZone } from '../support/noon-zone.js';
import { kept } from '../personal-contacts/keeping.js';
import { aReport, caller, report } from './reported.js';

let app: TestApp;
let account: Account;
let ada: User;
let browser: Browser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({
    user: ada,
    account,
    browser,
  } = await app.signedIn({ ...caller, familyName: 'Byron', extension: '100', timeZone: noonZone() }));
});

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const called = async (...fields: Partial<CallReport>[]) => {
  const answers = await report(app, account.id, ...fields.map((each) => aReport(ada, each)));
  return answers.map((answer) => (answer.result === 'refused' ? answer.reason : answer.id));
};
/** The names in the lines of a list, newest first. */
const names = ({ text }: Answer) =>
  [...text.matchAll(/calls-who"><a[^>]*><bdi>([^<]*)</g)].map(([, name]) => name);
const location = ({ headers }: Answer) => headers['location'] as string;
/** What the button in the message posts to. */
const undoOf = ({ text }: Answer) =>
  /action="(\/calls\/acts\/[^"]*)"/.exec(text)?.[1].replaceAll('&#x3D;', '=').replaceAll('&amp;', '&') ?? '';

describe('the list of calls', () => {
  it('says who it was, from every place people are kept', async () => {
    await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper', workPhone: '+33140205050' });
    await app.aUser({ account, givenName: 'Alan', familyName: 'Turing', extension: '204' });
    await browser.post('/personal-contacts', { displayName: 'Émile Borel', mobilePhone: '+33612345678' });
    await called(
      { number: '01 40 20 50 50', startedAt: ago(0.1) },
      { number: '204', startedAt: ago(0.2) },
      { number: '+33612345678', startedAt: ago(0.3) },
      { number: '+33687654321', name: 'BOREL SARL', startedAt: ago(0.4) },
      { number: '+33687654322', startedAt: ago(0.5) },
      { number: 'anonymous', startedAt: ago(0.6) },
      { number: '3900', startedAt: ago(0.7) },
    );
    const list = await browser.get('/calls');
    expect(list.status).toBe(200);
    expect(names(list)).toEqual([
      ...[
        'Grace Hopper',
        'Alan Turing',
        'Émile Borel',
        'BOREL SARL',
        '+33 6 87 65 43 22',
        'Hidden number',
        '3900',
      ],
    ]);
    expect(visibleText(list)).toContain('According to your phone system');
    expect(list.text).toContain('tel:+33140205050');
  });

  it('leaves out whom the reader may not find', async () => {
    const stranger = await app.aUser({ givenName: 'Eve', familyName: 'Else', workPhone: '+33140205050' });
    const other = await app.browserOf(stranger);
    await other.post('/personal-contacts', { displayName: 'Eve’s plumber', mobilePhone: '+33612345678' });
    await called({ number: '+33140205050' }, { number: '+33612345678', startedAt: ago(1) });
    expect(names(await browser.get('/calls'))).toEqual(['+33 1 40 20 50 50', '+33 6 12 34 56 78']);
  });

  it('shows as text what a telephone system says', async () => {
    const name = '</bdi><script>alert(1)</script>\u202e{{t}}';
    await called({ number: '"><img src=x>', name }, { number: 'javascript:alert(1)', startedAt: ago(1) });
    const list = await browser.get('/calls');
    expect(list.text).toContain('&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{t}}');
    expect(list.text).not.toMatch(/<script>alert|<img src=x|href="javascript/);
    const [id] = await called({ number: 'javascript:alert(1)', startedAt: ago(2), name });
    const page = await browser.get(`/calls/${id}`);
    expect(page.text).not.toMatch(/<script>alert|href="javascript/);
  });

  it('has a tab for each kind, and counts what waits in the navigation', async () => {
    await called(
      { number: '+33611111111' },
      { number: '+33622222222', outcome: 'voicemail', startedAt: ago(1) },
      { number: '+33633333333', outcome: 'answered', seconds: 192, startedAt: ago(2) },
      { number: '+33644444444', direction: 'outgoing', outcome: 'missed', startedAt: ago(3) },
      {
        number: '+33655555555',
        direction: 'outgoing',
        outcome: 'answered',
        seconds: 3720,
        startedAt: ago(4),
      },
    );
    const ends = async (tab: string) =>
      names(await browser.get(`/calls?tab=${tab}`)).map((name) => name.slice(-2));
    expect(
      await Promise.all(['all', 'missed', 'voicemail', 'incoming', 'outgoing', 'nothing'].map(ends)),
    ).toEqual([
      ['11', '22', '33', '44', '55'],
      ['11', '22'],
      ['22'],
      ['11', '22', '33'],
      ['44', '55'],
      ['11', '22', '33', '44', '55'],
    ]);
    const list = await browser.get('/calls');
    const text = visibleText(list);
    for (const said of [
      'Missed',
      'Voicemail',
      'No answer',
      '3 min 12 s',
      '1 h 02 min',
      'Today,',
      'Yesterday,',
    ])
      expect(text).toContain(said);
    expect(text).toContain('2 missed calls or voicemails');
  });

  it('puts a call under the day of the reader’s clocks', async () => {
    await app.database.query("UPDATE users SET timeZone = 'Pacific/Auckland', language = 'fr' WHERE id = ?", [
      ada.id,
    ]);
    const year = new Date().getUTCFullYear() - 1;
    await called({ startedAt: new Date(`${year}-12-30T12:30:00Z`) });
    const text = visibleText(await browser.get('/calls'));
    expect(text).toContain(`31 déc. ${year}`);
    expect(text).toContain('01:30');
  });

  it('shows fifty at a time, and no call twice', async () => {
    const reports = Array.from({ length: 120 }, (_, place) => ({
      number: `+336${String(10_000_000 + place)}`,
      startedAt: new Date(Math.floor(Date.now() / 1000) * 1000 - Math.floor(place / 7) * 1000),
    }));
    await called(...reports);
    const seen: string[] = [];
    let path: string | undefined = '/calls';
    for (let page = 0; path !== undefined && page < 4; page++) {
      const answer: Answer = await browser.get(path);
      expect(names(answer).length).toBeLessThanOrEqual(50);
      seen.push(...names(answer));
      path = /href="([^"]*)" rel="next"/
        .exec(answer.text)?.[1]
        .replaceAll('&#x3D;', '=')
        .replaceAll('&amp;', '&');
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
  });

  it('is searched by name, by parts of a number, and by what the telephone system called somebody', async () => {
    await app.aUser({
      account,
      givenName: 'Grace',
      familyName: 'Hopper',
      workPhone: '+33140205050',
      extension: '204',
    });
    await browser.post('/personal-contacts', { displayName: 'Émile Borel', mobilePhone: '+33612345678' });
    await called(
      { number: '+33140205050', startedAt: ago(0.1) },
      { number: '204', startedAt: ago(0.2) },
      { number: '+33612345678', startedAt: ago(0.3) },
      { number: '+33687654321', name: 'Crèche des Lilas', startedAt: ago(0.4) },
    );
    const found = async (q: string) => names(await browser.get(`/calls?q=${encodeURIComponent(q)}`));
    expect(await found('hop grace')).toEqual(['Grace Hopper', 'Grace Hopper']);
    expect(await found('emile')).toEqual(['Émile Borel']);
    expect(await found('creche lil')).toEqual(['Crèche des Lilas']);
    expect(await found('06 12 34')).toEqual(['Émile Borel']);
    expect(await found('+33 (0)6 87')).toEqual(['Crèche des Lilas']);
    expect(await found('nobody')).toEqual([]);
    expect(await found('%')).toEqual([]);
  });

  it('of one person holds all their numbers and their extension', async () => {
    await app.aUser({
      ...{ account, givenName: 'Grace', familyName: 'Hopper', extension: '204' },
      ...{ workPhone: '+33140205050', mobilePhone: '+33611111111' },
    });
    await called(
      { number: '+33140205050', startedAt: ago(0.1) },
      { number: '204', startedAt: ago(0.2) },
      { number: '+33611111111', startedAt: ago(0.3) },
      { number: '+33622222222', startedAt: ago(0.4) },
    );
    for (const whom of ['%2B33611111111', '204'])
      expect(names(await browser.get(`/calls?with=${whom}`))).toEqual(Array(3).fill('Grace Hopper'));
    await kept(app, ada, [
      {
        displayName: 'Lou',
        extra: [['tel', { type: 'cell' }, 'text', '06 33 33 33 33']],
        mobilePhone: '+33644444444',
      },
    ]);
    await called(
      { number: '+33633333333', startedAt: ago(0.5) },
      { number: '+33644444444', startedAt: ago(0.6) },
    );
    expect(names(await browser.get('/calls?with=%2B33644444444'))).toEqual(['Lou', 'Lou']);
    const unknown = await browser.get('/calls?with=%2B33622222222');
    expect(names(unknown)).toEqual(['+33 6 22 22 22 22']);
    expect(visibleText(unknown)).toContain('Calls with +33 6 22 22 22 22');
    expect(names(await browser.get('/calls?with=%22%3E%3Cscript%3E'))).toEqual([]);
  });

  it('calls back by extension who called by it, and takes no orders to the telephone system from a caller', async () => {
    await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper', extension: '204' });
    await app.aUser({ account, givenName: 'Alan', familyName: 'Turing', extension: '*31' });
    const ids = await called(
      { number: '204', startedAt: ago(0.1) },
      { number: 'sip:204@pbx.example', startedAt: ago(0.2) },
      { number: '17', startedAt: ago(0.3) },
      { number: '*31', startedAt: ago(0.4) },
      { number: '*98', direction: 'outgoing', startedAt: ago(0.5) },
      { number: '*21*0899', startedAt: ago(0.6) },
      { number: 'alice', startedAt: ago(0.7) },
    );
    const links = ({ text }: Answer) =>
      [...text.matchAll(/href="((?:tel|sip):[^"]*)"/g)].map(([, href]) => href);
    const all = ['tel:204', 'tel:204', 'tel:17', 'tel:*31', 'tel:*98'];
    expect(links(await browser.get('/calls'))).toEqual(all);
    expect(links(await browser.get('/')).slice(0, 4)).toEqual(all.slice(0, 4));
    expect(links(await browser.get(`/calls/${ids[0]}`))).toEqual(['tel:204']);
    await app.database.query("UPDATE accounts SET callPattern = 'sip:{number}@pbx.example' WHERE id = ?", [
      account.id,
    ]);
    expect(links(await browser.get(`/calls/${ids[1]}`))).toEqual(['sip:204@pbx.example']);
    for (const q of ['with=204', 'q=hopper'])
      expect(names(await browser.get(`/calls?${q}`))).toEqual(['Grace Hopper', 'Grace Hopper']);
  });

  it('says what to do while there is none', async () => {
    expect(visibleText(await browser.get('/calls'))).toContain('No calls yet');
    await called({});
    expect(visibleText(await browser.get('/calls?tab=voicemail'))).toContain('No voicemails');
  });
});

describe('who it was', () => {
  it('is known of each line, also where a switchboard of hundreds is among them, and oneself is the last guess', async () => {
    const board = '+33140205050' as const;
    await kept(
      app,
      ada,
      Array.from({ length: 230 }, (_, place) => ({ displayName: `Abe Desk ${place}`, mainPhone: board })),
    );
    await browser.post('/personal-contacts', { displayName: 'Zora Neale', mainPhone: '+33612345678' });
    await app.database.query('UPDATE users SET workPhone = ? WHERE id = ?', ['+33140209999', ada.id]);
    await app.aUser({ account, givenName: 'Zoe', familyName: 'Zweig', workPhone: '+33140209999' });
    await called(
      { number: board, startedAt: ago(0.1) },
      { number: '+33612345678', startedAt: ago(0.2) },
      { number: '+33140209999', startedAt: ago(0.3) },
    );
    const shown = names(await browser.get('/calls'));
    expect(shown.slice(1)).toEqual(['Zora Neale', 'Zoe Zweig']);
    expect(shown[0]).toMatch(/^Abe Desk/);
  });

  it('is a colleague, then whom one has noted oneself, then who says so of themselves, whose extension is nobody’s here', async () => {
    const all = await twoCompanies(app);
    const { ada: reader, bob } = all;
    await all.connect(reader, bob);
    const users = app.database.getRepository('users');
    await users.update({ id: reader.user.id }, caller);
    await users.update({ id: bob.user.id }, { workPhone: '+33140205050', extension: '204' });
    const settings = { ...newSettings(bob.user.accountId), outsiderFields: [...outsiderFields] };
    await app.database.getRepository(AccountSettings).insert(settings);
    await report(
      ...([app, reader.user.accountId] as const),
      aReport(reader.user, { number: '+33140205050', startedAt: ago(0.1) }),
      aReport(reader.user, { number: '204', startedAt: ago(0.2) }),
    );
    const list = () => reader.browser.get('/calls');
    expect(names(await list())).toEqual([bob.user.displayName, '204']);
    await reader.browser.post('/personal-contacts', {
      displayName: 'Émile Borel',
      mainPhone: '+33140205050',
    });
    expect(names(await list())).toEqual(['Émile Borel', '204']);
    expect(visibleText(await list())).toContain('1 other person has this number');
    const { atelier } = all;
    await app.aUser({ account: atelier, givenName: 'Zoe', familyName: 'Zweig', workPhone: '+33140205050' });
    expect(names(await list())).toEqual(['Zoe Zweig', '204']);
    expect(names(await reader.browser.get('/calls?with=204'))).toEqual(['204']);
  });
});

describe('a call', () => {
  it('is shown with the others with the same person', async () => {
    await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper', workPhone: '+33140205050' });
    const [id] = await called(
      { number: '0140205050', name: 'Standard', outcome: 'answered', seconds: 61 },
      { number: '+33140205050', startedAt: ago(1) },
      { number: '+33611111111', startedAt: ago(2) },
    );
    const page = await browser.get(`/calls/${id}`);
    const text = visibleText(page);
    for (const said of [
      'Grace Hopper',
      '+33 1 40 20 50 50',
      '0140205050',
      'Standard',
      '1 min 01 s',
      'Other calls with',
    ])
      expect(text).toContain(said);
    expect(page.text.match(/calls-others__call/g)).toHaveLength(1);
  });

  it('is nobody else’s: neither a colleague’s, an administrator’s nor an owner’s', async () => {
    const [id] = await called({});
    for (const role of ['member', 'admin', 'owner'] as const) {
      const other = await app.browserOf(await app.aUser({ ...caller, account, role }));
      expect((await other.get(`/calls/${id}`)).status).toBe(404);
      expect(names(await other.get('/calls'))).toEqual([]);
      for (const act of ['delete', 'see'])
        expect((await other.post('/calls/selection', { act, ids: [id] })).status).toBe(404);
      expect((await other.post('/calls/trash/restoration', { ids: [id] })).status).toBe(404);
    }
    for (const wrong of [newId(), 'nothing', '%00', `${id}x`, id.toUpperCase()])
      expect((await browser.get(`/calls/${wrong}`)).status).toBe(404);
    expect(await app.database.query('SELECT 1 FROM audit_entries WHERE accountId = ?', [account.id])).toEqual(
      [],
    );
  });
});

describe('deleting calls', () => {
  it('is undone, and the undo again', async () => {
    const [one, two] = await called(
      { number: '+33611111111' },
      { number: '+33622222222', startedAt: ago(1) },
    );
    const deleted = await browser.post('/calls/selection', {
      act: 'delete',
      ids: [one, two],
      list: '/calls?tab=missed',
    });
    expect(location(deleted)).toBe('/calls?tab=missed');
    const gone = await browser.follow(deleted);
    expect(visibleText(gone)).toContain('2 calls deleted');
    expect(names(gone)).toEqual([]);
    const back = await browser.follow(await browser.post(undoOf(gone)));
    expect(names(back)).toHaveLength(2);
    expect(location(await browser.post(undoOf(gone)))).toBe('/calls?tab=missed');
    const again = await browser.follow(await browser.post(undoOf(back)));
    expect(visibleText(again)).toContain('2 calls deleted again');
    expect(names(await browser.get('/calls/trash'))).toHaveLength(2);
  });

  it('reaches all that a search finds, and nothing else', async () => {
    await called(
      ...Array.from({ length: 53 }, (_, place) => ({
        number: '+33611111111',
        startedAt: ago(1 + place / 100),
      })),
      { number: '+33622222222' },
    );
    const list = '/calls?q=611111111';
    expect(visibleText(await browser.get(`${list}&all=matching`))).toContain('53');
    await browser.post('/calls/selection', { act: 'delete', all: 'matching', list });
    expect(names(await browser.get('/calls'))).toEqual(['+33 6 22 22 22 22']);
    const nothing = await browser.post('/calls/selection', {
      act: 'delete',
      all: 'matching',
      list: '/elsewhere',
    });
    expect(nothing.status).toBe(400);
  });

  it('leaves them in the bin, from which they come back', async () => {
    const [id] = await called({});
    await browser.post('/calls/selection', { act: 'delete', ids: [id] });
    const page = await browser.get(`/calls/${id}`);
    expect(visibleText(page)).toContain('This call is deleted');
    const restored = await browser.follow(await browser.post('/calls/trash/restoration', { ids: [id] }));
    expect(visibleText(restored)).toContain('Call restored');
    expect(names(await browser.get('/calls'))).toHaveLength(1);
    await browser.post(undoOf(restored));
    expect(names(await browser.get('/calls'))).toEqual([]);
  });

  it('is undone by its user alone, and from a page of calls', async () => {
    const [id] = await called({});
    const gone = await browser.follow(await browser.post('/calls/selection', { act: 'delete', ids: [id] }));
    const other = await app.browserOf(await app.aUser({ ...caller, account, role: 'owner' }));
    expect((await other.post(undoOf(gone))).status).toBe(404);
    for (const to of ['//evil.example', '/calls/../users', 'https://evil.example', '/callsx'])
      expect(location(await browser.post(`${undoOf(gone)}?to=${encodeURIComponent(to)}`))).toBe('/calls');
  });

  it('is one act when it is asked twice at once', async () => {
    const [id] = await called({});
    const [one, other] = await Promise.all(
      [1, 2].map(() => browser.post('/calls/selection', { act: 'delete', ids: [id] })),
    );
    expect([one.status, other.status]).toEqual([303, 303]);
    const batches = await app.database.query<unknown[]>(
      "SELECT 1 FROM journal_batches WHERE accountId = ? AND kind = 'calls.delete'",
      [account.id],
    );
    expect(batches).toHaveLength(1);
  });
});

describe('a missed call', () => {
  it('is marked as seen, one by one or all at once, and as new again', async () => {
    const [one] = await called({}, { startedAt: ago(1) }, { startedAt: ago(2), outcome: 'voicemail' });
    await browser.post('/calls/selection', { act: 'see', ids: [one] });
    expect(visibleText(await browser.get('/calls'))).toContain('2 missed calls or voicemails');
    const seen = await browser.follow(await browser.post('/calls/seen', { list: '/calls' }));
    expect(visibleText(seen)).toContain('Call marked as seen');
    expect(visibleText(seen)).toContain('1 missed call or voicemail');
    await browser.post(undoOf(seen));
    expect(visibleText(await browser.get('/calls'))).toContain('2 missed calls or voicemails');
  });
});

describe('whoever may not call', () => {
  it('is told why, and nothing is lost', async () => {
    const [id] = await called({});
    const set = (type: string, on: boolean) =>
      app.database.query('UPDATE users SET type = ?, features = ? WHERE id = ?', [
        ...[type, JSON.stringify({ phone: on }), ada.id],
      ]);
    for (const [type, on] of [
      ['basic', true],
      ['licensed', false],
    ] as const) {
      await set(type, on);
      for (const path of ['/calls', `/calls/${id}`, '/calls/trash', '/calls/my-data.csv'])
        expect((await browser.get(path)).status).toBe(403);
      expect((await browser.post('/calls/selection', { act: 'delete', ids: [id] })).status).toBe(403);
      const page = await browser.get('/calls');
      expect(visibleText(page)).toContain(type === 'basic' ? 'not licensed' : 'switched off');
      expect((await browser.get('/contacts')).text).not.toContain('href="/calls"');
    }
    await set('licensed', true);
    expect(names(await browser.get('/calls'))).toHaveLength(1);
  });
});

describe('the end of calls', () => {
  const left = async (userId = ada.id) =>
    (await app.database.query<unknown[]>('SELECT 1 FROM calls WHERE userId = ?', [userId])).length;
  const settings = (callMonths: number | null, retentionFrom: Date | null = null) =>
    app.database.query(
      `INSERT INTO account_settings (accountId, allowedDomains, blockedDomains, callMonths, retentionFrom)
       VALUES (?, '[]', '[]', ?, ?) ON DUPLICATE KEY UPDATE callMonths = VALUES(callMonths), retentionFrom = VALUES(retentionFrom)`,
      [account.id, callMonths, retentionFrom],
    );

  it('comes after the months their company chose, twelve if it chose none', async () => {
    await called({ startedAt: ago(363) }, { startedAt: ago(100) }, {});
    await app.database.query('UPDATE calls SET startedAt = ? WHERE userId = ? ORDER BY startedAt LIMIT 1', [
      ...[ago(370), ada.id],
    ]);
    await app.get(OverCalls).sweep();
    expect(await left()).toBe(2);
    await settings(3, new Date(Date.now() + DAY_MS));
    await app.get(OverCalls).sweep();
    expect(await left()).toBe(2);
    await settings(3);
    await app.get(OverCalls).sweep();
    expect(await left()).toBe(1);
    expect(await called({ startedAt: ago(100) })).toEqual(['too-old']);
    await settings(null);
    expect(await called({ startedAt: ago(4000) })).not.toEqual(['too-old']);
    await app.get(OverCalls).sweep();
    expect(await left()).toBe(2);
  });

  it('comes after thirty days in the bin', async () => {
    const [old, young] = await called({}, { startedAt: ago(1) });
    await app.database.query('UPDATE calls SET deletedAt = ? WHERE id = ?', [ago(31), old]);
    await app.database.query('UPDATE calls SET deletedAt = ? WHERE id = ?', [ago(29), young]);
    expect(names(await browser.get('/calls/trash'))).toHaveLength(1);
    expect((await browser.get(`/calls/${old}`)).status).toBe(404);
    await app.get(OverCalls).sweep();
    expect(await left()).toBe(1);
  });

  it('comes with that of their user, and they move along', async () => {
    await called({ callId: 'same' }, { callId: 'other' });
    const grace = await app.aUser({ ...caller, account });
    await report(app, account.id, aReport(grace, { callId: 'same' }));
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).moved.tell({
        manager,
        from: { accountId: account.id, userId: ada.id },
        to: { accountId: account.id, userId: grace.id },
      }),
    );
    expect([await left(), await left(grace.id)]).toEqual([0, 3]);
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).erased.tell({ manager, accountId: account.id, userIds: [grace.id] }),
    );
    expect(await left(grace.id)).toBe(0);
  });

  it('waits for nobody else’s call when somebody is erased', async () => {
    const grace = await app.aUser({ ...caller, account });
    const [theirs] = await called({});
    const most = 2_000;
    for (const [user, many] of [
      [ada, most],
      [grace, most / 4],
    ] as const)
      await app.database.query(
        `INSERT INTO calls (id, accountId, userId, callId, direction, outcome, startedAt, source, searchKey, foldVersion, createdAt, updatedAt)
         VALUES ?`,
        [
          Array.from({ length: many }, (_, index) => [
            ...[newId(), account.id, user.id, `many-${index}`, 'incoming', 'answered', ago(1), 'api', '', 1],
            ...[new Date(), new Date()],
          ]),
        ],
      );
    await app.database.query('ANALYZE TABLE calls');
    await inTransaction(app.database, async (busy) => {
      await busy.query('SELECT id FROM calls WHERE id = ? FOR UPDATE', [theirs]);
      await inTransaction(app.database, async (manager) => {
        await manager.query('SET innodb_lock_wait_timeout = 1');
        try {
          const news = { manager, accountId: account.id, userIds: [grace.id] };
          await app.get(AccountEvents).erased.tell(news);
        } finally {
          await manager.query('SET innodb_lock_wait_timeout = DEFAULT');
        }
      });
    });
    expect([await left(), await left(grace.id)]).toEqual([most + 1, 0]);
  });
});

describe('search keys of an older folding', () => {
  it('are made anew, of the bin too, and nothing else is', async () => {
    const [, binned] = await called({ name: 'Émile Borel' }, { number: 'anonymous', startedAt: ago(1) });
    await app.database.query('UPDATE calls SET deletedAt = NOW(3) WHERE id = ?', [binned]);
    const rows = () => app.database.query('SELECT * FROM calls WHERE userId = ? ORDER BY id', [ada.id]);
    const before = await rows();
    await app.database.query("UPDATE calls SET searchKey = 'x', foldVersion = 0 WHERE userId = ?", [ada.id]);
    await app.database.query("DELETE FROM installation WHERE name = 'calls-fold'");
    await app.get(RefoldedCalls).askIfDue();
    await app.get(JobsWorker).runDue();
    expect(await rows()).toEqual(before);
    const done = () => app.database.query("SELECT value FROM installation WHERE name = 'calls-fold'");
    expect(await done()).toEqual([{ value: String(FOLD_VERSION) }]);
  });
});

describe('closing an account', () => {
  it('says how many calls go with it, without those in the bin', async () => {
    await app.database.query("UPDATE accounts SET kind = 'personal' WHERE id = ?", [account.id]);
    const counted = async () => visibleText(await browser.get('/profile/closing'));
    expect(await counted()).not.toMatch(/\d calls?\b/);
    const [, binned] = await called({}, {}, {});
    await app.database.query('UPDATE calls SET deletedAt = NOW(3) WHERE id = ?', [binned]);
    expect(await counted()).toMatch(/\b2 calls\b/);
  });
});

describe('one’s own data', () => {
  it('has the calls as they were made, those in the bin too, as a file that spreadsheets do not run', async () => {
    const [binned] = await called(
      { number: '+33612345678', outcome: 'answered', seconds: 61 },
      { number: '=1+1', name: '=HYPERLINK("x")', startedAt: ago(1) },
    );
    await browser.post('/calls/selection', { act: 'delete', ids: [binned] });
    expect(visibleText(await browser.get('/profile/my-data'))).toContain('Your calls');
    const file = await browser.download('/calls/my-data.csv');
    const [header, ...rows] = file.body.toString('utf8').trim().split('\r\n');
    expect(header).toBe(
      'Call ID,User,Direction,Number,Name,Start,Duration,Outcome,Voicemail,Deleted,Recording',
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain(`'=1+1,"'=HYPERLINK`);
    expect(rows[1]).toContain('Incoming,+33612345678,,');
  });
});
