import { newAccountFeatures } from '../../src/accounts/features.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { listed, offered, pageLink } from './listed.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('the list of colleagues', () => {
  it('asks whoever has not signed in to do so, and leads back', async () => {
    const visitor = await app.browser().get('/contacts?q=ada');
    expect(visitor.status).toBe(303);
    expect(visitor.headers['location']).toBe('/login?next=%2Fcontacts%3Fq%3Dada');
  });

  it('lists active people of the own account alone', async () => {
    const { browser, account } = await app.signedIn({ givenName: 'Ada', familyName: 'Active' });
    await app.aUser({
      account,
      givenName: 'Pia',
      familyName: 'Pending',
      status: 'pending',
      department: 'Nowhere',
    });
    await app.aUser({ account, givenName: 'Dan', familyName: 'Deactivated', status: 'deactivated' });
    await app.aUser({ givenName: 'Else', familyName: 'Elsewhere', department: 'Abroad' });
    const answer = await browser.get('/contacts');
    expect(listed(answer)).toEqual(['Ada Active']);
    expect(visibleText(answer)).toContain('1 person');
    expect(offered(answer, 'department')).toEqual([]);
    expect(listed(await browser.get('/contacts?q=e'))).toEqual(['Ada Active']);
  });

  it('is narrowed by department and location together, and says what is found', async () => {
    const { browser, account } = await app.signedIn({ familyName: 'Viewer' });
    const person = (familyName: string, department: string, location: string) =>
      app.aUser({ account, givenName: 'P', familyName, department, location });
    await person('One', 'Sales & Co', 'Paris');
    await person('Two', 'Sales & Co', 'Lyon');
    await person('Three', 'Care', 'Paris');
    expect(offered(await browser.get('/contacts'), 'department')).toEqual(['Care', 'Sales &amp; Co']);
    expect(listed(await browser.get('/contacts?department=Sales+%26+Co'))).toEqual(['P One', 'P Two']);
    const both = await browser.get('/contacts?department=Sales+%26+Co&location=Paris');
    expect(listed(both)).toEqual(['P One']);
    expect(visibleText(both)).toContain('1 result');
    expect(visibleText(both)).toContain('Clear filters');
  });

  it('shows names as text', async () => {
    const { browser, account } = await app.signedIn();
    const nasty = '<img src=x onerror=alert(1)>"\'';
    const person = await app.aUser({
      account,
      givenName: nasty,
      familyName: '</a><script>',
      jobTitle: nasty,
      department: nasty,
      location: nasty,
    });
    for (const path of [
      '/contacts',
      `/contacts/${person.id}`,
      `/contacts?department=${encodeURIComponent(nasty)}`,
    ]) {
      const { text, status } = await browser.get(path);
      expect(status).toBe(200);
      expect(text).not.toContain('<img src=x');
      expect(text).not.toContain('</a><script>');
    }
  });
});

describe('pages of colleagues', () => {
  let browser: Browser;
  const pageOf = async (path: string | undefined): Promise<Answer> => {
    if (path === undefined) throw new Error('There is no such page');
    return browser.get(path);
  };

  /** 125 people, of whom 60 share one name, so that a page ends among equals. */
  beforeAll(async () => {
    const signedIn = await app.signedIn({ givenName: 'Aa', familyName: 'Aa' });
    browser = signedIn.browser;
    for (let index = 1; index < 125; index++) {
      const familyName =
        index < 40 ? `Bee${String(index).padStart(3, '0')}` : index < 100 ? 'Same' : `Tee${index}`;
      await app.aUser({ account: signedIn.account, status: 'active', givenName: `N${index}`, familyName });
    }
  }, 120_000);

  it('go forwards through everybody once, also among people of one name', async () => {
    const seen: string[] = [];
    let answer = await browser.get('/contacts');
    expect(visibleText(answer)).toContain('125 people');
    seen.push(...listed(answer));
    while (pageLink(answer, 'Next')) {
      answer = await pageOf(pageLink(answer, 'Next'));
      seen.push(...listed(answer));
    }
    expect(seen).toHaveLength(125);
    expect(new Set(seen).size).toBe(125);
  });

  it('go backwards to the same pages', async () => {
    const first = await browser.get('/contacts');
    const second = await pageOf(pageLink(first, 'Next'));
    expect(listed(await pageOf(pageLink(second, 'Previous')))).toEqual(listed(first));
    const last = await pageOf(pageLink(first, 'Last'));
    expect(pageLink(last, 'Next')).toBeUndefined();
    expect(listed(last)).toHaveLength(50);
    expect(listed(last).at(-1)).toMatch(/Tee124/);
    expect(listed(await pageOf(pageLink(last, 'First')))).toEqual(listed(first));
  });

  it('run the other way when sorted the other way, and keep the search', async () => {
    const answer = await browser.get('/contacts?q=same&sort=-name');
    expect(listed(answer)).toHaveLength(50);
    expect(visibleText(answer)).toContain('More than 50 results');
    expect(answer.text).toContain('aria-sort="descending"');
    const next = await pageOf(pageLink(answer, 'Next'));
    expect(listed(next)).toHaveLength(10);
    expect(listed(next).every((name) => name.endsWith('Same'))).toBe(true);
  });
});

