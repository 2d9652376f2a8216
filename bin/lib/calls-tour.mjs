/*
 * The tour of calls, of finding people and of the API, walked by the owner of a company of the demonstration (`seed-demo`).
 * The screenshots show it.
 */

const cast = {
  en: {
    email: 'aoife.davies@harbour-pine.example',
    typed: 'le',
    searched: 'ca',
    several: 'Camille Lefèvre',
    action: 'import',
    token: 'Telephone system',
    file: 'calls-november.csv',
    rows: [
      'Call ID,User,Direction,Number,Name,Start,Duration,Outcome',
      'n-1,aoife.davies@harbour-pine.example,incoming,+44 20 7946 0987,Merton Hardware,2026-11-03 09:12,184,answered',
      'n-2,aoife.davies@harbour-pine.example,outgoing,+44 7700 900902,,2026-11-03 10:40,65,answered',
      'n-3,201,incoming,+44 20 7946 0040,,2026-11-03 11:05,0,missed',
      'n-4,nobody@harbour-pine.example,incoming,+44 20 7946 0987,,2026-11-03 11:30,20,answered',
      'n-5,201,incoming,+44 20 7946 0987,,yesterday,20,answered',
    ],
  },
  fr: {
    email: 'camille.lefevre@atelier-nord.example',
    typed: 'le',
    searched: 'da',
    several: 'Aoife Davies',
    action: 'import',
    token: 'Téléphonie',
    file: 'appels-novembre.csv',
    rows: [
      'Identifiant,Utilisateur,Sens,Numéro,Nom,Début,Durée,Résultat',
      'n-1,camille.lefevre@atelier-nord.example,entrant,+33 1 99 00 12 87,Quincaillerie Morin,2026-11-03 09:12,184,répondu',
      'n-2,camille.lefevre@atelier-nord.example,sortant,+33 6 39 98 19 02,,2026-11-03 10:40,65,répondu',
      'n-3,201,entrant,+33 1 40 20 50 40,,2026-11-03 11:05,0,manqué',
      'n-4,personne@atelier-nord.example,entrant,+33 1 99 00 12 87,,2026-11-03 11:30,20,répondu',
      'n-5,201,entrant,+33 1 99 00 12 87,,hier,20,répondu',
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
export async function walkCallsTour({ origin, locale, page, at }) {
  const { email, typed, searched, several, action, token, file, rows } = cast[locale];
  const open = (path) => page.goto(origin + path);
  await open('/login');
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill('demo: four red kites');
  await page.locator('main form button:not([type=button])').click();
  await page.waitForURL(`${origin}/`);
  await at('home', page);

  await open('/calls');
  await at('calls', page);
  const adding = await page.locator('main a[href*="/add-number"]').first().getAttribute('href');
  await open('/calls?tab=voicemail');
  await at('voicemails', page);
  await open(`${adding}?q=rosa`);
  await page.locator('.add-number__who a').first().click();
  await page.locator('main form.form').waitFor();
  await at('add-number', page);

  await open('/contacts');
  await page.locator('.header__search input').pressSequentially(typed);
  await page.locator('.header__search [role=option]').first().waitFor();
  await at('suggestions', page);
  await open(`/search?q=${encodeURIComponent(searched)}`);
  await at('search-everywhere', page);
  await page.keyboard.press('Control+K');
  await page.locator('.palette input').pressSequentially(action);
  await page.locator('.palette [role=option]').first().waitFor();
  await at('palette', page);

  await open(`/search?q=${encodeURIComponent(several)}`);
  await page.locator('#list a[href^="/people/"]').first().click();
  await page.waitForURL('**/people/**');
  await at('person-card', page);

  await open('/settings?preset=teams#reach');
  await at('settings-reach', page);
  await open('/settings/tokens/new');
  await page.locator('main [name=name]').fill(token);
  for (const scope of await page.locator('main [name=scopes]').all()) await scope.check();
  await page.locator('main form.form button:not([type=button])').first().click();
  await page.locator('main code, main .code-box').first().waitFor();
  await at('token', page);
  await open('/api/docs');
  await at('api-docs', page);

  await open('/calls/import');
  await page.locator('input[type=file]').setInputFiles({
    ...{ name: file, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) },
  });
  await page.locator('main form:has(input[type=file]) button:not([type=button])').first().click();
  await page.waitForURL('**/imports/*');
  await page.locator('form[action$="/confirmation"]').waitFor();
  await at('calls-import-check', page);
}
