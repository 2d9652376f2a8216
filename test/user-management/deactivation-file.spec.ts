import iconv from 'iconv-lite';
import { type Account } from '../../src/accounts/account.entity.js';
import { User } from '../../src/accounts/user.entity.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { UserRun } from '../../src/user-management/runs/user-run.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const users = () => app.database.getRepository(User);
const statusOf = async ({ id }: User) => (await users().findOneByOrFail({ id })).status;

describe('deactivating from a file', () => {
  it('says who is found and who is not before anything happens', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const active = await app.aUser({ account, email: 'leaver@example.test' });
    await app.aUser({ account, email: 'gone@example.test', status: 'deactivated' });
    const waiting = await app.aUser({ account, email: 'waiting@example.test', status: 'pending' });
    await app.aUser({ account, email: 'boss@example.test', role: 'owner' });
    await app.aUser({ email: 'stranger@example.test' });
    const lines = [
      ...['Name,E-mail', 'L,Leaver@Example.test', 'L,leaver@example.test', 'G,gone@example.test'],
      ...['W,waiting@example.test', 'B,boss@example.test', `Me,${admin.email}`, 'S,stranger@example.test'],
      ...['', 'Z,no address'],
    ];
    const page = await checked(browser, lines.join('\r\n'));
    const text = visibleText(page);
    expect(text).toContain('Deactivate 1 person');
    expect(text).toContain('leavers.csv: 8 rows read. Nothing has happened yet.');
    expect(text).toMatch(/1 address stands in it twice/);
    expect(text).toMatch(/2 people you cannot deactivate.*Row 6: boss@example\.test Only an owner/);
    expect(text).toMatch(/Row 7: .*You cannot deactivate yourself/);
    expect(text).toMatch(/1 address not found.*Row 8: stranger@example\.test/);
    expect(text).toMatch(/1 row without a readable address.*Row 10: no address/);
    expect(text).toMatch(/1 person deactivated already.*Row 4: gone@example\.test/);
    expect(text).toMatch(/1 person has not accepted the invitation yet/);
    expect(await statusOf(active)).toBe('active');

    const cancelling = /href="(\/users\/runs\/[^"]+)">Cancel 1 invitation/.exec(page.text)?.[1] ?? '';
    const done = await browser.follow(await browser.post(`${pathOf(page)}/confirmation`));
    expect(visibleText(done)).toContain('1 person deactivated');
    expect(visibleText(done)).toMatch(/1 address not found.*Row 8: stranger@example\.test/);
    expect(visibleText(done)).not.toContain('Nothing has happened yet');
    expect(await statusOf(active)).toBe('deactivated');
    expect((await users().findOneByOrFail({ id: waiting.id })).liveKey).toBe(1);
    expect(visibleText(await browser.get(cancelling))).toContain('Cancel 1 invitation');
    await browser.post(`${cancelling}/confirmation`);
    expect((await users().findOneByOrFail({ id: waiting.id })).liveKey).toBeNull();
    await browser.post(`${pathOf(done)}/undo`);
    expect(await statusOf(active)).toBe('active');
  });

  it.each([
    ['semicolons, Windows-1252, French', iconv.encode('Prénom;E-mail\r\nÉva;éva;\r\nÉva;{}\r\n', 'win1252')],
    [
      'UTF-16 with tabs, as Excel saves Unicode text',
      iconv.encode('Nom\tAdresse e-mail\r\nÉva\t{}\r\n', 'utf-16le', { addBOM: true }),
    ],
    ['a byte order mark', '\ufeffEmail\n{}\n'],
    ['one column without a header', '{}\n'],
    ['one column of any name', 'Leavers\n{}\n'],
    ['a title above the header', 'Leavers of May,\nName,User Name\nEva,{}\n'],
    ['no header and the address in the second column', 'Eva,{}\nIan,ian@example.test\n'],
    ['Google Workspace', 'First Name [Required],Last Name [Required],Email Address [Required]\nEva,E,{}\n'],
    ['a mark before the address', 'Email\n"\'{}"\n'],
  ])('reads %s', async (_, file) => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const address = Buffer.from(user.email);
    const bytes = typeof file === 'string' ? file.replace('{}', user.email) : filled(file, address);
    expect(visibleText(await checked(browser, bytes))).toContain('Deactivate 1 person');
  });

  it.each([
    ['a line each', 'one@example.test\ntwo@example.test'],
    ['as mail programs have them', 'Ada One <one@example.test>; "Two, Bob" <two@example.test>'],
    ['with commas', 'one@example.test, two@example.test, one@example.test'],
    ['as a column of a spreadsheet with its name', 'E-mail\none@example.test\ntwo@example.test'],
    ['as columns of a spreadsheet', 'Name\tE-mail\nAda\tone@example.test\nBob\ttwo@example.test'],
  ])('takes pasted addresses %s', async (_, addresses) => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [one, two] = [await app.aUser({ account }), await app.aUser({ account })];
    const text = addresses
      .replaceAll('one@example.test', one.email)
      .replaceAll('two@example.test', two.email);
    const page = await browser.follow(await pasted(browser, text));
    expect(visibleText(page)).toContain('Deactivate 2 people');
  });

  it.each([
    ['nothing', {}, 'Choose a file or paste addresses'],
    ['a workbook', { bytes: Buffer.from('504b0304000000', 'hex') }, 'spreadsheet file, not CSV'],
    ['a picture', { bytes: Buffer.from('89504e470d0a1a0a', 'hex') }, 'picture'],
    ['no column of addresses', { bytes: 'Name,Team\nAda,Ops\n' }, 'Its columns are: Name, Team'],
    ['a header alone', { bytes: 'E-mail\n' }, 'There is no address in it'],
    ['both', { bytes: 'E-mail\na@example.test\n', addresses: 'b@example.test' }, 'not both'],
    ['too many rows', { bytes: `E-mail\n${'a@example.test\n'.repeat(20_001)}` }, 'more than 20,000 rows'],
    ['too large a file', { bytes: Buffer.alloc(limits.deactivationFileBytes + 1, 'a') }, 'larger than 10 MB'],
  ])(
    'refuses %s with what to do',
    async (_, { bytes, addresses }: { bytes?: Buffer | string; addresses?: string }, words) => {
      const { account, browser } = await app.signedIn({ role: 'admin' });
      const answer =
        bytes === undefined ? await pasted(browser, '') : await upload(browser, bytes, { addresses });
      expect(answer.status).toBe(422);
      expect(visibleText(answer)).toContain(words);
      expect(await app.database.getRepository(UserRun).countBy({ accountId: account.id })).toBe(0);
    },
  );

  it('keeps what was pasted when it is refused', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const answer = await pasted(browser, 'Name\tTeam\nAda\tOps');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Ada\tOps');
  });

  it('says when nobody of it can be deactivated, and offers no button', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const page = await checked(browser, 'E-mail\nnobody@example.test\n');
    expect(visibleText(page)).toContain('Nobody in it can be deactivated');
    expect(page.text).not.toContain('/confirmation"');
    await browser.post(`${pathOf(page)}/confirmation`);
    const batches = await app.database.query('SELECT 1 FROM journal_batches WHERE accountId = ?', [
      account.id,
    ]);
    expect(batches).toEqual([]);
  });

  it('is one run for one form, sent twice', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { email } = await app.aUser({ account });
    const once = newId();
    const answers = [
      await upload(browser, `E-mail\n${email}\n`, { _once: once }),
      await upload(browser, `E-mail\n${email}\n`, { _once: once }),
    ];
    expect(answers.map(({ headers }) => headers['location'] as string)).toEqual([
      `/users/runs/${once}`,
      `/users/runs/${once}`,
    ]);
  });

  it('takes 20,000 rows', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const emails = await manyActive(account, 1_500);
    const rows = [...emails, ...Array.from({ length: 18_500 }, (_, n) => `unknown.${n}@example.test`)];
    const page = await checked(browser, `E-mail\r\n${rows.join('\r\n')}\r\n`);
    expect(visibleText(page)).toMatch(/Deactivate 1,500 people.*18,500 addresses not found.*And 18,300 more/);
    await browser.post(`${pathOf(page)}/confirmation`);
    await app.get(JobsWorker).runDue();
    expect(visibleText(await browser.get(pathOf(page)))).toContain('1,500 people deactivated');
    expect(await users().countBy({ accountId: account.id, status: 'deactivated' })).toBe(1_500);
  });

  it('is not for members, nor without our own form', async () => {
    const { account, browser } = await app.signedIn({ role: 'member' });
    expect((await browser.get('/users/deactivate')).status).toBe(403);
    expect((await upload(browser, 'E-mail\na@example.test\n')).status).toBe(403);
    const admin = await app.signedIn({ account, role: 'admin' });
    const foreign = await admin.browser.post('/users/deactivate', {
      _csrf: 'x',
      addresses: 'a@example.test',
    });
    expect(foreign.status).toBe(403);
  });
});

