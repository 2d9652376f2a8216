/*
 * The tour of integrations, cloud contacts and the calendar, walked by the owner of a company of the demonstration (`seed-demo`)
 * whose mailbox is connected to the stand-in Exchange server, and by an administrator of it who connects one at the stand-in of
 * Google. The screenshots show it.
 */

/** Who walks it, who connects a mailbox, what is typed there, and what happens in the owner's mailbox meanwhile. */
const cast = {
  en: {
    email: 'aoife.davies@harbour-pine.example',
    other: 'siobhan.o-brien@harbour-pine.example',
    server: 'mail.harbour-pine.example',
    corrected: [
      ['Flora Cartmell', { CompanyName: 'Newbridge Timber', phones: { BusinessPhone: '+44 20 7946 0711' } }],
      ['Gwen Kirkbride', { emails: { EmailAddress1: 'gwen@clearwater-glass.example' } }],
    ],
    left: 'Hamish Fairbairn',
    came: ['Rosalind Thorne', 'Thorne & Daughters', '+44 20 7946 0815'],
    call: 'Video call with the printers',
    meeting: 'Meeting with the joiners',
    fair: 'Leeds fair 2025',
    visitor: (number) => ({
      DisplayName: `${'Ada Basil Clara Desmond Elspeth Fergus Greta Hugh Iris Jonas'.split(' ')[number % 10]} ${'Pell Quayle Rowntree Sedge'.split(' ')[Math.floor(number / 10)]}`,
      phones: { MobilePhone: `+44 7700 900${300 + number}` },
    }),
  },
  fr: {
    email: 'camille.lefevre@atelier-nord.example',
    other: 'jean-francois.du-chatelet@atelier-nord.example',
    server: 'mail.atelier-nord.example',
    corrected: [
      [
        'Fabrice D’Hérouville',
        { CompanyName: 'Bois & Nacre', phones: { BusinessPhone: '+33 1 99 00 27 11' } },
      ],
      ['Gisèle Maréchal', { emails: { EmailAddress1: 'gisele@verre-clarte.example' } }],
    ],
    left: 'Hervé Guérin',
    came: ['Rosalie Thibault', 'Thibault et filles', '+33 1 99 00 28 15'],
    call: 'Visio avec l’imprimerie',
    meeting: 'Réunion avec les menuisiers',
    fair: 'Salon de Lyon 2025',
    visitor: (number) => ({
      DisplayName: `${'Agathe Bruno Clara Denis Élise Félix Greta Hugo Inès Jonas'.split(' ')[number % 10]} ${'Pelletier Quentin Rousselot Savary'.split(' ')[Math.floor(number / 10)]}`,
      phones: { MobilePhone: `+33 6 39 98 03 ${10 + number}` },
    }),
  },
};

/** Visitors of the fair, and how many of them are deleted at once. */
const VISITORS = 34;
const DELETED = 31;
const WAIT_MS = 30_000;
const HALF_HOUR_MS = 30 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * @param {object} tour
 * @param {string} tour.origin
 * @param {'en' | 'fr'} tour.locale
 * @param {import('playwright-core').Page} tour.page of a browser where nobody is signed in
 * @param {import('../../test/fakes/exchange/server.js').FakeExchange} tour.exchange where the mailboxes are
 * @param {{ diary: (email: string) => any }} tour.google where the accounts are
 * @param {(stop: string, page: import('playwright-core').Page) => Promise<void>} tour.at called on each page, when it
 *   shows what it is about
 */
