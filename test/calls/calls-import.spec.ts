import { AccountEvents } from '../../src/accounts/events.js';
import { ForgottenCalls } from '../../src/calls/import/forgotten-calls.service.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { type CallReport } from '../../src/calls/record/call-report.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { idIn, imported, theImport, undone } from '../imports/importing.js';
import { aReport, report } from './reported.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Uploads a file of calls and lets it be checked. @returns the import's id */
async function checked(
  browser: Browser,
  text: string,
  rules: Record<string, string> = {},
  name = 'Master.csv',
): Promise<string> {
  const answer = await browser.upload('/calls/import', { name, bytes: text }, rules);
  if (answer.status !== 303)
    throw new Error(`Answered ${answer.status}: ${visibleText(answer).slice(0, 1500)}`);
  await app.get(JobsWorker).idle();
  return idIn(answer);
}

interface Stored {
  userId: string;
  callId: string;
  direction: string;
  outcome: string;
  number: string | null;
  typedNumber: string | null;
  callerName: string | null;
  startedAt: Date;
  seconds: number;
  source: string;
  heardAt: Date | null;
}

async function callsOf(userId: string): Promise<Stored[]> {
  return app.database.query('SELECT * FROM calls WHERE userId = ? ORDER BY startedAt, callId', [userId]);
}

/** A company with an administrator and people who may be given calls. */
async function company() {
  const { browser, account, user } = await app.signedIn({ role: 'admin' });
  const phone = { features: { phone: true }, type: 'licensed' as const };
  const ada = await app.aUser({ account, ...phone, extension: '101', workPhone: '+33140205001' });
  const bob = await app.aUser({ account, ...phone, extension: '102' });
  const eve = await app.aUser({ account, extension: '103' });
  return { browser, account, user, ada, bob, eve };
}

const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);

/** A row as cdr_csv writes it, with the columns of newcdrcolumns. */
function cdr(values: Record<string, string>): string {
  const names = [
    ...['accountcode', 'src', 'dst', 'dcontext', 'clid', 'channel', 'dstchannel', 'lastapp', 'lastdata'],
    ...['start', 'answer', 'end', 'duration', 'billsec', 'disposition', 'amaflags'],
    ...['uniqueid', 'userfield', 'peeraccount', 'linkedid', 'sequence'],
  ];
  const usual = {
    ...{ dcontext: 'internal', lastapp: 'Dial', start: `${day} 10:00:00`, end: `${day} 10:01:00` },
    ...{ duration: '60', billsec: '50', disposition: 'ANSWERED', amaflags: 'DOCUMENTATION', sequence: '1' },
    linkedid: values['uniqueid'] ?? '',
  };
  const all: Record<string, string> = { ...usual, ...values };
  return names
    .map((name) =>
      /^\d+$/.test(all[name] ?? '') ? all[name] : `"${(all[name] ?? '').replaceAll('"', '""')}"`,
    )
    .join(',');
}

const trunk = 'PJSIP/trunk-0000002a';

