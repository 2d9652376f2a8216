import { type User } from '../../src/accounts/user.entity.js';
import { type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { MailboxOf } from './mailbox-of.js';

const CLOUD = '/cloud-contacts';
let app: TestApp;
let user: User;
let browser: Browser;
let mailbox: MailboxOf;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ user, browser } = await app.signedIn({ features: { integrations: true } }));
  mailbox = await MailboxOf.connect(app, user);
});

describe('The list of cloud contacts', () => {
  it('is seen by nobody else, not even by an owner of the account', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada Lovelace' });
    const { browser: boss, user: owner } = await app.signedIn({
      ...{ accountId: user.accountId, role: 'owner', features: { integrations: true } },
    });
    expect(visibleText(await boss.get(CLOUD))).toContain('No mailbox connected yet');
    await MailboxOf.connect(app, owner);
    expect(namesOf(await boss.get(`${CLOUD}?q=ada`))).toEqual([]);
    for (const path of [`?folder=${mailbox.folder}`, `?mailbox=${mailbox.id}`, `/${id}`, `/${id}/edit`])
      expect((await boss.get(`${CLOUD}${path}`)).status).toBe(404);
    await boss.post(`${CLOUD}/selection`, { act: 'delete', ids: [id] });
    expect((await boss.post(`${CLOUD}/${id}/star`, { starred: 'on' })).status).toBe(404);
    expect(await mailbox.contact(id)).toMatchObject({ deletedAt: null, starred: false });
  });

  it('shows folders as deep as they go, those without contacts as plain words, each with its count', async () => {
    const inbox = await mailbox.addFolder('Inbox', null, { role: 'other', living: false });
    let parent: Id = inbox;
    const path: Id[] = [];
    for (const name of ['Clients', 'Nord', 'Lille', 'Centre', 'Rue A', 'Étage 2'])
      path.push((parent = await mailbox.addFolder(name, parent)));
    await mailbox.addFolder('Drafts', inbox, { role: 'other', living: false });
    await mailbox.add(
      { displayName: 'Ada', folderIds: [parent] },
      { displayName: 'Bea', folderIds: [parent] },
    );
    const answer = await browser.get(`${CLOUD}?folder=${parent}`);
    const text = visibleText(answer);
    expect(text).toContain('ada@mailbox.example › Inbox › Clients › Nord › Lille › Centre › Rue A');
    expect(text).not.toContain('Drafts');
    expect(answer.text).not.toContain(inbox);
    expect(answer.text).toMatch(
      new RegExp(`${parent}" aria-current="true">.*?Étage 2.*?2</span><span class="unseen">2 contacts`),
    );
    expect(answer.text.match(/<details class="cloud-folder__below" open>/g)).toHaveLength(12);
    expect(namesOf(answer)).toEqual(['Ada', 'Bea']);
    expect(namesOf(await browser.get(`${CLOUD}?folder=${path[0]}`))).toEqual([]);
  });

  it('shows several mailboxes one below the other, and each by itself', async () => {
    const other = await MailboxOf.connect(app, user, {
      ...{ provider: 'google', accountName: 'ada@second.example' },
    });
    await mailbox.add({ displayName: 'Ada' });
    await other.add({ displayName: 'Bea' });
    const both = await browser.get(CLOUD);
    expect(namesOf(both)).toEqual(['Ada', 'Bea']);
    expect(visibleText(both)).toMatch(/ada@mailbox\.example Exchange .* ada@second\.example Google/);
    expect(namesOf(await browser.get(`${CLOUD}?mailbox=${other.id}`))).toEqual(['Bea']);
  });

  it('finds without accents and by numbers as they are dialled, and narrows by letter and star', async () => {
    const [ada] = await mailbox.add(
      { displayName: 'Élodie Lefèvre', mobilePhone: '+33612345678' },
      { displayName: 'Søren Ångström', organization: 'Harbour & Pine' },
    );
    for (const [q, name] of [
      ['lefevre elod', 'Élodie Lefèvre'],
      ['06 12 34 56', 'Élodie Lefèvre'],
      ['+33 (0)6.12.34', 'Élodie Lefèvre'],
      ['pine', 'Søren Ångström'],
    ])
      expect([q, namesOf(await browser.get(`${CLOUD}?q=${encodeURIComponent(q)}`))]).toEqual([q, [name]]);
    expect(visibleText(await browser.get(`${CLOUD}?q=zzz`))).toContain('No match');
    await browser.post(`${CLOUD}/${ada}/star`, { starred: 'on' });
    expect(namesOf(await browser.get(`${CLOUD}?starred=1`))).toEqual(['Élodie Lefèvre']);
    expect(namesOf(await browser.get(`${CLOUD}?letter=s`))).toEqual(['Søren Ångström']);
    // A star is not the provider's business.
    expect((await mailbox.contact(ada)).pending).toBeNull();
  });

  it('has pages of 50 in every order', async () => {
    await mailbox.add(
      ...Array.from({ length: 70 }, (_, place) => ({
        displayName: `Contact ${String(place).padStart(3, '0')}`,
        organization: ['Éditions', 'Zeta', null][place % 3],
      })),
    );
    for (const sort of ['name', '-name', 'organization', 'recent']) {
      const first = await browser.get(`${CLOUD}?sort=${sort}`);
      const next = await browser.get(linkNamed(first, 'Next'));
      expect(new Set([...namesOf(first), ...namesOf(next)]).size).toBe(70);
      expect([namesOf(first).length, namesOf(next).length]).toEqual([50, 20]);
    }
  });

  it('says in words where each contact stands', async () => {
    const [still, waiting, refused, disputed] = await mailbox.add(
      ...['Ada', 'Bea', 'Cem', 'Dan'].map((displayName) => ({ displayName })),
    );
    for (const id of [waiting, refused])
      await browser.post(`${CLOUD}/${id}`, {
        displayName: (await mailbox.contact(id)).displayName,
        organization: 'New',
      });
    await mailbox.refuse(refused);
    await mailbox.dispute(disputed);
    const answer = await browser.get(CLOUD);
    expect(rowOf(answer, still)).not.toMatch(/contact-standing/);
    expect(rowOf(answer, waiting)).toContain('Waiting to be sent');
    expect(rowOf(answer, refused)).toContain('Not taken by Exchange:');
    expect(rowOf(answer, disputed)).toContain('href="/cloud-contacts/conflicts"');
    expect(namesOf(await browser.get(`${CLOUD}?state=waiting`))).toEqual(['Bea']);
    expect(namesOf(await browser.get(`${CLOUD}?state=refused`))).toEqual(['Cem']);
  });

  it('says why it is empty, and what to do', async () => {
    const { browser: newcomer } = await app.signedIn({ features: { integrations: true } });
    const nothing = await newcomer.get(CLOUD);
    expect(visibleText(nothing)).toContain('No mailbox connected yet');
    expect(nothing.text).toContain('class="button" href="/integrations"');
    const { browser: dated, user: planner } = await app.signedIn({ features: { integrations: true } });
    await MailboxOf.connect(app, planner, { contacts: 'none', calendar: 'read' });
    // To connect another is no remedy, and often not allowed.
    expect(visibleText(await dated.get(CLOUD))).toContain(
      'You have connected Exchange (ada@mailbox.example) without the contacts',
    );
    const { browser: waiting, user: someone } = await app.signedIn({ features: { integrations: true } });
    await MailboxOf.connect(app, someone, { lastSuccessAt: null });
    const first = await waiting.get(CLOUD);
    expect(visibleText(first)).toContain('Your contacts are on their way');
    expect(first.text).toMatch(/id="first-reading"[^>]*data-behaviour="poll"/);
    expect(visibleText(await browser.get(CLOUD))).toContain('No contacts in your mailbox yet');
  });

  it('keeps everything in sight, with the remedy, while a mailbox asks to sign in', async () => {
    const { browser: locked, user: someone } = await app.signedIn({ features: { integrations: true } });
    const asking = await MailboxOf.connect(app, someone, { state: 'needs-sign-in' });
    const [id] = await asking.add({ displayName: 'Ada' });
    const answer = await locked.get(CLOUD);
    expect(namesOf(answer)).toEqual(['Ada']);
    expect(answer.text).toContain(`href="/integrations/${asking.id}/sign-in"`);
    expect((await locked.post(`${CLOUD}/${id}`, { displayName: 'Ada King' })).status).toBe(303);
    expect((await asking.contact(id)).pending).toBe('change');
  });

  it('is off with its feature, and shows nothing of a mailbox that was disconnected', async () => {
    await mailbox.add({ displayName: 'Ada' });
    await app.database.query("UPDATE connections SET state = 'ended' WHERE id = ?", [mailbox.id]);
    expect(visibleText(await browser.get(CLOUD))).toContain('No mailbox connected yet');
    const { browser: without } = await app.signedIn({ features: { integrations: false } });
    for (const path of ['', '/new', '/trash', '/export.csv'])
      expect((await without.get(`${CLOUD}${path}`)).status).toBe(403);
  });
});

