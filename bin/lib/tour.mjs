/*
 * The tour of administering people, walked by the owner of a company of the demonstration (`seed-demo`). The browser
 * tests walk it to see that it works, the screenshots to show it.
 */

/** Who appears in it: one of whom much is known, one whose directory is looked at, a group whose members hide. */
const cast = {
  en: {
    email: 'aoife.davies@harbour-pine.example',
    known: 'Grace Adeyemi',
    viewer: 'Harry Le Fanu',
    board: 'Board',
    filters: '/users?type=licensed&department=Sales&signedIn=30d',
    leaving: '/users?location=London&all=matching',
    file: [
      'Email,Department,Job Title,Location,Mobile,User Group',
      'grace.adeyemi@harbour-pine.example,Sales,Head of accounts,London,+44 7700 900114,Sales',
      'rhys.morgan@harbour-pine.example,Sales,Sales planner,Leeds,+44 7700 900121,Sales;Engineering',
      'priya.raman@harbour-pine.example,Operations,Head of operations,London,,Operations',
      'isla.campbell@harbour-pine.example,Operations,Office manager,London,07700 900122,Operations',
      'nobody@harbour-pine.example,Sales,Account manager,Leeds,,Sales',
    ],
  },
  fr: {
    email: 'camille.lefevre@atelier-nord.example',
    known: 'Fatou Diop',
    viewer: 'Noémie Le Guen',
    board: 'Direction',
    filters: '/users?type=licensed&department=Service+client&signedIn=30d',
    leaving: '/users?location=Lille&all=matching',
    file: [
      'E-mail;Service;Intitulé du poste;Emplacement;Mobile;Groupe d’utilisateurs',
      'fatou.diop@atelier-nord.example;Finance;Responsable du contrôle;Lille;+33 6 39 98 00 14;Finance',
      'chloe.colin@atelier-nord.example;Production;Ébéniste;Nantes;+33 6 39 98 00 21;Production;Conception',
      'amine.benali@atelier-nord.example;Service client;Responsable de compte;Lille;;Service client',
      'ines.roussel@atelier-nord.example;Service client;Support technique;Paris;06 39 98 00 22;Service client',
      'personne@atelier-nord.example;Finance;Comptable;Lille;;Finance',
    ],
  },
};

/**
 * @param {object} tour
 * @param {string} tour.origin
 * @param {'en' | 'fr'} tour.locale
 * @param {import('playwright-core').Page} tour.page of a browser where nobody is signed in
 * @param {(stop: string, page: import('playwright-core').Page) => Promise<void>} tour.at called on each page, when it
 *   shows what it is about
 */
export async function walkTour({ origin, locale, page, at }) {
  const { email, known, viewer, board, filters, leaving, file } = cast[locale];
  const open = (path) => page.goto(origin + path);
  const follow = (text) => page.locator('#list .table__link', { hasText: text }).first().click();

  await open('/login');
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill('demo: four red kites');
  await page.locator('main form button:not([type=button])').click();
  await page.waitForURL(`${origin}/`);
  await open('/contacts');
  await at('contacts', page);
  for (const [stop, path] of [
    ['profile', '/profile'],
    ['checklist', '/checklist'],
    ['users', '/users'],
    ['users-filtered', filters],
    ['user-groups', '/user-groups'],
    ['settings', '/settings#features'],
    ['audit-log', '/audit-log'],
  ]) {
    await open(path);
    await at(stop, page);
  }

  await open(`/users?q=${encodeURIComponent(known)}`);
  await follow(known);
  await page.locator('h1', { hasText: known }).waitFor();
  await at('user', page);

  await open('/chat-groups');
  await follow(board);
  await page.locator('h1', { hasText: board }).waitFor();
  await at('chat-group', page);

  await open(`/users?q=${encodeURIComponent(viewer)}`);
  await follow(viewer);
  await page.locator('main form[action$="/directory"] button').click();
  await page.waitForURL('**/directory');
  await at('directory-as', page);

  await open('/users/update');
  const name = locale === 'fr' ? 'mutations-décembre.csv' : 'moves-december.csv';
  await page.locator('input[type=file]').setInputFiles({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(file.join('\n')),
  });
  await page.locator('main form:has(input[type=file]) button:not([type=button])').first().click();
  await page.waitForURL('**/imports/*');
  await page.locator('form[action$="/confirmation"]').waitFor();
  await at('update-check', page);

  await open(leaving);
  await page.locator('.selection-bar button[value=deactivate]').first().click();
  await page.locator('form[action$="/confirmation"]').waitFor();
  await at('bulk-confirm', page);
  await page.locator('form[action$="/confirmation"] button').first().click();
  await page.locator('.counts').waitFor();
  await at('bulk-result', page);
}
