import { request as send, type IncomingMessage } from 'node:http';
import { startApp, type TestApp } from '../support/app.js';
import { checked, file, imported } from '../imports/importing.js';
import { type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const part = (name: string, value: string, more = '') =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

/** The bytes of a multipart body as they are, with the cookies and form token of a browser. @returns the status */
async function sendBody(
  browser: Browser,
  path: string,
  bodyOf: (token: string) => string,
  type = 'multipart/form-data; boundary=edge',
): Promise<number> {
  const body = bodyOf(await browser.formToken());
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(
      `${app.url}${path}`,
      {
        method: 'POST',
        headers: { Cookie: browser.cookies(), Origin: app.url, 'Content-Type': type },
      },
      resolve,
    ).on('error', reject);
    request.end(body);
  });
  answer.resume();
  return answer.statusCode ?? 0;
}

describe.each([
  ['/users/import', 'file'],
  ['/profile/photo', 'photo'],
])('a broken form with a file at %s', (path, name) => {
  const whole = (token: string) =>
    part('_csrf', token) + part(name, file('a@b.example,A,B'), '; filename="a.csv"') + '--edge--\r\n';

  it.each([
    ['without a boundary', whole, 'multipart/form-data'],
    ['with another boundary', whole, 'multipart/form-data; boundary=other'],
    ['that ends in the middle of the file', (token: string) => whole(token).slice(0, -40), undefined],
    ['with a part that is none', () => '--edge\r\n\0garbage\r\n\r\n--edge--', undefined],
  ])('%s is no fault of ours', async (_, bodyOf, type) => {
    const { browser } = await app.signedIn({ role: 'admin' });
    expect([303, 400, 403]).toContain(await sendBody(browser, path, bodyOf, type));
  });
});

describe('correcting how a file is read', () => {
  it('to a header row below its end says so and keeps the reading', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, file('header@row.example,A,B'));
    const answer = await browser.post(`/imports/${id}/reading`, { headerRow: '20' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('href="#headerRow"');
    expect((await browser.get(`/imports/${id}`)).status).toBe(200);
  });
});

describe('the file of rows to correct', () => {
  it('holds no formula, and comes back as it was', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const rows = `Email,First Name,Last Name,Department,"=HYPERLINK(""http://x.example"")"\r\n`;
    const id = await checked(app, browser, `${rows}not-an-address,=1+1,@x,-2+3,+1\r\n`);
    const { body } = await browser.download(`/imports/${id}/errors.csv`);
    const text: string = body.toString('utf8');
    expect(text).toContain(`not-an-address,'=1+1,'@x,'-2+3,`);
    expect(text).toContain(`"'=HYPERLINK(""http://x.example"")"`);
    expect(text.split('\r\n').filter((line) => /(^|,)"?[=@-]/.test(line))).toEqual([]);

    const again = await checked(app, browser, text.replace('not-an-address', 'formula@row.example'));
    await imported(app, browser, again);
    const [person] = await app.database.query<object[]>(
      'SELECT givenName, familyName, department FROM users WHERE email = ?',
      ['formula@row.example'],
    );
    expect(person).toEqual({ givenName: '=1+1', familyName: '@x', department: '-2+3' });
  });
});