describe('Many cloud contacts at once', () => {
  it('are moved, starred and deleted, and it is undone from the message', async () => {
    const folder = await mailbox.addFolder('Clients', mailbox.folder);
    const ids = await mailbox.add({ displayName: 'Ada' }, { displayName: 'Bea' });
    const asked = await browser.follow(await browser.post(`${CLOUD}/selection`, { act: 'move', ids }));
    expect(visibleText(asked)).toContain('Move 2 contacts');
    // Whoever sends it at once has chosen no folder.
    expect(asked.text).toMatch(/<select[^>]*name="folderId"[^>]*>\s*<option value=""/);
    const refused = await browser.post(`${CLOUD}/selection/folder`, { ids, folderId: '' });
    expect(refused.status).toBe(422);
    const moved = await browser.follow(
      await browser.post(`${CLOUD}/selection/folder`, { ids, folderId: folder }),
    );
    expect(visibleText(moved)).toContain('2 contacts moved.');
    expect((await mailbox.contact(ids[0])).folderIds).toEqual([folder]);
    expect((await mailbox.contact(ids[0])).pending).toBe('change');
    const gone = await browser.follow(await browser.post(`${CLOUD}/selection`, { act: 'delete', ids }));
    expect(visibleText(gone)).toContain('2 contacts deleted.');
    expect((await mailbox.contact(ids[1])).pending).toBe('remove');
    const back = await browser.follow(await browser.post(undoIn(gone)));
    expect(visibleText(back)).toContain('2 contacts are back.');
    expect((await mailbox.contact(ids[1])).deletedAt).toBeNull();
    // The undo of the undo, and what is undone already.
    await browser.post(undoIn(back));
    expect((await mailbox.contact(ids[1])).pending).toBe('remove');
    expect(visibleText(await browser.follow(await browser.post(undoIn(back))))).toContain('undone already');
  });

  it('are not taken back after 30 days, nor by anybody else', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada' });
    const gone = await browser.follow(await browser.post(`${CLOUD}/selection`, { act: 'delete', ids: [id] }));
    const { browser: other } = await app.signedIn({ features: { integrations: true } });
    expect((await other.post(undoIn(gone))).status).toBe(404);
    await app.database.query('UPDATE journal_batches SET at = DATE_SUB(at, INTERVAL 31 DAY)');
    const late = await browser.follow(await browser.post(undoIn(gone)));
    expect(visibleText(late)).toContain('more than 30 days have passed');
    expect((await mailbox.contact(id)).deletedAt).not.toBeNull();
  });

  it('are all that match, not only those of the page', async () => {
    const folder = await mailbox.addFolder('Clients', null);
    const ids = await mailbox.add(
      ...Array.from({ length: 60 }, (_, place) => ({ displayName: `Bea ${place}`, folderIds: [folder] })),
      { displayName: 'Ada' },
    );
    const list = `${CLOUD}?folder=${folder}`;
    await browser.post(`${CLOUD}/selection`, { act: 'delete', all: 'matching', list });
    expect(namesOf(await browser.get(CLOUD))).toEqual(['Ada']);
    expect((await mailbox.contact(ids[59])).deletedAt).not.toBeNull();
    const nonsense = { act: 'delete', all: 'matching', list: '/users' };
    expect((await browser.post(`${CLOUD}/selection`, nonsense)).status).toBe(400);
  });

  it('stay as they are in a mailbox that is only read, which is said', async () => {
    const { browser: reader, user: someone } = await app.signedIn({ features: { integrations: true } });
    const box = await MailboxOf.connect(app, someone, { contacts: 'read' });
    const [id] = await box.add({ displayName: 'Ada' });
    const list = await reader.get(CLOUD);
    // The palette, which every page has, says what there is and not what one mailbox allows.
    const main = /<main[\s\S]*<\/main>/.exec(list.text)?.[0] ?? '';
    expect(main).toContain('Ada');
    expect(main).not.toMatch(/name="act" value="delete"|\/edit"|cloud-contacts\/new"/);
    const answer = await reader.follow(await reader.post(`${CLOUD}/selection`, { act: 'delete', ids: [id] }));
    expect(visibleText(answer)).toContain('can only be looked at here');
    expect((await box.contact(id)).deletedAt).toBeNull();
    expect((await reader.get(`${CLOUD}/new`)).status).toBe(303);
    expect((await reader.get(`${CLOUD}/${id}/edit`)).status).toBe(303);
  });

  it('go into files that import again, in the order of the list', async () => {
    await mailbox.add(
      { displayName: 'Bea', email: 'bea@x.example', mobilePhone: '+33612345678' },
      { displayName: 'Ada' },
    );
    const csv = await browser.get(`${CLOUD}/export.csv`);
    expect(csv.text).toContain('Ada,,,,,,,,Contacts\r\nBea,bea@x.example,,,+33612345678,,,,Contacts\r\n');
    const cards = await browser.download(`${CLOUD}/export.vcf?q=bea`);
    expect(cards.body.toString()).toMatch(/^BEGIN:VCARD[\s\S]*FN:Bea[\s\S]*END:VCARD\r\n$/);
    expect(cards.body.toString()).not.toContain('Ada');
  });
});

