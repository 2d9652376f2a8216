import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';
import { Chromium, inChromium, type Visitor } from './support/chromium.js';

inChromium('pages that answer at once', () => {
  let app: TestApp;
  let chromium: Chromium;
  let person: User;
  let visitor: Visitor;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), Chromium.launch()]);
    const account = await app.anAccount();
    person = await app.aUser({ account, language: 'en', familyName: 'Reader', theme: 'system' });
    for (const [givenName, familyName] of [
      ['Văn Hùng', 'Nguyễn'],
      ['Thị Mai', 'Nguyễn'],
      ['Łukasz', 'Żak'],
    ] as const)
      await app.aUser({ account, givenName, familyName });
    visitor = await chromium.visitor(app.url, { locale: 'en', scheme: 'light', width: 1280 });
    await visitor.signIn(person.email);
  }, 60_000);
  afterAll(async () => {
    expect(visitor.watch.take()).toEqual([]);
    await chromium?.close();
    await app?.close();
  });

  it('finds while one types, without loading the page again, and says how many', async () => {
    const { page } = visitor;
    await visitor.open('/contacts');
    await page.evaluate(() => (document.body.dataset.same = 'yes'));
    const search = page.locator('.toolbar [type=search]');
    await search.pressSequentially('nguyen');
    const rows = page.locator('#list:not([aria-busy]) tbody tr');
    await page.waitForURL('**/contacts?q=nguyen');
    expect(await rows.count()).toBe(2);
    expect(await page.locator('[role=status][data-list-status]').innerText()).toMatch(/\b2\b/);
    expect(await page.evaluate(() => document.body.dataset.same)).toBe('yes');
    expect(await search.evaluate((input) => input === document.activeElement)).toBe(true);
  }, 30_000);

  it('shows the same list after a reload, and by the back button from a card', async () => {
    const { page } = visitor;
    const search = page.locator('.toolbar [type=search]');
    await page.reload();
    expect(await search.inputValue()).toBe('nguyen');
    expect(await page.locator('#list tbody tr').count()).toBe(2);
    await page.locator('#list .table__link').first().click();
    await page.waitForURL('**/contacts/*-*');
    await page.goBack();
    await page.waitForURL('**/contacts?q=nguyen');
    expect(await search.inputValue()).toBe('nguyen');
    expect(await page.locator('#list tbody tr').count()).toBe(2);
  }, 30_000);

  it('says when nobody matches, and shows everybody again once the search is emptied', async () => {
    const { page } = visitor;
    await visitor.open('/contacts');
    const search = page.locator('.toolbar [type=search]');
    await search.fill('zzzz');
    await page.locator('#list .empty-state').waitFor();
    expect(await page.locator('#list').innerText()).toContain('Nobody matches “zzzz”');
    await search.fill('');
    await page.locator('#list tbody tr').nth(3).waitFor();
    expect(new URL(page.url()).search).toBe('');
  }, 30_000);

  it('give back what was typed while the session ended, after signing in', async () => {
    const { page } = visitor;
    await visitor.open('/external-contacts/invite');
    await page.locator('[name=email]').fill('grace@@navy.example');
    await page.locator('[name=message]').fill('Hello Grace,\nwe met in Lyon.');
    await app.database.query('DELETE FROM sessions WHERE userId = ?', [person.id]);
    await page.locator('main form button:not([type=button])').first().click();
    await page.waitForURL('**/login?next=*');
    await page.locator('[name=email]').fill(person.email);
    await page.locator('[name=password]').fill(PASSWORD);
    await page.locator('main button:not([type=button])').click();
    await page.waitForURL('**/external-contacts/invite');
    const typed = () => page.locator('[name=message]').inputValue();
    expect(await typed()).toBe('Hello Grace,\nwe met in Lyon.');
    expect(await page.locator('[name=email]').inputValue()).toBe('grace@@navy.example');
    await visitor.open('/external-contacts/invite');
    expect(await typed()).toBe('');
  }, 30_000);

  it('give nobody else who signs in there what was typed', async () => {
    const { page } = visitor;
    const other = await app.aUser({ account: await app.anAccount(), language: 'en' });
    const signIn = async (email: string) => {
      await page.locator('[name=email]').fill(email);
      await page.locator('[name=password]').fill(PASSWORD);
      await page.locator('main button:not([type=button])').click();
      await page.waitForURL('**/external-contacts/invite');
    };
    const lose = async ({ id }: User) => {
      await app.database.query('DELETE FROM sessions WHERE userId = ?', [id]);
      await page.locator('main form button:not([type=button])').first().click();
      await page.waitForURL('**/login?next=*');
    };
    await visitor.open('/external-contacts/invite');
    await page.locator('[name=message]').fill('For Grace alone');
    await lose(person);
    await signIn(other.email);
    expect(await page.locator('[name=message]').inputValue()).toBe('');
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('Grace');
    await lose(other);
    await signIn(person.email);
  }, 30_000);

  it('changes the theme at once, and keeps it', async () => {
    const { page } = visitor;
    await visitor.open('/contacts');
    await page.evaluate(() => (document.body.dataset.same = 'yes'));
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const [light, dark] = ['rgb(246, 247, 249)', 'rgb(20, 23, 28)'];
    expect(await background()).toBe(light);
    await page.locator('.menu__avatar').click();
    const saved = page.waitForResponse('**/profile/theme');
    await page.locator('[name=theme][value=dark]').click();
    await page.locator('[name=theme][value=dark][aria-pressed=true]').waitFor();
    expect(await background()).toBe(dark);
    expect(await page.evaluate(() => document.body.dataset.same)).toBe('yes');
    await saved;
    await page.reload();
    expect(await background()).toBe(dark);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await background()).toBe(dark);
  }, 30_000);
});
