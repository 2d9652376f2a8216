/*
 * The tour of personal contacts, walked by the owner of a company of the demonstration (`seed-demo`), who has some sixty. The
 * browser tests walk it to see that it works, the screenshots to show it.
 */

/** A sheet somebody kept, and a file that is to become the list: in both, something is to be looked at first. */
const cast = {
  en: {
    group: 'Glass makers',
    file: 'glass-makers.csv',
    sheet: [
      'Name,Email,Mobile,Office,Company,Job Title,Birthday,Address,City,Notes',
      'Inès Delattre,ines@delattre-glass.example,+44 7700 900131,020 7946 0031,Delattre Glass,Managing director,12/04/1985,4 Kiln Lane,Leeds,Met at the fair; prefers the telephone',
      'Hugo Marchetti,hugo@marchetti.example,+44 7700 900132,,Marchetti & Sons,Glass blower,,,York,',
      'Olga Brandt,olga@brandt.example,,+44 20 7946 0033,Brandt Optics,Sales,1979-11-02,,,Answers within a day',
    ],
    kept: 'contacts-2026.csv',
    list: [
      'Name,Email Address,Mobile,Company,Groups',
      'Rosa Lindqvist,rosa@northwind.example,+44 7700 900900,Northwind Glass,Suppliers',
      'Marguerite Tanaka,marguerite.tanaka@quai.example,+44 7700 900902,Studio Quai,Customers',
      'Alice Arnaud,alice.arnaud@loire.example,+44 7700 900000,,Leeds fair',
      'Bruno Bertin,bruno.bertin@quai.example,+44 7700 900001,Studio Quai,Leeds fair',
      'Theo Watanabe,theo@watanabe.example,+44 7700 900141,Watanabe Ceramics,Suppliers',
      'Mila Novak,mila@novak.example,+44 7700 900142,Novak Prints,Printers',
    ],
    wanted: 'delattre',
    typed: '+44 20 7946 0034',
  },
  fr: {
    group: 'Verriers',
    file: 'verriers.csv',
    sheet: [
      'Nom;Courriel;Portable;Tél. bureau;Société;Fonction;Anniversaire;Adresse;Ville;Notes',
      'Inès Delattre;ines@verrerie-delattre.example;+33 6 39 98 00 31;03 53 01 00 31;Verrerie Delattre;Gérante;12/04/1985;4 rue du Four;Nancy;Rencontrée au salon, préfère le téléphone',
      'Hugo Marchetti;hugo@marchetti.example;+33 6 39 98 00 32;;Marchetti & Fils;Souffleur de verre;;;Metz;',
      'Olga Brandt;olga@brandt.example;;+33 1 99 00 00 33;Brandt Optique;Ventes;02/11/1979;;;Répond dans la journée',
    ],
    kept: 'contacts-2026.csv',
    list: [
      'Nom;Adresse e-mail;Mobile;Société;Groupes',
      'Rosa Lindqvist;rosa@northwind.example;+33 6 39 98 19 00;Northwind Glass;Fournisseurs',
      'Marguerite Tanaka;marguerite.tanaka@quai.example;+33 6 39 98 19 02;Studio Quai;Clients',
      'Alice Arnaud;alice.arnaud@loire.example;+33 6 39 98 10 00;;Salon de Lyon',
      'Bruno Bertin;bruno.bertin@quai.example;+33 6 39 98 10 01;Studio Quai;Salon de Lyon',
      'Théo Watanabe;theo@watanabe.example;+33 6 39 98 00 41;Céramiques Watanabe;Fournisseurs',
      'Mila Novak;mila@novak.example;+33 6 39 98 00 42;Novak Impression;Imprimeurs',
    ],
    wanted: 'delattre',
    typed: '+33 1 99 00 00 34',
  },
};

/**
 * @param {object} tour
 * @param {string} tour.origin
 * @param {'en' | 'fr'} tour.locale
 * @param {import('playwright-core').Page} tour.page where the owner is signed in
 * @param {(stop: string, page: import('playwright-core').Page) => Promise<void>} tour.at called on each page, when it
 *   shows what it is about
 */
export async function walkContactsTour({ origin, locale, page, at }) {
  const { group, file, sheet, kept, list, wanted, typed } = cast[locale];
  const open = (path) => page.goto(origin + path);
  const check = async (path, name, rows) => {
    await open(path);
    await page.locator('[name=groupName]').fill(path.endsWith('/import') ? group : '');
    await page.locator('input[type=file]').setInputFiles({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from(rows.join('\n')),
    });
    await page.locator('main form:has(input[type=file]) button:not([type=button])').first().click();
    await page.waitForURL('**/imports/*');
    await page.locator('form[action$="/confirmation"]').waitFor();
  };

  await open('/personal-contacts');
  await at('personal-contacts', page);

  await check('/personal-contacts/import', file, sheet);
  await at('contacts-import-check', page);
  await page.locator('form[action$="/confirmation"] .buttons button').first().click();
  await page.locator('main a[href="/personal-contacts"].button').waitFor();

  await open('/personal-contacts');
  await page.locator('.toolbar input[type=search]').pressSequentially(wanted);
  await page.waitForURL(/[?&]q=./);
  await page.locator('#list:not([aria-busy]) tbody tr:only-child').waitFor();
  await page.locator('#list .table__link').first().click();
  await page.locator('.person-head').waitFor();
  await at('personal-contact', page);
  await page.locator('main a[href$="/edit"]').first().click();
  await page.locator('[name=mainPhone]').fill(typed);
  await at('contact-edit', page);
  await page.locator('main form.form button:not([type=button])').first().click();
  await page.waitForURL(/\/personal-contacts\/[\w-]{36}$/);
  const contact = page.url();
  await page.locator('.page-head summary').click();
  await page.locator('.page-head form[action$="/deletion"] button').click();
  await page.waitForURL((url) => url.href !== contact);
  const deletion = await page.locator('.message form').getAttribute('action');
  await page.locator('.message__undo').click();
  // What follows offers to undo the undo.
  await page.locator(`.message form:not([action="${deletion}"])`).waitFor();
  await page.goto(contact);
  await page.locator('main a[href$="/edit"]').first().waitFor();

  await open('/personal-contacts/duplicates?list=decide');
  await page.locator('main a[href*="/duplicates/"]').first().click();
  await page.locator('main form input[type=radio]').first().waitFor();
  await at('contacts-duplicates', page);

  await check('/personal-contacts/replace', kept, list);
  await at('contacts-replace-check', page);
  for (const [stop, path] of [
    ['contacts-export', '/personal-contacts/export'],
    ['contacts-trash', '/personal-contacts/trash'],
  ]) {
    await open(path);
    await at(stop, page);
  }
}