function namesOf(answer: Answer): string[] {
  return [...answer.text.matchAll(/<a class="table__link" href="[^"]*">([^<]*)<\/a>/g)].map(
    ([, name]) => name,
  );
}

function rowOf(answer: Answer, id: Id): string {
  return answer.text.split('<tr>').find((row) => row.includes(`href="${CLOUD}/${id}"`)) ?? '';
}

function linkNamed(answer: Answer, name: string): string {
  const found = new RegExp(`href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?${name}`).exec(answer.text);
  return (found?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}

function undoIn(answer: Answer): string {
  const found = /action="([^"]*\/undo[^"]*)"/.exec(answer.text)?.[1] ?? '';
  return found.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}

describe('Labels', () => {
  /** A mailbox of Google with the labels Clients and Chess. */
  async function labelled() {
    const google = await MailboxOf.connect(app, user, {
      ...{ provider: 'google', accountName: 'ada@gmail.example' },
    });
    const [clients, chess] = [await google.addFolder('Clients', null), await google.addFolder('Chess', null)];
    return { google, clients, chess };
  }

  it('count a contact in each, and once in its mailbox; Google’s own has a name in the language of its reader', async () => {
    const { google, clients, chess } = await labelled();
    const [id] = await google.add({ displayName: 'Ada', folderIds: [google.folder, clients, chess] });
    await google.add({ displayName: 'Bea', folderIds: [chess] });
    const answer = await browser.get(`${CLOUD}?mailbox=${google.id}`);
    const text = visibleText(answer);
    expect(text).toContain(
      'ada@gmail.example Google 2 2 contacts My contacts 1 1 contact Chess 2 2 contacts',
    );
    expect(namesOf(answer)).toEqual(['Ada', 'Bea']);
    expect(namesOf(await browser.get(`${CLOUD}?folder=${clients}`))).toEqual(['Ada']);
    expect(visibleText(await browser.get(`${CLOUD}/${id}`))).toMatch(/Label My contacts .*Label Clients/);
    const file = (await browser.download(`${CLOUD}/export.csv?mailbox=${google.id}`)).body.toString();
    expect(file).toMatch(/Ada,.*(Clients|Chess|My contacts); .*; /);
    await app.database.query("UPDATE users SET language = 'fr' WHERE id = ?", [user.id]);
    expect(visibleText(await browser.get(`${CLOUD}?folder=${google.folder}`))).toContain('Mes contacts');
  });

  it('are added and removed for many at once, those of other mailboxes left alone, and it is undone', async () => {
    const { google, clients, chess } = await labelled();
    const ids = await google.add(
      { displayName: 'Ada', folderIds: [google.folder, clients] },
      { displayName: 'Bea' },
    );
    const [elsewhere] = await mailbox.add({ displayName: 'Cleo' });
    const chosen = [...ids, elsewhere];
    const ask = await browser.post(`${CLOUD}/selection`, { act: 'label', ids: chosen });
    const page = await browser.follow(ask);
    expect(visibleText(page)).toContain('Add a label to 3 contacts');
    expect(page.text).not.toContain(`value="${mailbox.folder}"`);
    const done = await browser.follow(
      await browser.post(`${CLOUD}/selection/label`, { ids: chosen, folderId: chess }),
    );
    expect(visibleText(done)).toContain('Label added to 2 contacts. 1 is in another mailbox');
    expect((await google.contact(ids[0])).folderIds).toEqual([google.folder, clients, chess].sort());
    expect(await google.contact(ids[1])).toMatchObject({ pending: 'change' });
    expect(await mailbox.contact(elsewhere)).toMatchObject({ folderIds: [mailbox.folder], pending: null });
    const undo = /action="(\/cloud-contacts\/acts\/[^"]*)"/.exec(done.text)?.[1] ?? '';
    await browser.post(undo.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect((await google.contact(ids[1])).folderIds).toEqual([google.folder]);
    // Without any other it is where all contacts are.
    await google.add({ displayName: 'Dora', folderIds: [clients] });
    const list = `${CLOUD}?folder=${clients}`;
    await browser.post(`${CLOUD}/selection/label-removal`, { all: 'matching', list, folderId: clients });
    expect(namesOf(await browser.get(list))).toEqual([]);
    expect(namesOf(await browser.get(`${CLOUD}?folder=${google.folder}`))).toEqual(['Ada', 'Bea', 'Dora']);
    expect(visibleText(await browser.get(`${CLOUD}/${ids[0]}`))).toContain('Label removed by you');
  });

  it('are no folders: those of Exchange are not added to a contact, nor labels of somebody else', async () => {
    const [id] = await mailbox.add({ displayName: 'Cleo' });
    const folder = await mailbox.addFolder('Clients', null);
    const asked = { ids: [id], folderId: folder };
    expect((await browser.post(`${CLOUD}/selection/label`, asked)).status).toBe(404);
    const { user: other } = await app.signedIn({ features: { integrations: true } });
    const theirs = await MailboxOf.connect(app, other, { provider: 'google' });
    const foreign = { ids: [id], folderId: theirs.folder };
    expect((await browser.post(`${CLOUD}/selection/label`, foreign)).status).toBe(404);
    expect((await mailbox.contact(id)).folderIds).toEqual([mailbox.folder]);
    expect((await browser.get(CLOUD)).text).not.toContain('value="label"');
  });
});

it('A mailbox that is asked for no contacts (any more) is shown while it has some, to be looked at', async () => {
  const calendar = { contacts: 'none', calendar: 'read', accountName: 'calendar@x.example' } as const;
  const quiet = await MailboxOf.connect(app, user, calendar);
  expect(visibleText(await browser.get(CLOUD))).not.toContain('calendar@x.example');
  const [id] = await quiet.add({ displayName: 'Ada' });
  expect(visibleText(await browser.get(`${CLOUD}?mailbox=${quiet.id}`))).toContain(
    'Exchange is not asked for contacts any more.',
  );
  expect((await browser.get(`${CLOUD}/${id}`)).text).not.toContain(`/${id}/edit`);
});
