import { type Page } from 'playwright-core';
import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';
import { Chromium, inChromium, type Look, type Visitor } from './support/chromium.js';

const look: Look = { locale: 'en', scheme: 'light', width: 1280, height: 640 };

inChromium('the keyboard alone', () => {
  let app: TestApp;
  let chromium: Chromium;
  let admin: User;
  let reader: Visitor;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), Chromium.launch()]);
    const account = await app.anAccount();
    admin = await app.aUser({ account, role: 'admin', language: 'en', familyName: 'Admin' });
    await app.aUser({ account, givenName: 'Mai', familyName: 'Đỗ' });
    for (let i = 0; i < 30; i++) await app.aUser({ account, status: 'pending', invitedAt: new Date() });
    reader = await chromium.visitor(app.url, look);
    await reader.signIn(admin.email);
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.close();
  });

  /** Does something in front of a page, signed in; the browser has nothing to complain about. */
  async function inFrontOf(path: string, act: (page: Page) => Promise<void>, status?: number) {
    await reader.open(path);
    await act(reader.page);
    expect(reader.watch.take(status)).toEqual([]);
  }

  it('signs in and finds a colleague', async () => {
    const visitor = await chromium.visitor(app.url, look);
    const { page } = visitor;
    const { keyboard } = page;
    await visitor.open('/login');
    await keyboard.type(admin.email);
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await page.waitForURL(`${app.url}/`);
    await keyboard.press('g');
    await keyboard.press('c');
    await page.waitForURL('**/contacts');
    await keyboard.press('/');
    await keyboard.type('do mai');
    await keyboard.press('Enter');
    // Nobody was chosen from the list below the field.
    await page.waitForURL('**/search?q=do+mai');
    await page.locator('#list:not([aria-busy]) tbody tr:only-child').waitFor();
    await tabTo(page, '#list .table__link');
    await keyboard.press('Enter');
    await page.waitForURL('**/contacts/*-*');
    expect(await page.locator('h1').innerText()).toBe('Mai Đỗ');
    await visitor.leave();
  }, 30_000);

  it(
    'skips to the content',
    () =>
      inFrontOf('/users', async (page) => {
        await page.keyboard.press('Tab');
        expect(await focused(page)).toBe('a.skip-link');
        expect(await page.locator('.skip-link').boundingBox()).toMatchObject({ width: expect.any(Number) });
        await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => Boolean(document.activeElement?.closest('main')))).toBe(true);
      }),
    30_000,
  );

  it(
    'reaches pages by g and a letter, the list of keys by ?, and closes it with Escape',
    () =>
      inFrontOf('/contacts', async (page) => {
        await page.keyboard.press('g');
        await page.keyboard.press('u');
        await page.waitForURL('**/users');
        await page.keyboard.press('g');
        await page.keyboard.press('c');
        await page.waitForURL('**/contacts');
        await page.keyboard.press('g');
        await page.keyboard.press('h');
        await page.waitForURL(({ pathname }) => pathname === '/');
        await page.keyboard.press('?');
        const list = page.locator('dialog[data-behaviour=keys]');
        await list.waitFor();
        await page.keyboard.press('Escape');
        await list.waitFor({ state: 'hidden' });
      }),
    30_000,
  );

  it(
    'chooses from the people below the field of the header, and closes them without losing what was typed',
    () =>
      inFrontOf('/help', async (page) => {
        const field = page.locator('#people-search');
        const list = page.locator('#people-options');
        await page.keyboard.press('/');
        await page.keyboard.type('mai d');
        const person = list.getByRole('option', { name: 'Mai Đỗ' });
        await person.waitFor();
        expect(await field.getAttribute('aria-expanded')).toBe('true');
        expect(await field.getAttribute('aria-activedescendant')).toBeNull();
        await page.keyboard.press('Escape');
        await list.waitFor({ state: 'hidden' });
        expect(await field.inputValue()).toBe('mai d');
        await page.keyboard.press('ArrowDown');
        await person.waitFor();
        await page.keyboard.press('ArrowDown');
        expect(await field.getAttribute('aria-activedescendant')).toBe(await person.getAttribute('id'));
        await page.keyboard.press('ArrowUp');
        expect(await field.getAttribute('aria-activedescendant')).toBeNull();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/contacts/*-*');
      }),
    30_000,
  );

  it(
    'searches by Enter while no suggestions come, and says that none do',
    () =>
      inFrontOf(
        '/help',
        async (page) => {
          await page.route('**/search/options?*', (route) => route.fulfill({ status: 500, body: 'no' }));
          await page.keyboard.press('/');
          await page.keyboard.type('mai');
          await page.locator('.suggest__note:not(:empty)').waitFor();
          await page.keyboard.press('Enter');
          await page.waitForURL('**/search?q=mai');
          await page.unroute('**/search/options?*');
        },
        500,
      ),
    30_000,
  );

  it(
    'leads to pages and people by the palette',
    () =>
      inFrontOf('/contacts', async (page) => {
        const palette = page.locator('dialog.palette');
        await page.keyboard.press('Control+k');
        await palette.waitFor();
        await page.keyboard.type('imp');
        expect(await palette.locator('[role=option]').first().innerText()).toBe('Import history');
        await page.keyboard.press('Escape');
        await palette.waitFor({ state: 'hidden' });
        await page.keyboard.press('Control+k');
        await page.keyboard.type('do');
        const person = palette.getByRole('option', { name: 'Mai Đỗ' });
        await person.waitFor();
        const wanted = await person.getAttribute('id');
        for (let i = 0; i < 10; i++) {
          if ((await palette.locator('input').getAttribute('aria-activedescendant')) === wanted) break;
          await page.keyboard.press('ArrowDown');
        }
        await page.keyboard.press('Enter');
        await page.waitForURL('**/contacts/*-*');
        expect(await page.locator('h1').innerText()).toBe('Mai Đỗ');
      }),
    30_000,
  );

  it(
    'says in the palette that nobody is found, and that people do not come',
    () =>
      inFrontOf('/contacts', async (page) => {
        const palette = page.locator('dialog.palette');
        const note = palette.locator('.palette__none');
        const status = palette.getByRole('status');
        await page.keyboard.press('Control+k');
        await page.keyboard.type('zzqq');
        await note.waitFor();
        expect(await note.innerText()).toBe('Nothing found');
        await page.route('**/search/options?*', (route) => route.fulfill({ status: 204 }));
        await page.keyboard.press('Backspace');
        await note.waitFor();
        expect(await note.innerText()).toBe('People cannot be shown at the moment.');
        expect(await status.innerText()).toBe('People cannot be shown at the moment.');
      }),
    30_000,
  );

  it(
    'keeps single keys out of what is typed',
    () =>
      inFrontOf('/users', async (page) => {
        const search = page.locator('.toolbar [type=search]');
        await search.focus();
        await page.keyboard.type('/?gcn');
        expect(await search.inputValue()).toBe('/?gcn');
        expect(await page.locator('dialog[open]').count()).toBe(0);
        expect(new URL(page.url()).pathname).toBe('/users');
      }),
    30_000,
  );

  it('hears no single key once they are switched off, the palette still', async () => {
    const visitor = await chromium.visitor(app.url, look);
    const { page } = visitor;
    await visitor.signIn(admin.email);
    await visitor.open('/profile');
    const choice = page.locator('[name=shortcuts][type=checkbox]');
    const save = page.locator('#preferences form button:not([type=button])');
    await choice.uncheck();
    await save.click();
    await page.locator('.message--success').waitFor();
    await page.locator('body').press('?');
    await page.locator('body').press('g');
    await page.locator('body').press('u');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.locator('dialog.palette').waitFor();
    expect(new URL(page.url()).pathname).toBe('/profile');
    await page.keyboard.press('Escape');
    await choice.check();
    await save.click();
    await page.locator('body[data-shortcuts=on]').waitFor();
    await visitor.leave();
  }, 30_000);

  it(
    'opens menus, moves in them, and closes them with Escape',
    () =>
      inFrontOf('/users?status=pending', async (page) => {
        const summary = page.locator('summary.menu__avatar');
        await summary.focus();
        await page.keyboard.press('Enter');
        const panel = page.locator('.menu:has(.menu__avatar) .menu__panel');
        await panel.waitFor();
        await page.keyboard.press('ArrowDown');
        expect(await focused(page)).toBe('a.menu__item');
        await page.keyboard.press('Escape');
        await panel.waitFor({ state: 'hidden' });
        expect(await focused(page)).toBe('summary.menu__avatar');
        const row = page.locator('#list details').last();
        await row.locator('summary').focus();
        await page.keyboard.press('Enter');
        await row.locator('.menu__panel').waitFor();
        await page.keyboard.press('Escape');
        await row.locator('.menu__panel').waitFor({ state: 'hidden' });
      }),
    30_000,
  );

  it(
    'ticks rows with x and says how many',
    () =>
      inFrontOf('/users?status=pending', async (page) => {
        await page.locator('#list .table__link').first().focus();
        await page.keyboard.press('x');
        expect(await page.locator('.table__tick input[name=ids]:checked').count()).toBe(1);
        expect(await page.locator('.selection-bar__count').innerText()).toBe('1 selected');
      }),
    30_000,
  );

  it(
    'goes to the summary when a form was refused, and from there to the field',
    () =>
      inFrontOf(
        '/users/new',
        async (page) => {
          await page.locator('[name=email]').press('Enter');
          // The browser gives it the focus with the first picture of the page.
          await page.locator('.error-summary:focus').waitFor();
          expect(await page.title()).toMatch(/^Error: /);
          await page.keyboard.press('Tab');
          await page.keyboard.press('Enter');
          expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe(
            'true',
          );
        },
        422,
      ),
    30_000,
  );

  it.each(['/users?status=pending', '/contacts', '/profile', '/users/new', '/styleguide'])(
    'shows where it is on %s, never behind the header',
    (path) =>
      inFrontOf(path, async (page) => {
        // Once around the page and back, as Tab and Shift Tab scroll differently.
        expect(await hiddenFocus(page, 'Tab')).toEqual([]);
        expect(await hiddenFocus(page, 'Shift+Tab')).toEqual([]);
      }),
    60_000,
  );
});

/** Tag and first class of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { tagName = '', classList } = document.activeElement ?? document.body;
    return [tagName.toLowerCase(), ...[...classList].slice(0, 1)].join('.');
  });
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`Tab never came to ${selector}`);
}

/** Presses a key up to 120 times; what then has the focus without being seen, or without a mark. */
async function hiddenFocus(page: Page, key: string): Promise<string[]> {
  const faults: string[] = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press(key);
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return 'left';
      const box = element.getBoundingClientRect();
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} ${element.textContent?.trim().slice(0, 30) ?? ''}`;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const top = document.elementFromPoint(x, y);
      const found =
        top && (element.contains(top) || top.contains(element) || top.closest('label')?.contains(element));
      if (!found) return `hidden: ${name} at ${Math.round(x)}, ${Math.round(y)}`;
      // The mark may be drawn around the control or around the box it sits in.
      const marked = [element, element.parentElement, element.closest('label')].some((each) => {
        if (!each) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(each);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      });
      return marked ? null : `no mark: ${name}`;
    });
    if (seen === 'left') break;
    if (seen) faults.push(seen);
  }
  return [...new Set(faults)];
}