describe("a colleague's page", () => {
  it('shows how to reach them and where they work', async () => {
    const { browser, account, user } = await app.signedIn({ givenName: 'Mona', familyName: 'Manager' });
    const { id } = await app.aUser({
      account,
      givenName: 'Paul',
      familyName: 'Person',
      email: 'a%b&c@example.test',
      department: 'Care',
      location: 'Lyon',
      jobTitle: 'Nurse',
      managerId: user.id,
      workPhone: '+33140205050',
      extension: '4711',
    });
    const answer = await browser.get(`/contacts/${id}`);
    const text = visibleText(answer);
    for (const word of [
      'Paul Person',
      'Care',
      'Lyon',
      'Nurse',
      'Mona Manager',
      '+33 1 40 20 50 50',
      '4711',
    ]) {
      expect(text).toContain(word);
    }
    expect(answer.text.replaceAll('&#x3D;', '=')).toContain('href="mailto:a%25b%26c@example.test"');
    expect(answer.text).toContain('data-value="+33140205050"');
    expect(answer.text).toContain(`href="/contacts/${user.id}"`);
  });

  it('is not there for pending and deactivated people, other accounts and made-up ids', async () => {
    const { browser, account } = await app.signedIn();
    const pending = await app.aUser({ account, status: 'pending' });
    const gone = await app.aUser({ account, status: 'deactivated' });
    const foreign = await app.aUser();
    for (const id of [pending.id, gone.id, foreign.id, newId(), 'x', "1' OR '1'='1"]) {
      for (const end of ['', '/card.vcf', '/qr.svg']) {
        expect((await browser.get(`/contacts/${encodeURIComponent(id)}${end}`)).status).toBe(404);
      }
    }
  });

  it('of an account of one person names no company', async () => {
    const account = await app.anAccount({ kind: 'personal', name: 'grace@navy.example' });
    const { browser, user } = await app.signedIn({ account, role: 'owner' });
    const { body } = await browser.download(`/contacts/${user.id}/card.vcf`);
    expect(body.toString('utf8')).toContain('FN:');
    expect(body.toString('utf8')).not.toContain('ORG:');
  });

  it('offers calling to those who may, and tells the others why not', async () => {
    const features = { ...newAccountFeatures(), phone: { allowed: true, on: true } };
    const account = await app.anAccount({ features });
    const { id } = await app.aUser({ account, workPhone: '+33140205050' });
    const licensed = (await app.signedIn({ account, type: 'licensed' })).browser;
    const basic = (await app.signedIn({ account })).browser;
    const off = (await app.signedIn({ account, type: 'licensed', features: { phone: false } })).browser;
    expect((await licensed.get(`/contacts/${id}`)).text).toContain('href="tel:+33140205050"');
    expect((await licensed.get('/contacts')).text).toContain('href="tel:+33140205050"');
    for (const [browser, why] of [
      [basic, 'licensed account'],
      [off, 'switched off for you'],
    ] as const) {
      expect((await browser.get('/contacts')).text).not.toContain('tel:');
      const answer = await browser.get(`/contacts/${id}`);
      expect(answer.text).not.toContain('tel:');
      expect(answer.text).toContain('data-value="+33140205050"');
      expect(visibleText(answer)).toContain(why);
    }
  });

  it('can be saved as a vCard under a name every browser understands', async () => {
    const { browser, account } = await app.signedIn({
      account: await app.anAccount({ name: 'Atelier; Nord' }),
    });
    const { id } = await app.aUser({
      account,
      givenName: 'Zoë/..',
      familyName: 'Đỗ "x"',
      department: 'Care',
      email: 'zoe@example.test',
      mobilePhone: '+33612345678',
    });
    const answer = await browser.download(`/contacts/${id}/card.vcf`);
    expect(answer.headers['content-type']).toBe('text/vcard; charset=utf-8');
    const disposition = String(answer.headers['content-disposition']);
    expect(disposition).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1])).toBe(
      'Zoë .. Đỗ x .vcf'.replace(' .vcf', '.vcf'),
    );
    const lines = answer.body.toString('utf8').split('\r\n');
    expect(lines).toContain('N:Đỗ "x";Zoë/..;;;');
    expect(lines).toContain('ORG:Atelier\\; Nord;Care');
    expect(lines).toContain('TEL;TYPE=CELL,VOICE:+33612345678');
    expect(lines).toContain('EMAIL;TYPE=INTERNET:zoe@example.test');
  });

  it('has a QR code that draws, also for the longest names', async () => {
    const { browser, account } = await app.signedIn();
    const short = await app.aUser({ account });
    const long = await app.aUser({ account, givenName: 'ễ'.repeat(255), familyName: '😀'.repeat(255) });
    for (const { id } of [short, long]) {
      const answer = await browser.download(`/contacts/${id}/qr.svg`);
      expect(answer.headers['content-type']).toMatch(/^image\/svg\+xml/);
      const [, width, height] =
        /^<svg [^>]*viewBox="0 0 (\d+) (\d+)"/.exec(answer.body.toString('utf8')) ?? [];
      // 85 modules are version 17, and 2 of margin on each side.
      expect(Number(width)).toBeGreaterThan(20);
      expect(Number(width)).toBeLessThanOrEqual(89);
      expect(height).toBe(width);
    }
  });
});