describe('importing calls', () => {
  it('reads Master.csv without a header by its shape, and brings calls to whom they concern', async () => {
    const { browser, ada, bob } = await company();
    const id = await checked(
      browser,
      [
        cdr({
          ...{ src: '+33612345678', dst: '101', channel: trunk, dstchannel: 'PJSIP/101-0000002b' },
          ...{ clid: '"Émile Borel" <+33612345678>', uniqueid: '1763800000.1' },
        }),
        cdr({
          ...{ src: '101', dst: '0612345678', channel: 'PJSIP/101-0000002c', dstchannel: trunk },
          ...{ disposition: 'NO ANSWER', billsec: '0', uniqueid: '1763800000.2' },
        }),
        cdr({
          ...{ src: '101', dst: '102', channel: 'PJSIP/101-0000002d', dstchannel: 'PJSIP/102-0000002e' },
          ...{ billsec: '125', uniqueid: '1763800000.3', start: `${day} 11:00:00` },
        }),
      ].join('\n'),
      { timeZone: 'Europe/Paris' },
    );
    const check = visibleText(await browser.get(`/imports/${id}`));
    expect(check).toContain(
      'We read it as a Master.csv (Asterisk) file, in UTF-8, separated by commas, without a header row.',
    );
    expect(await theImport(app, id)).toMatchObject({ state: 'checked', counts: { n: 3, w: 0 } });
    expect(await callsOf(ada.id)).toEqual([]);

    expect(visibleText(await imported(app, browser, id))).toContain('4 calls imported');
    const local = new Date(`${day}T10:00:00Z`).getTime() - parisOffset(day);
    expect(await callsOf(ada.id)).toMatchObject([
      {
        ...{ callId: '1763800000.1', direction: 'incoming', outcome: 'answered', number: '+33612345678' },
        ...{ callerName: 'Émile Borel', startedAt: new Date(local), seconds: 50, source: 'import' },
      },
      {
        callId: '1763800000.2',
        direction: 'outgoing',
        outcome: 'missed',
        number: '+33612345678',
        seconds: 0,
      },
      {
        callId: '1763800000.3',
        direction: 'outgoing',
        outcome: 'answered',
        number: null,
        typedNumber: '102',
      },
    ]);
    expect(await callsOf(bob.id)).toMatchObject([
      { callId: '1763800000.3', direction: 'incoming', typedNumber: '101', seconds: 125 },
    ]);
  });

  it('tells a queue, its local channels and a voicemail as one call of whom they reached', async () => {
    const { browser, ada, bob, account } = await company();
    const phone = { features: { phone: true }, type: 'licensed' as const };
    const cem = await app.aUser({ account, ...phone, extension: '104' });
    const queue = { src: '+33612345678', dst: '600', channel: trunk, lastapp: 'Queue', uniqueid: '17.1' };
    const id = await checked(
      browser,
      [
        // The queue's own row, before anybody's telephone rings.
        cdr({ ...queue, dstchannel: '', billsec: '5' }),
        cdr({ ...queue, dstchannel: 'PJSIP/101-1', disposition: 'NO ANSWER', billsec: '0' }),
        cdr({ ...queue, dstchannel: 'PJSIP/101-2', disposition: 'NO ANSWER', billsec: '0' }),
        cdr({ ...queue, dstchannel: 'Local/900@queue-00000007;1', billsec: '40' }),
        cdr({
          ...{ src: '+33612345678', dst: '900', channel: 'Local/900@queue-00000007;2', uniqueid: '17.2' },
          ...{ linkedid: '17.1', dstchannel: 'PJSIP/102-3', billsec: '40', start: `${day} 10:00:09` },
        }),
        // Nobody answers, then the box does.
        cdr({
          ...{ src: '+33612345679', dst: '104', channel: trunk, dstchannel: 'PJSIP/104-4', uniqueid: '18.1' },
          ...{ disposition: 'NO ANSWER', billsec: '0', start: `${day} 12:00:00` },
        }),
        cdr({
          ...{
            src: '+33612345679',
            dst: '104',
            channel: trunk,
            lastapp: 'VoiceMail',
            lastdata: '104@default,u',
          },
          ...{ uniqueid: '18.1', billsec: '14', start: `${day} 12:00:20` },
        }),
        // Somebody who is nobody's, in a menu.
        cdr({ src: '+33612345670', dst: 's', channel: trunk, lastapp: 'BackGround', uniqueid: '19.1' }),
      ].join('\n'),
    );
    expect((await theImport(app, id)).counts).toMatchObject({
      n: 2,
      k: 5,
      w: 1,
      'w:call-imports.problem.nobody': 1,
    });
    await imported(app, browser, id);
    // A colleague answered: 101 was not called and missed nothing.
    expect(await callsOf(ada.id)).toEqual([]);
    expect(await callsOf(bob.id)).toMatchObject([
      { callId: '17.1', outcome: 'answered', number: '+33612345678', seconds: 40 },
    ]);
    expect(await callsOf(cem.id)).toMatchObject([
      { callId: '18.1', outcome: 'voicemail', number: '+33612345679', seconds: 14 },
    ]);
  });

  it('reads files with a header in French, in any order, and names each fault with its remedy', async () => {
    const { browser, ada, bob } = await company();
    const rows = [
      'Début;Utilisateur;Numéro;Sens;Durée;Résultat;Messagerie vocale;Nom;Identifiant de l’appel',
      `${day}T08:00:00Z;${ada.email};06 12 34 56 78;Entrant;1:02:03;;;Borel;a`,
      `${day} 09:00:00;102;anonyme;Entrant;0;Manqué;Non;;b`,
      `${day} 09:30:00;102;+33612345678;Reçu;12;;Oui;;`,
      `${day} 09:30;102;+33612345678;Reçu;12;;Oui;;`,
      `${day} 25:00:00;102;+33612345678;Entrant;0;;;;c`,
      `hier;nobody@elsewhere.example;+33612345678;vers;long;peut-être;bof;;d`,
      `${day} 10:00:00;nobody@elsewhere.example;1;Sortant;1;;;;e`,
      `${day} 10:00:00;103;1;Sortant;1;;;;f`,
      `2019-01-01 10:00:00;101;1;Sortant;1;;;;g`,
    ];
    const id = await checked(browser, rows.join('\r\n'), { timeZone: 'UTC' }, 'appels.csv');
    const page = visibleText(await browser.get(`/imports/${id}`));
    expect((await theImport(app, id)).counts).toMatchObject({ rows: 9, n: 3, k: 1, w: 5 });
    for (const said of [
      'is no time we can read',
      'is no day of the calendar or no time of the day',
      '“vers” is no direction we know',
      '“long” is no duration',
      '“peut-être” is no outcome we know',
      '“bof” is neither Yes nor No',
      'Nobody here has “nobody@elsewhere.example”',
      '“103” may not use calls',
      'is longer ago than calls are kept here',
    ])
      expect(page).toContain(said);
    await imported(app, browser, id);
    expect(await callsOf(ada.id)).toMatchObject([
      {
        callId: 'a',
        number: '+33612345678',
        typedNumber: '06 12 34 56 78',
        seconds: 3723,
        outcome: 'answered',
      },
    ]);
    expect(await callsOf(bob.id)).toMatchObject([
      { callId: 'b', number: null, typedNumber: 'anonyme', outcome: 'missed' },
      { outcome: 'voicemail', callerName: null, seconds: 12 },
    ]);
    const errors = (await browser.download(`/imports/${id}/errors.csv`)).body.toString('utf8');
    expect(errors.split('\r\n').filter(Boolean)).toHaveLength(6);
  });

  it('changes nothing the second time, undoes and brings back', async () => {
    const { browser, ada } = await company();
    const text = ['Call ID,User,Direction,Number,Start,Duration']
      .concat(['x1', 'x2', 'x3'].map((id) => `${id},101,Incoming,+33612345678,${day} 10:00:00,5`))
      .join('\n');
    const first = await checked(browser, text);
    await imported(app, browser, first);
    const before = await callsOf(ada.id);
    expect(before).toHaveLength(3);
    const again = await checked(browser, text);
    expect((await theImport(app, again)).counts).toMatchObject({ n: 0, k: 3, w: 0 });
    expect(visibleText(await browser.get(`/imports/${again}`))).toContain(
      'There is no new call in this file.',
    );

    // What a recording came to stays.
    await app.database.query("UPDATE calls SET recording = 'kept' WHERE userId = ? AND callId = 'x3'", [
      ada.id,
    ]);
    const page = visibleText(await undone(app, browser, first));
    expect(page).toContain('2 calls were taken back.');
    expect(page).toContain('x3: a recording came to it since');
    expect((await callsOf(ada.id)).map(({ callId }) => callId)).toEqual(['x3']);
    // The same calls may come in again.
    const third = await checked(browser, text.split('\n').slice(0, 2).join('\n'));
    await imported(app, browser, third);
    expect(await callsOf(ada.id)).toHaveLength(2);

    await browser.post(`/imports/${first}/redo`);
    await app.get(JobsWorker).idle();
    expect((await callsOf(ada.id)).map(({ callId }) => callId).sort()).toEqual(['x1', 'x2', 'x3']);
    const back = (await callsOf(ada.id)).find(({ callId }) => callId === 'x2');
    expect(back).toEqual({ ...before.find(({ callId }) => callId === 'x2') });
    const [{ left }] = await app.database.query<{ left: number }[]>(
      "SELECT COUNT(*) AS `left` FROM journal_entries WHERE accountId = ? AND subjectType = 'call' AND changes IS NOT NULL",
      [ada.accountId],
    );
    expect(Number(left)).toBe(0);
  });

  it('takes back no call that the telephone system reported itself meanwhile', async () => {
    const { browser, account, ada } = await company();
    const row = `y1,${ada.email},Incoming,+33612345678,${day}T10:00:00Z,5`;
    const id = await checked(browser, `Call ID,User,Direction,Number,Start,Duration\n${row}`);
    await imported(app, browser, id);
    const said = { callId: 'y1', outcome: 'answered', seconds: 5, startedAt: new Date(`${day}T10:00:00Z`) };
    expect(await report(app, account.id, aReport(ada, said as Partial<CallReport>))).toMatchObject([
      { result: 'unchanged' },
    ]);
    const page = visibleText(await undone(app, browser, id));
    expect(page).toContain('Nothing was taken back.');
    expect(page).toContain('y1: it was reported again meanwhile');
    expect(await callsOf(ada.id)).toMatchObject([{ callId: 'y1', source: 'api' }]);
  });

  it('forgets the calls it took back with whom they are about, and when they can no longer be brought back', async () => {
    const { browser, account, ada } = await company();
    const rows = ['z1,101', 'z2,102'].map((row) => `${row},Incoming,+33612345678,${day} 10:00:00,5`);
    const id = await checked(browser, ['Call ID,User,Direction,Number,Start,Duration', ...rows].join('\n'));
    await imported(app, browser, id);
    await undone(app, browser, id);
    const waiting = async () => {
      const entries = await app.database.query<{ changes: string }[]>(
        "SELECT changes FROM journal_entries WHERE accountId = ? AND subjectType = 'call' AND changes IS NOT NULL",
        [account.id],
      );
      return entries.map(({ changes }) => /z\d/.exec(changes)?.[0]).sort();
    };
    expect(await waiting()).toEqual(['z1', 'z2']);
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).erased.tell({ manager, accountId: account.id, userIds: [ada.id] }),
    );
    expect(await waiting()).toEqual(['z2']);
    await app.get(ForgottenCalls).sweep(new Date(Date.now() + 29 * 86_400_000));
    expect(await waiting()).toEqual(['z2']);
    await app.get(ForgottenCalls).sweep(new Date(Date.now() + 31 * 86_400_000));
    expect(await waiting()).toEqual([]);
  });

  it('names the rows whose id is that of another call, here or in the file', async () => {
    const { browser, account, ada } = await company();
    const old = new Date(Date.now() - 40 * 86_400_000);
    await report(app, account.id, aReport(ada, { callId: '17', startedAt: old }));
    const rows = [`17,101,Incoming,1,${day} 10:00:00`, `18,101,Incoming,2,${day} 10:00:00`].concat(
      `18,101,Incoming,3,${old.toISOString()}`,
    );
    const id = await checked(browser, ['Call ID,User,Direction,Number,Start', ...rows].join('\n'));
    expect((await theImport(app, id)).counts).toMatchObject({ n: 1, k: 0, w: 2 });
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('“17” is the ID of another call');
  });

  it('names ids and numbers that a spreadsheet rounded, instead of taking two calls for one', async () => {
    const { browser } = await company();
    const rows = [`1.76384E+09,101,Incoming,1`, `1.76384E+09,101,Incoming,2`, `a,101,Incoming,"3,36123E+10"`];
    const file = ['Call ID,User,Direction,Number,Start', ...rows.map((row) => `${row},${day} 10:00:00`)];
    const id = await checked(browser, file.join('\n'));
    expect((await theImport(app, id)).counts).toMatchObject({ n: 0, k: 0, w: 3 });
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('a spreadsheet has rounded this');
  });

  it('asks for the time zone and the extensions again on the page of the check', async () => {
    const { browser, ada, account } = await company();
    const phone = { features: { phone: true }, type: 'licensed' as const };
    await app.aUser({ account, ...phone, extension: '7' });
    const row = cdr({
      src: '0612345678',
      dst: '101',
      channel: trunk,
      dstchannel: 'PJSIP/101-1',
      uniqueid: '20.1',
    });
    const id = await checked(browser, row, { timeZone: 'UTC', extensions: '4' });
    expect((await theImport(app, id)).counts).toMatchObject({ n: 0, w: 1 });
    await browser.post(`/imports/${id}/rules`, { timeZone: 'Asia/Tokyo', extensions: '3' });
    await app.get(JobsWorker).idle();
    expect((await theImport(app, id)).counts).toMatchObject({ n: 1, w: 0 });
    await imported(app, browser, id, { timeZone: 'Asia/Tokyo', extensions: '3' });
    expect((await callsOf(ada.id))[0].startedAt).toEqual(new Date(`${day}T01:00:00Z`));

    const wrong = await browser.upload(
      '/calls/import',
      { name: 'x.csv', bytes: row },
      { timeZone: 'Mars/Phobos' },
    );
    expect(wrong.status).toBe(422);
    expect(visibleText(wrong)).toContain('This time zone is not known.');
  });

  it('is for administrators, and its imports for whoever uploaded them alone while they administrate', async () => {
    const { browser, account, user } = await company();
    const other = await app.signedIn({ account, role: 'owner' });
    const member = await app.signedIn({ account });
    expect((await member.browser.get('/calls/import')).status).toBe(403);
    expect((await member.browser.get('/imports')).text).not.toContain('href="/calls/import"');
    for (const path of ['/imports', '/calls'])
      expect((await browser.get(path)).text).toContain('href="/calls/import"');
    const id = await checked(browser, `User,Direction,Start\n101,Incoming,${day} 10:00:00`);
    expect((await other.browser.get(`/imports/${id}`)).status).toBe(404);
    expect(visibleText(await other.browser.get('/imports'))).not.toContain('Master.csv');
    expect(visibleText(await browser.get('/imports'))).toContain('Master.csv');
    await app.database.query("UPDATE users SET role = 'member' WHERE id = ?", [user.id]);
    expect((await browser.get(`/imports/${id}`)).status).toBe(404);
    expect(visibleText(await browser.get('/imports'))).not.toContain('Master.csv');
  });

  it('gives a sample in each language that can be brought in as it is', async () => {
    const { browser, account } = await company();
    const phone = { features: { phone: true }, type: 'licensed' as const };
    await app.aUser({ account, ...phone, email: 'ada.lovelace@example.com' });
    await app.aUser({ account, ...phone, workPhone: '+442079460019' });
    const sample = (await browser.download('/calls/sample.csv')).body.toString('utf8');
    expect(sample.split('\r\n')[0]).toBe(
      '\ufeffCall ID,User,Direction,Number,Name,Start,Duration,Outcome,Voicemail',
    );
    const id = await checked(browser, sample, {}, 'calls.csv');
    expect((await theImport(app, id)).counts).toMatchObject({ n: 4, w: 0 });
  });
});

/** What clocks in Paris are ahead of UTC at ten on that day, in ms. */
function parisOffset(date: string): number {
  const hour = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Paris',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (Number(hour.format(new Date(`${date}T09:00:00Z`))) - 9) * 3_600_000;
}