function upload(
  browser: Browser,
  bytes: Buffer | string,
  fields: Record<string, string | undefined> = {},
): Promise<Answer> {
  return browser.upload('/users/deactivate', { name: 'leavers.csv', bytes }, fields);
}

/** A browser without a chosen file sends one of no name and no bytes. */
function pasted(browser: Browser, addresses: string): Promise<Answer> {
  return browser.upload('/users/deactivate', { name: '', bytes: '' }, { addresses });
}

/** The page that says who was found. */
async function checked(browser: Browser, bytes: Buffer | string): Promise<Answer> {
  const answer = await upload(browser, bytes);
  expect([answer.status, visibleText(answer)]).toEqual([303, expect.anything()]);
  return browser.follow(answer);
}

function pathOf({ request }: Answer): string {
  return new URL((request as unknown as { url: string }).url).pathname;
}

/** A file with an address where it has `{}`, in the width of its letters. */
function filled(file: Buffer, address: Buffer): Buffer {
  const wide = file.includes(0);
  const place = wide ? Buffer.from('{}', 'utf16le') : Buffer.from('{}');
  const at = file.indexOf(place);
  const bytes = wide ? Buffer.from(address.toString(), 'utf16le') : address;
  return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at + place.length)]);
}

async function manyActive(account: Account, count: number): Promise<string[]> {
  const first = await app.aUser({ account });
  const others = Array.from({ length: count - 1 }, () => {
    const id = newId();
    return users()
      .create({ ...first, id, email: `${id}@example.test` })
      .rekey();
  });
  for (let from = 0; from < others.length; from += 500) await users().insert(others.slice(from, from + 500));
  return [first.email, ...others.map(({ email }) => email)];
}
