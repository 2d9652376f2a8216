/*
 * The tour of external contacts, walked by the owner of a company of the demonstration (`seed-demo`), which is in contact
 * with the other one. The browser tests walk it to see that it works, the screenshots to show it. It comes before the tour
 * of administering people, which deactivates some of them.
 */

/** Who walks it, whose page is opened, who is asked (two of them cannot be), and who was invited to sign up. */
const cast = {
  en: {
    email: 'aoife.davies@harbour-pine.example',
    known: 'Camille Lefèvre',
    asked: [
      'harry.le-fanu@harbour-pine.example',
      'camille.lefevre@atelier-nord.example',
      'office@faraway.example',
      'orders@quayside-timber.example',
    ],
    message: 'Good to have met you at the fair. Let us keep in touch about the oak.',
    invited: 'desk@northlight.example',
  },
  fr: {
    email: 'camille.lefevre@atelier-nord.example',
    known: 'Aoife Davies',
    asked: [
      'elodie.benoit@atelier-nord.example',
      'aoife.davies@harbour-pine.example',
      'bureau@ailleurs.example',
      'commandes@menuiserie-loire.example',
    ],
    message: 'Ravie de vous avoir rencontré au salon. Restons en contact pour le chêne.',
    invited: 'nina.berg@studio-quai.example',
  },
};

/**
 * @param {object} tour
 * @param {string} tour.origin
 * @param {'en' | 'fr'} tour.locale
 * @param {import('playwright-core').Page} tour.page of a browser where nobody is signed in; nobody is afterwards
 * @param {(stop: string, page: import('playwright-core').Page) => Promise<void>} tour.at called on each page, when it
 *   shows what it is about
 */
export async function walkExternalTour({ origin, locale, page, at }) {
  const { email, known, asked, message, invited } = cast[locale];
  const open = (path) => page.goto(origin + path);

  await open('/login');
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill('demo: four red kites');
  await page.locator('main form button:not([type=button])').click();
  await page.waitForURL(`${origin}/`);
  for (const [stop, path] of [
    ['external-requests', '/external-contacts/requests'],
    ['external-sent', '/external-contacts/requests/sent'],
    ['notifications', '/notifications'],
    ['company-external', '/company/external-contacts'],
  ]) {
    await open(path);
    await at(stop, page);
  }

  await open('/settings#external-contacts');
  const boxes = page.locator('[name=outsiderFields][type=checkbox]');
  await boxes.nth(4).evaluate((box) => box.scrollIntoView({ block: 'center' }));
  await at('settings-external', page);

  await open('/external-contacts');
  await at('external-contacts', page);
  await page.locator('#list .table__link', { hasText: known }).first().click();
  await page.locator('h1', { hasText: known }).waitFor();
  await at('external-contact', page);

  await open('/external-contacts/invite');
  await page.locator('[name=email]').fill(asked.join('\n'));
  await page.locator('[name=message]').fill(message);
  await page.locator('main form.form button:not([type=button])').first().click();
  await page.locator('main button[name=take]').waitFor();
  await at('external-invite', page);

  await open(`/mail?q=${encodeURIComponent(invited)}`);
  await page.locator('#list .table__link, main table a').first().click();
  const link = await page.locator('main a.button[href*="/signup/"]').getAttribute('href');
  await page.context().clearCookies();
  await open(new URL(link).pathname);
  await page.locator('[name=password]').waitFor();
  await at('signup', page);
}
