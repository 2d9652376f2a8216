import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { insertContacts } from '../../src/personal-contacts/contact-writes.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { contactWith, ListOf } from './list-of.js';

let app: TestApp;
let user: User;
let browser: Browser;
let list: ListOf;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  ({ user, browser } = await app.signedIn());
  list = new ListOf(app, user);
});
afterAll(() => app.close());

const LIST = '/personal-contacts';

describe('The list of personal contacts', () => {
  it('is told from nobody else’s, not even by an owner of the account', async () => {
    await list.add(contactWith({ displayName: 'Ada Lovelace' }));
    const { browser: boss } = await app.signedIn({ accountId: user.accountId, role: 'owner' });
    expect(namesOf(await browser.get(LIST))).toEqual(['Ada Lovelace']);
    const theirs = await boss.get(LIST);
    expect(namesOf(theirs)).toEqual([]);
    expect(namesOf(await boss.get(`${LIST}?q=ada`))).toEqual([]);
  });

  it('says what to do while there is nothing, with both ways in', async () => {
    const answer = await browser.get(LIST);
    expect(visibleText(answer)).toContain('No personal contacts yet Import a CSV file or add one.');
    expect(answer.text).toContain('href="/personal-contacts/import"');
    expect(answer.text).toContain('href="/personal-contacts/new"');
  });

  it('goes by the name as it is folded, and back', async () => {
    await list.add(
      ...['Zoé', 'Émile', 'eva', 'Łukasz', 'Lucie'].map((displayName) => contactWith({ displayName })),
    );
    const sorted = ['Émile', 'eva', 'Lucie', 'Łukasz', 'Zoé'];
    expect(namesOf(await browser.get(LIST))).toEqual(sorted);
    expect(namesOf(await browser.get(`${LIST}?sort=-name`))).toEqual([...sorted].reverse());
  });

  it('goes by organization, who has none last', async () => {
    await list.add(
      contactWith({ displayName: 'Ada', organization: null }),
      contactWith({ displayName: 'Bea', organization: 'Zeta' }),
      contactWith({ displayName: 'Cem', organization: 'Éditions' }),
    );
    expect(namesOf(await browser.get(`${LIST}?sort=organization`))).toEqual(['Cem', 'Bea', 'Ada']);
  });

  it('goes by what was changed last, which a star is not', async () => {
    const [ada, bea] = ['Ada', 'Bea'].map((displayName) => contactWith({ displayName }));
    await list.add(ada, bea);
    await list.edit(ada.id, { organization: 'Analytical' });
    await browser.post(`${LIST}/${bea.id}/star`, { starred: 'on' });
    expect(namesOf(await browser.get(`${LIST}?sort=recent`))).toEqual(['Ada', 'Bea']);
  });

  it('finds by parts of names without accents, other scripts, addresses, and numbers as they are dialled', async () => {
    await list.add(
      contactWith({ displayName: 'Élodie Lefèvre', mobilePhone: '+33612345678' as never }),
      contactWith({ displayName: '田中 花子', email: 'hanako@example.jp' }),
      contactWith({ displayName: 'محمد حسن' }),
      contactWith({ displayName: 'Søren Ångström', organization: 'Harbour & Pine' }),
    );
    for (const [q, name] of [
      ['lefevre elod', 'Élodie Lefèvre'],
      ['06 12 34 56', 'Élodie Lefèvre'],
      ['+33 (0)6.12.34', 'Élodie Lefèvre'],
      ['花子', '田中 花子'],
      ['hanako@', '田中 花子'],
      ['حسن', 'محمد حسن'],
      ['angstrom soren', 'Søren Ångström'],
      ['pine', 'Søren Ångström'],
    ])
      expect([q, namesOf(await browser.get(`${LIST}?q=${encodeURIComponent(q)}`))]).toEqual([q, [name]]);
  });

  it('takes signs of SQL in a search for what they are', async () => {
    await list.add(contactWith({ displayName: 'Ada 100' }), contactWith({ displayName: 'Bea_x' }));
    for (const q of ['%', '_', '\\', "'; DROP"])
      expect((await browser.get(`${LIST}?q=${encodeURIComponent(q)}`)).status).toBe(200);
    expect(visibleText(await browser.get(`${LIST}?q=%25`))).toContain('Nothing to search for');
    expect(namesOf(await browser.get(`${LIST}?q=bea_x`))).toEqual(['Bea_x']);
  });

  it('offers the way out of a search that finds nobody', async () => {
    const group = await list.group('Clients');
    await list.add(contactWith({ groupIds: [group] }));
    const answer = await browser.get(`${LIST}?q=zzz&group=${group}&sort=recent`);
    expect(visibleText(answer)).toContain('No match');
    expect(linksOf(answer)).toContain(`${LIST}?q=zzz&sort=recent`);
  });

  it('has pages of 50 that lead on and back, first to last', async () => {
    await list.add(
      ...Array.from({ length: 120 }, (_, place) =>
        contactWith({ displayName: `Contact ${String(place).padStart(3, '0')}` }),
      ),
    );
    const first = await browser.get(LIST);
    expect([namesOf(first).length, namesOf(first)[0]]).toEqual([50, 'Contact 000']);
    expect(visibleText(first)).toContain('120 contacts');
    const second = await browser.get(linkNamed(first, 'Next'));
    expect(namesOf(second)[0]).toBe('Contact 050');
    const last = await browser.get(linkNamed(second, 'Last'));
    expect(namesOf(last).at(-1)).toBe('Contact 119');
    expect(namesOf(await browser.get(linkNamed(second, 'Previous')))[0]).toBe('Contact 000');
  });

  it('keeps its pages in every order, equal values too', async () => {
    const organizations = ['Éditions', 'Zeta', null];
    await list.add(
      ...Array.from({ length: 70 }, (_, place) =>
        contactWith({ displayName: 'Same name', organization: organizations[place % 3] }),
      ),
    );
    for (const sort of ['name', '-name', 'organization', 'recent']) {
      const first = await browser.get(`${LIST}?sort=${sort}`);
      const second = await browser.get(linkNamed(first, 'Next'));
      expect([sort, new Set([...idsOf(first), ...idsOf(second)]).size]).toEqual([sort, 70]);
    }
  });

  it('shows the number that is used first, and offers calls to whom may call alone', async () => {
    await list.add(
      contactWith({
        displayName: 'Ada',
        ...{ workPhone: '+33140205050' as never, mobilePhone: '+33612345678' as never },
      }),
    );
    const answer = await browser.get(LIST);
    expect(visibleText(answer)).toContain('+33 6 12 34 56 78');
    expect(answer.text).not.toContain('tel:');
    expect(answer.text).toContain('data-value="+33612345678"');
  });

  it('escapes what a name may hold', async () => {
    await list.add(contactWith({ displayName: '<img src=x onerror=alert(1)> "Bob"' }));
    const answer = await browser.get(LIST);
    expect(answer.text).not.toContain('<img src=x');
    expect(visibleText(answer)).toContain('<img src=x onerror=alert(1)> "Bob"');
  });

  it.each([
    'after=%00&before=%FF',
    'after=WyJuYW1lIiwiYSIsImIiXQ',
    'sort=DROP&letter=%27&starred=yes&ids=1,2',
    'q=a&q=b&group[x]=1&letter=zz&all=1',
  ])('shows itself for an address it does not understand: %s', async (query) => {
    await list.add(contactWith({ displayName: 'Ada' }));
    const answer = await browser.get(`${LIST}?${query}`);
    expect([200, 400, 404]).toContain(answer.status);
  });

  it('is no page while the feature is off', async () => {
    await list.add(contactWith({ displayName: 'Ada' }));
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      JSON.stringify({ 'personal-contacts': false }),
      user.id,
    ]);
    for (const path of [
      '',
      '/groups',
      '/groups/new',
      '/selection/groups?all=matching&list=/personal-contacts',
    ])
      expect((await browser.get(`${LIST}${path}`)).status).toBe(403);
    for (const path of ['/selection', '/groups'])
      expect((await browser.post(`${LIST}${path}`, { act: 'delete', name: 'x' })).status).toBe(403);
    expect(await list.names()).toEqual(['Ada']);
  });
});

