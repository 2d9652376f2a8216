import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { type Locale } from '../../../src/web/words.js';
import { betweenPeople, type Somebody } from '../../external-contacts/two-companies.js';
import { type TestApp } from '../../support/app.js';
import { type Browser } from '../../support/browser.js';

/** External contacts of one person. */
export interface ExternalCards {
  /** With a note, folders, a star and a history. */
  here: Id;
  /** Deactivated. */
  gone: Id;
  /** Removed by their owner. */
  removed: Id;
  /** Removed by the other. */
  left: Id;
  folder: Id;
}

const names = [
  ['Aoife', 'Davies'],
  ['Jürgen', 'Strauß'],
  ['Jean-François', 'du Châtelet de la Rochefoucauld-Montbéliard'],
  ['敏', '司马'],
  ['Siobhán', 'O’Brien'],
];

/** Contacts of each of these people, in each of their states, of a company and of a person of their own. */
export async function externalContacts(
  app: TestApp,
  readers: Record<Locale, User>,
): Promise<Record<Locale, ExternalCards>> {
  const account = await app.anAccount({ name: 'Harbour & Pine Shipping and Forwarding' });
  const others: Somebody[] = [];
  for (const [givenName, familyName] of names)
    others.push(
      somebody(
        app,
        await app.aUser({
          ...{ account, givenName, familyName, jobTitle: 'Managing director of everything overseas' },
          ...{ workPhone: '+442079460040' },
        }),
      ),
    );
  const own = await app.anAccount({ kind: 'personal', name: 'Chloé Petit' });
  others.push(somebody(app, await app.aUser({ account: own, givenName: 'Chloé', familyName: 'Petit' })));
  const cards = {
    en: await cardsOf(app, readers.en, others),
    fr: await cardsOf(app, readers.fr, others),
  };
  await app.database.query("UPDATE users SET status = 'deactivated' WHERE id = ?", [others[1].user.id]);
  return cards;
}

async function cardsOf(app: TestApp, reader: User, others: readonly Somebody[]): Promise<ExternalCards> {
  const owner = { ...somebody(app, reader), browser: await app.browserOf(reader) };
  const { connect } = betweenPeople(app);
  const connected = [];
  for (const other of others) connected.push(await connect(owner, other));
  const [here, gone, removed, left] = connected.map(({ card }) => card.id);
  const { browser } = owner;
  const path = `/external-contacts/${here}`;
  await browser.post(`${path}/note`, { note: 'Met at the fair in Lyon' });
  await browser.post(`${path}/note`, { note: 'Met at the fair in Lyon.\nCalls back in May.' });
  await browser.post(`${path}/star`, { starred: 'on' });
  for (const newFolder of ['Clients', 'Foire internationale de Lyon 2027'])
    await browser.post('/external-contacts/selection/folders', {
      ...{ ids: [here, gone], newFolder, list: '/external-contacts', how: 'add' },
    });
  await browser.post(`/external-contacts/${removed}/removal`);
  await aDeletedFolder(browser);
  await (await app.browserOf(others[3].user)).post(`/external-contacts/${connected[3].otherCard.id}/removal`);
  // The message of the last act would stand on whatever page is looked at next.
  await browser.get('/external-contacts');
  const [folder] = await app.database.query<{ id: Id }[]>(
    "SELECT id FROM external_folders WHERE ownerId = ? AND name = 'Clients'",
    [reader.id],
  );
  return { here, gone, removed, left, folder: folder.id };
}

async function aDeletedFolder(browser: Browser): Promise<void> {
  const made = await browser.post('/external-contacts/folders', { name: 'Old suppliers' });
  const [, id] = /folder=([0-9a-f-]{36})/.exec(made.headers['location'] as string) ?? [];
  await browser.post(`/external-contacts/folders/${id}/deletion`);
}

function somebody(app: TestApp, user: User): Somebody {
  return { user, account: { id: user.accountId } as Somebody['account'], browser: app.browser() };
}