export async function walkIntegrationsTour({ origin, locale, page, exchange, google, at }) {
  const { email, other, server, corrected, left, came, call, meeting, fair, visitor } = cast[locale];
  const mailbox = exchange.mailbox(email);
  const open = (path) => page.goto(origin + path);
  const signIn = async (who) => {
    await page.context().clearCookies();
    await open('/login');
    await page.locator('[name=email]').fill(who);
    await page.locator('[name=password]').fill('demo: four red kites');
    await page.locator('main form button:not([type=button])').click();
    await page.waitForURL(`${origin}/`);
  };
  /** Asks for a run, and looks again until it is over. */
  const synced = async () => {
    await open('/integrations');
    const asked = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.locator('form[action$="/sync"] button').click();
    await asked;
    for (const end = Date.now() + WAIT_MS; ;) {
      await open('/integrations');
      if (await page.locator('.connection__live[data-done]').count()) return;
      if (Date.now() > end) throw new Error('The mailbox is still being synced');
      await page.waitForTimeout(250);
    }
  };

  /** Colleagues may see when the person is free or busy. */
  const agree = async () => {
    await open('/calendar/calendars');
    await page.locator('[name=freeBusy][value=yes]').check();
    await page.locator('form[action$="/sharing"] .buttons button').click();
    await page.waitForURL('**/calendar/calendars');
  };

  await signIn(email);
  await open('/integrations');
  await page.locator('form[action$="/sync"]').waitFor();
  await at('integrations', page);
  const disconnection = await page.locator('a[href$="/disconnection"]').first().getAttribute('href');

  for (const [name, parts] of corrected) mailbox.edit(mailbox.named(name), parts);
  mailbox.remove(mailbox.named(left));
  const [DisplayName, CompanyName, BusinessPhone] = came;
  mailbox.addContact({ DisplayName, CompanyName, phones: { BusinessPhone } });
  const { from, to } = meetingNow();
  mailbox.addEvent({ title: meeting, start: from.getTime(), end: to.getTime(), status: 'Busy' });
  google.diary(other).add(other, {
    ...{ summary: meeting, status: 'confirmed' },
    ...{ start: { dateTime: from.toISOString() }, end: { dateTime: to.toISOString() } },
  });
  await synced();

  await open('/cloud-contacts');
  await at('cloud-contacts', page);
  await page.locator('#list .table__link', { hasText: corrected[0][0] }).first().click();
  await page.locator('h1', { hasText: corrected[0][0] }).waitFor();
  await at('cloud-contact', page);
  await open('/cloud-contacts/conflicts');
  await at('cloud-conflicts', page);
  await open(disconnection);
  await at('disconnection', page);

  await open('/integrations/runs');
  await at('sync-runs', page);
  await page.locator('.runs .table__link').first().click();
  await page.waitForURL('**/integrations/runs/*');
  await page.locator('a[href$="/undo"]').click();
  await page.waitForURL('**/undo');
  await at('sync-run-undo', page);

  await open('/calendar/calendars');
  for (const box of await page.locator('[name=chosen]').all()) await box.check();
  await page.locator('.calendar-names').locator('xpath=ancestor::form').locator('.buttons button').click();
  await page.waitForURL('**/calendar/calendars');
  await agree();
  await synced();
  await open('/calendar/calendars');
  await at('calendars', page);
  await open('/calendar');
  await at('calendar', page);
  await page.locator('.event__title a', { hasText: call }).first().click();
  await page.locator('h1', { hasText: call }).waitFor();
  await at('calendar-event', page);
  // Of a week that is begun, the days before yesterday are not kept.
  const soon = new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);
  await open(`/calendar?view=week&on=${soon}`);
  await at('calendar-week', page);

  const folder = mailbox.addFolder(fair);
  const visitors = Array.from({ length: VISITORS }, (_, number) =>
    mailbox.addContact(visitor(number), folder),
  );
  await synced();
  for (const each of visitors.slice(0, DELETED)) mailbox.remove(each);
  await synced();
  await open(disconnection.replace('/disconnection', '/brake'));
  await page.locator('button[name=decision]').first().waitFor();
  await at('sync-brake', page);

  await signIn(other);
  await open('/integrations/exchange');
  await page.locator('[name=username]').fill(other);
  await page.locator('[name=password]').fill('demo: four red kites');
  await page.locator('[name=ewsUrl]').fill(server);
  await at('integrations-exchange', page);

  await open('/integrations/google');
  await page.locator('[name=calendar][value=read]').check();
  await at('integrations-google', page);
  await page.locator('main form .buttons button').click();
  const consent = page.locator('main a[rel=noreferrer]');
  await consent.waitFor();
  await at('integrations-go-on', page);
  await consent.click();
  await page.locator(`[name=account][value="${other}"]`).check();
  await page.locator('button[value=allow]').click();
  await page.waitForURL(`${origin}/integrations`);
  await synced();
  await open('/cloud-contacts');
  await at('cloud-labels', page);
  await open('/company/integrations');
  await at('company-integrations', page);

  await agree();
  await signIn(email);
  await open(`/contacts?q=${encodeURIComponent(other)}`);
  await page.locator('main .table__link').first().click();
  await page.locator('.availability').waitFor();
  await at('card-busy', page);
}

/** Under way, for some time still. */
function meetingNow() {
  const last = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS;
  return { from: new Date(last - HALF_HOUR_MS), to: new Date(last + 3 * HALF_HOUR_MS) };
}