describe('Letters', () => {
  const names = ['Łukasz', 'Édith', '9 Lives', '😀', '田中', 'محمد', 'ßen', '-Zoé', 'Œdipe', '‘Ada’'];
  const found = async (letter: string, more = '') =>
    namesOf(await browser.get(`${LIST}?letter=${letter}${more}`));

  it('are those a name begins with for a reader: folded, digits together, all else under another sign', async () => {
    await list.add(...names.map((displayName) => contactWith({ displayName })));
    expect(await found('l')).toEqual(['Łukasz']);
    expect(await found('e')).toEqual(['Édith']);
    expect(await found('0')).toEqual(['9 Lives']);
    expect(await found('s')).toEqual(['ßen']);
    expect(await found('z')).toEqual(['-Zoé']);
    expect(await found('o')).toEqual(['Œdipe']);
    expect(await found('a')).toEqual(['‘Ada’']);
    expect((await found('other')).sort()).toEqual(['محمد', '田中', '😀'].sort());
    expect(await found('b')).toEqual([]);
  });

  it('lead somewhere only where somebody is', async () => {
    await list.add(...names.map((displayName) => contactWith({ displayName })));
    expect(lettersOf(await browser.get(LIST))).toEqual(['a', 'e', 'l', 'o', 's', 'z', '0', 'other']);
  });

  it('are those of the group that is shown', async () => {
    const group = await list.group('Clients');
    await list.add(
      contactWith({ displayName: 'Ada', groupIds: [group] }),
      contactWith({ displayName: 'Ärger', groupIds: [group] }),
      contactWith({ displayName: 'Bea' }),
    );
    expect(lettersOf(await browser.get(`${LIST}?group=${group}`))).toEqual(['a']);
    expect(await found('a', `&group=${group}`)).toEqual(['Ada', 'Ärger']);
    expect(lettersOf(await browser.get(`${LIST}?group=none`))).toEqual(['b']);
  });

  it('forget nobody: every name is under one of them', async () => {
    const odd = ['ªb', 'Ĳsbrand', '１２', '~', 'ŉa', 'ꞵx', 'A', 'z', 'Ⅷ', '①', 'ǆ'];
    await list.add(...odd.map((displayName) => contactWith({ displayName })));
    const under: string[] = [];
    for (const letter of lettersOf(await browser.get(LIST))) under.push(...(await found(letter)));
    expect(under.sort()).toEqual([...odd].sort());
  });
});

