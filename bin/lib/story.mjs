/*
 * The story of a first day, walked in a browser: a company is founded by the set-up link, people arrive in a file,
 * one of them activates, signs in and finds a colleague. The browser tests walk it to see that it works, the
 * screenshots to show it.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** What the import of 2,000 people may take on a busy machine. */
const IMPORT_MS = 60_000;

/** Who appears in it, in each language. */
export const cast = {
  en: {
    company: 'Harbour & Pine',
    region: 'GB',
    owner: { givenName: 'Élodie', familyName: 'Lefèvre', email: 'elodie.lefevre@harbour-pine.example' },
  },
  fr: {
    company: 'Atelier Nord',
    region: 'FR',
    owner: { givenName: 'Élodie', familyName: 'Lefèvre', email: 'elodie.lefevre@atelier-nord.example' },
  },
};

const password = 'seven calm green bicycles';
/** In the file; the search is typed without the accents of the name it finds. */
const invited = 'chloe.colin@example.test';
const search = 'lefevre elo';

/**
 * @param {object} story
 * @param {string} story.origin
 * @param {string} story.setUpPath
 * @param {string} story.file CSV of new users
 * @param {'en' | 'fr'} story.locale
 * @param {boolean} story.scripts whether the pages' scripts run
 * @param {() => Promise<import('playwright-core').Page>} story.newPage the browser of another person
 * @param {(step: string, page: import('playwright-core').Page) => Promise<void>} story.at called on each page, when it
 *   shows what it is about
 */
export async function walkStory({ origin, setUpPath, file, locale, scripts, newPage, at }) {
  const { company, region, owner } = cast[locale];

  const page = await newPage();
  await page.goto(origin + setUpPath);
  await fill(page, { accountName: company, ...owner, password, passwordConfirmation: password });
  await page.locator('[name=region]').selectOption(region);
  await at('set-up', page);
  await submit(page, 'form.form');
  await page.waitForURL('**/checklist');
  await at('founded', page);

  await page.goto(`${origin}/users`);
  await page.locator('main a[href="/users/import"]').first().click();
  await page.locator('input[type=file]').waitFor();
  await at('import-file', page);
  await page.locator('input[type=file]').setInputFiles(file);
  await submit(page, 'form.form');
  await page.waitForURL('**/imports/*');
  await untilDone(page, scripts, () => undefined);
  await page.locator('form[action$="/confirmation"]').waitFor();
  await at('import-check', page);
  await submit(page, 'form[action$="/confirmation"]');
  let seen = false;
  await untilDone(page, scripts, async () => {
    if (!seen) await at('import-progress', page);
    seen = true;
  });
  await page.locator('.counts').waitFor();
  await at('import-result', page);
  await page.goto(`${origin}/users?status=pending`);
  await at('users-pending', page);

  await page.goto(`${origin}/mail`);
  await find(page, invited, scripts);
  await at('mails', page);
  await page.locator('#list .table__link').first().click();
  const link = page.locator('a.button[href*="/activate/"]');
  await link.waitFor();
  await at('mail', page);
  const activation = await link.getAttribute('href');

  const theirs = await newPage();
  await theirs.goto(activation);
  await fill(theirs, { password, passwordConfirmation: password });
  await at('activate', theirs);
  await submit(theirs, 'form.form');
  await theirs.waitForURL(isHome);
  await at('activated', theirs);
  await theirs.locator('.menu__avatar').click();
  await theirs.locator('form[action="/logout"] button').click();
  await theirs.waitForURL('**/login');
  await fill(theirs, { email: invited, password });
  await at('sign-in', theirs);
  await submit(theirs, 'form.form');
  await theirs.waitForURL(isHome);
  await at('first-home', theirs);
  await theirs.locator('.content a[href="/contacts"]').first().click();
  await find(theirs, search, scripts);
  await at('search', theirs);
  await theirs.locator('#list .table__link').first().click();
  await theirs.locator('.person-head').waitFor();
  await at('card', theirs);
}

/** Where one is after signing in. */
function isHome({ pathname }) {
  return pathname === '/';
}

async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`main [name=${name}]:visible`).fill(value);
  }
}

function submit(page, form) {
  return page.locator(`main ${form} button:not([type=button])`).first().click();
}

/** Follows a task as the page offers: by itself, or by its link when no script runs. */
async function untilDone(page, scripts, meanwhile) {
  const deadline = Date.now() + IMPORT_MS;
  for (;;) {
    await page.locator('#import-progress').waitFor({ state: 'attached' });
    if ((await page.locator('#import-progress[data-done]').count()) > 0) return;
    await meanwhile();
    if (Date.now() > deadline)
      throw new Error(`The import did not end: ${await page.locator('main').innerText()}`);
    await sleep(200);
    if (!scripts) await page.locator('#import-progress a').click();
  }
}

/** Types into the search above the list: it follows by itself, or with its button when no script runs. */
async function find(page, text, scripts) {
  const input = page.locator('.toolbar input[type=search]');
  await input.click();
  await input.pressSequentially(text);
  if (!scripts) await page.locator('.toolbar__apply button').click();
  await page.waitForURL(/[?&]q=./);
  await page.locator('#list:not([aria-busy]) tbody tr:only-child').waitFor();
}