describe('the help page', () => {
  it('is open to visitors and names the limits that are enforced, to administrators those of imports too', async () => {
    const visitor = await app.browser().get('/help');
    expect(visitor.status).toBe(200);
    expect(visibleText(visitor)).toContain('An invitation is good for 30 days');
    expect(visibleText(visitor)).toContain('A link to confirm a new address is good for 24 hours');
    expect(visibleText(visitor)).not.toMatch(/Personal contacts|Who may do what/);
    expect(visibleText(visitor)).not.toContain('100,000');
    const { browser } = await app.signedIn({ role: 'admin' });
    expect(visibleText(await browser.get('/help'))).toContain('100,000');
  });

  it('does not call whoever has an account of their own an administrator', async () => {
    const account = await app.anAccount({ kind: 'personal', name: 'grace@navy.example' });
    const { browser } = await app.signedIn({ account, role: 'owner' });
    const text = visibleText(await browser.get('/help'));
    expect(text).toContain('Your account is yours alone');
    expect(text).not.toMatch(/administrator/i);
  });

  it('says who may do what, and to those who decide it how restricted groups hide people', async () => {
    const { account, browser } = await app.signedIn();
    const member = visibleText(await browser.get('/help'));
    expect(member).toMatch(/Who may do what .*Member \(your role\) Use the directory/);
    expect(member).toContain('Members of a restricted group are found by each other alone.');
    expect(member).not.toContain('See the directory as this person');
    expect(member).not.toMatch(/API tokens|API for other programs/);
    expect(member).toMatch(
      /Personal contacts Contacts you keep for yourself.* Contacts of one person 10,000/,
    );
    const admin = await app.signedIn({ account, role: 'admin' });
    const text = visibleText(await admin.browser.get('/help'));
    expect(text).toContain('Administrator (your role)');
    expect(text).toContain('found only by people who share one with them');
    expect(text).toContain('“See the directory as this person”');
  });
});