describe('Beside the list', () => {
  it('every group says how many living contacts it has', async () => {
    const [clients, press] = [await list.group('Clients'), await list.group('Presse')];
    const gone = contactWith({ displayName: 'Gone', groupIds: [clients, press].sort() });
    await list.add(
      gone,
      contactWith({ displayName: 'Ada', groupIds: [clients], starred: true }),
      contactWith({ displayName: 'Bea', groupIds: [clients] }),
      contactWith({ displayName: 'Cem' }),
    );
    expect(countsOf(await browser.get(LIST))).toEqual({
      ...{ 'All contacts': '4', Starred: '1', 'Without group': '1', Clients: '3', Presse: '1' },
    });
    await list.remove(gone.id);
    expect(countsOf(await browser.get(LIST))).toEqual({
      ...{ 'All contacts': '3', Starred: '1', 'Without group': '1', Clients: '2', Presse: '0' },
    });
    // A deleted group holds nobody: who was in it alone is without.
    await browser.post(`${LIST}/groups/${clients}/deletion`);
    expect(countsOf(await browser.get(LIST))).toEqual({
      ...{ 'All contacts': '3', Starred: '1', 'Without group': '3', Presse: '0' },
    });
    expect(namesOf(await browser.get(`${LIST}?group=none`))).toEqual(['Ada', 'Bea', 'Cem']);
  });

  it('what is counted is what is saved, also by a page that meets an act in the middle', async () => {
    await list.add(contactWith({ displayName: 'Ada' }));
    expect(countsOf(await browser.get(LIST))).toMatchObject({ 'All contacts': '1' });
    await list.act('contacts.add', async (database, act) => {
      await insertContacts(database, act, [contactWith({ displayName: 'Bea' })]);
      // Not saved yet: counted as before, and so once more from what was kept.
      expect(countsOf(await browser.get(LIST))).toMatchObject({ 'All contacts': '1' });
      await insertContacts(database, act, [contactWith({ displayName: 'Cem' })]);
    });
    // Several pages count the new state at once.
    const pages = await Promise.all(Array.from({ length: 6 }, () => browser.get(LIST)));
    for (const page of pages) expect(countsOf(page)).toMatchObject({ 'All contacts': '3' });
    const [kept] = await app.database.query<{ states: string }[]>(
      'SELECT COUNT(*) AS states FROM personal_contact_list_summaries WHERE ownerId = ?',
      [user.id],
    );
    expect(Number(kept.states)).toBe(1);
  });

  it('starred contacts, and those of a group, are listed alone', async () => {
    const group = await list.group('Clients');
    await list.add(
      contactWith({ displayName: 'Ada', groupIds: [group] }),
      contactWith({ displayName: 'Bea', starred: true }),
    );
    expect(namesOf(await browser.get(`${LIST}?group=${group}`))).toEqual(['Ada']);
    expect(namesOf(await browser.get(`${LIST}?starred=1`))).toEqual(['Bea']);
    expect(namesOf(await browser.get(`${LIST}?starred=1&group=${group}`))).toEqual([]);
  });

  it('a group of somebody else is not there', async () => {
    const { user: other } = await app.signedIn({ accountId: user.accountId });
    const theirs = new ListOf(app, other);
    const group = await theirs.group('Theirs');
    await theirs.add(contactWith({ displayName: 'Bea', groupIds: [group] }));
    const answer = await browser.get(`${LIST}?group=${group}`);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('Bea');
    expect((await browser.get(`${LIST}?group=nonsense`)).status).toBe(404);
  });
});

describe('A star', () => {
  it('is given and taken in the list, which stays where it was', async () => {
    const ada = contactWith({ displayName: 'Ada' });
    await list.add(ada);
    const from = `${LIST}?sort=-name&q=ad`;
    const given = await browser.post(`${LIST}/${ada.id}/star`, { starred: 'on', from });
    expect([given.status, given.headers['location']]).toEqual([303, `${from}#star-${ada.id}`]);
    expect(await list.contact(ada.id)).toMatchObject({ starred: true });
    expect((await browser.get(from)).text).toContain('aria-pressed="true"');
    await browser.post(`${LIST}/${ada.id}/star`, { starred: '', from });
    expect(await list.contact(ada.id)).toMatchObject({ starred: false });
  });

  it('is undone from its message', async () => {
    const ada = contactWith({ displayName: 'Ada' });
    await list.add(ada);
    const page = await browser.follow(await browser.post(`${LIST}/${ada.id}/star`, { starred: 'on' }));
    const undo = /action="(\/personal-contacts\/acts\/[^"]+)"/.exec(page.text)?.[1];
    await browser.post(undo!);
    expect(await list.contact(ada.id)).toMatchObject({ starred: false });
  });

  it('of another person’s contact is not there, and leads to no other site', async () => {
    const { browser: other } = await app.signedIn({ accountId: user.accountId });
    const ada = contactWith({ displayName: 'Ada' });
    await list.add(ada);
    expect((await other.post(`${LIST}/${ada.id}/star`, { starred: 'on' })).status).toBe(404);
    expect((await other.post(`${LIST}/nonsense/star`, { starred: 'on' })).status).toBe(404);
    expect(await list.contact(ada.id)).toMatchObject({ starred: false });
    const away = await browser.post(`${LIST}/${ada.id}/star`, { starred: 'on', from: '//evil.example/' });
    expect(away.headers['location']).toBe(`${LIST}#star-${ada.id}`);
  });
});

function namesOf(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="table__link" href="[^"]*">([^<]*)</g)].map(([, name]) =>
    decoded(name),
  );
}

function idsOf(answer: Answer): string[] {
  return [...answer.text.matchAll(/name="ids" value="([^"]+)"/g)].map(([, id]) => id);
}

function linksOf(answer: Answer): string[] {
  return [...answer.text.matchAll(/href="([^"]*)"/g)].map(([, href]) => decoded(href));
}

function linkNamed(answer: Answer, name: string): string {
  const links = [...answer.text.matchAll(/<a class="pagination__link" href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)];
  const link = links.find(([, , text]) => text.includes(name));
  return decoded(link?.[1] ?? `no link ${name}`);
}

/** Letters that are links, in their order. */
function lettersOf(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="letters__letter" href="([^"]*)"/g)].map(
    ([, href]) => new URL(decoded(href), 'http://here').searchParams.get('letter') ?? '',
  );
}

/** What stands beside the list: names and their counts. */
function countsOf(answer: Answer): Record<string, string> {
  const [, side = ''] = answer.text.split('contacts__side');
  const [shown] = side.split('</nav>');
  return Object.fromEntries(
    [...shown.matchAll(/side__name">([^<]*)<\/span><span class="contacts-side__count"[^>]*>([^<]*)</g)].map(
      ([, name, count]) => [decoded(name), count],
    ),
  );
}

function decoded(text: string): string {
  return text
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
