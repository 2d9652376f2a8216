import { type Account } from '../../src/accounts/account.entity.js';
import { UserGroup, UserGroupMember } from '../../src/accounts/group.entities.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('/users', () => {
  it('shows each status on its tab, with exact counts', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Admin' });
    await app.aUser({ account, familyName: 'Waiting', status: 'pending', invitedAt: new Date() });
    await app.aUser({ account, familyName: 'Gone', status: 'deactivated', deactivatedAt: new Date() });
    await app.aUser({ familyName: 'Elsewhere', status: 'pending' });

    const active = await browser.get('/users');
    expect(active.status).toBe(200);
    expect(visibleText(active)).toContain('Active 1 Pending 1 Deactivated 1');
    expect(namesIn(active)).toEqual(['Ada Admin']);
    expect(namesIn(await browser.get('/users?status=pending'))).toEqual(['Ada Waiting']);
    expect(namesIn(await browser.get('/users?status=deactivated'))).toEqual(['Ada Gone']);
  });

  it('tells who was invited and whose invitation has ended', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const pending = { account, status: 'pending' as const, invitedAt: new Date() };
    await app.aUser({ ...pending, familyName: 'Ended' });
    const open = await app.aUser({ ...pending, familyName: 'Open' });
    await giveLink(account, open.id, new Date(Date.now() + 86_400_000));

    const list = await browser.get('/users?status=pending');
    const [ended, still] = rowsIn(list);
    expect(ended).toContain('Invitation ended');
    expect(still).toContain('until ');
    expect(still).not.toContain('Invitation ended');
  });

  it.each([
    ['ngUYEN do', ['Nguyễn Đỗ']],
    ['lukasz', ['Łukasz Øster']],
    ['oster LUKA', ['Łukasz Øster']],
    ['06 12 34', ['Nguyễn Đỗ']],
    ['0033612', ['Nguyễn Đỗ']],
    ['%', []],
    ['_', []],
    ['nobody at all', []],
  ])('finds %j in any order, without accents, phones by their digits', async (q, names) => {
    const { browser } = await searched();
    expect(namesIn(await browser.get(`/users?q=${encodeURIComponent(q)}`))).toEqual(names);
  });

  it('says when nobody matches and offers the other tabs', async () => {
    const { browser } = await searched();
    const answer = await browser.get('/users?q=zzz');
    expect(visibleText(answer)).toContain('No match');
    expect(hrefsIn(answer)).toContain('/users?status=pending&q=zzz');
  });

  it('filters by role, user group and department together', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Admin', department: 'IT' });
    const member = await app.aUser({ account, familyName: 'Both', department: 'IT' });
    await app.aUser({ account, familyName: 'DepartmentOnly', department: 'IT' });
    const other = await app.aUser({ account, familyName: 'GroupOnly', department: 'Sales' });
    const group = await aGroup(account, [member.id, other.id]);

    expect(namesIn(await browser.get('/users?role=admin'))).toEqual(['Ada Admin']);
    expect(namesIn(await browser.get('/users?department=IT&role=member'))).toEqual([
      'Ada Both',
      'Ada DepartmentOnly',
    ]);
    expect(namesIn(await browser.get(`/users?userGroup=${group}`))).toEqual(['Ada Both', 'Ada GroupOnly']);
    expect(namesIn(await browser.get(`/users?userGroup=${group}&department=IT`))).toEqual(['Ada Both']);
  });

  it('says where a menu is cut, and still holds what is chosen beyond that', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { id: accountId } = account;
    const groups = Array.from({ length: 501 }, (_, n) => ({
      ...{ id: newId(), accountId, name: `G${1000 + n}`, nameKey: `g${1000 + n}` },
      ...{ features: null, createdByBatch: null, createdAt: new Date() },
    }));
    await app.database.getRepository(UserGroup).insert(groups.slice(0, 500));
    const whole = await browser.get('/users');
    expect(visibleText(whole)).toContain('Any group');
    expect(whole.text).toContain(groups[499].id);
    await app.database.getRepository(UserGroup).insert(groups.slice(500));
    const cut = await browser.get(`/users?userGroup=${groups[500].id}`);
    expect(visibleText(cut)).toContain('All (the first 500 listed)');
    expect(cut.text).toContain(`<option value="${groups[500].id}" selected`);
  });

  it('shows nobody for a group of another account', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const stranger = await app.aUser();
    const group = await aGroup({ id: stranger.accountId }, [stranger.id]);
    expect(namesIn(await browser.get(`/users?userGroup=${group}`))).toEqual([]);
  });

  it.each([
    ['name', 'active', ['Ben Adams', 'Ada Baker', 'Cy Clark']],
    ['-name', 'active', ['Cy Clark', 'Ada Baker', 'Ben Adams']],
    ['email', 'active', ['Cy Clark', 'Ben Adams', 'Ada Baker']],
    ['department', 'active', ['Cy Clark', 'Ben Adams', 'Ada Baker']],
    ['signed-in', 'active', ['Ada Baker', 'Ben Adams', 'Cy Clark']],
    ['-signed-in', 'active', ['Cy Clark', 'Ben Adams', 'Ada Baker']],
  ])('sorts by %s', async (sort, status, names) => {
    const account = await app.anAccount();
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    const people = [
      { givenName: 'Ada', familyName: 'Baker', department: 'Z', lastSignInAt: null },
      { givenName: 'Ben', familyName: 'Adams', department: 'A', lastSignInAt: day(1) },
      { givenName: 'Cy', familyName: 'Clark', department: null, lastSignInAt: day(2) },
    ];
    for (const [place, person] of people.entries()) {
      const email = `${3 - place}${newId()}@example.test`;
      await app.aUser({ account, ...person, email });
    }
    // The reader stands in a status of the list too: signed in on the other side of it.
    const { browser } = await app.signedIn({ account, role: 'owner', department: 'X', familyName: 'Zz' });
    const list = await browser.get(`/users?status=${status}&role=member&sort=${sort}`);
    expect(namesIn(list)).toEqual(names);
    expect(list.text).toContain(`aria-sort="${sort.startsWith('-') ? 'descending' : 'ascending'}"`);
  });

  it('sorts what a search finds', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    for (const [familyName, department] of [
      ['Xavier', 'B'],
      ['Yves', 'C'],
      ['Zoe', 'A'],
    ]) {
      await app.aUser({ account, givenName: 'Found', familyName, department });
    }
    const names = namesIn(await browser.get('/users?q=found&sort=-department'));
    expect(names).toEqual(['Found Yves', 'Found Xavier', 'Found Zoe']);
    expect(namesIn(await browser.get('/users?q=nobody&sort=email'))).toEqual([]);
  });

  it('pages forth and back through namesakes, each person once', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Zz' });
    const expected = new Set<string>();
    for (let n = 0; n < 120; n++) {
      const { id } = await pendingNamesake(account, n);
      expected.add(id);
    }
    const seen: string[][] = [];
    let answer = await browser.get('/users?status=pending');
    expect(visibleText(answer)).toContain('50 of 120 people');
    seen.push(idsIn(answer));
    while (linkIn(answer, 'next')) {
      answer = await browser.get(linkIn(answer, 'next') ?? '');
      seen.push(idsIn(answer));
    }
    expect(seen.map((ids) => ids.length)).toEqual([50, 50, 20]);
    expect(new Set(seen.flat())).toEqual(expected);

    answer = await browser.get(linkIn(answer, 'prev') ?? '');
    expect(idsIn(answer)).toEqual(seen[1]);
    answer = await browser.get(linkIn(answer, 'prev') ?? '');
    expect(idsIn(answer)).toEqual(seen[0]);
    expect(linkIn(answer, 'prev')).toBeUndefined();
    const last = await browser.get('/users?status=pending&before=end');
    expect(idsIn(last)).toEqual([...seen.flat()].slice(-50));
  });

  it('says that a search has more than a page', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    for (let n = 0; n < 51; n++) await pendingNamesake(account, n);
    await app.aUser({ account, givenName: 'Only', familyName: 'One', status: 'pending' });
    expect(visibleText(await browser.get('/users?status=pending&q=same'))).toContain('50 of more');
    expect(visibleText(await browser.get('/users?status=pending&q=only'))).toContain('1 result');
  });

  it.each([
    'after=%25%25%25',
    'before=AAAA',
    `after=${Buffer.from('["name",{"a":1},"x"]').toString('base64url')}`,
    `after=${Buffer.from(`["email","a","${newId()}"]`).toString('base64url')}`,
    'after=a&after=b',
    'sort=password&status=everybody&role=god&userGroup=1',
    'q=%00%27%3B--',
  ])('shows the first page for %s', async (query) => {
    const { browser } = await app.signedIn({ role: 'admin', familyName: 'Here' });
    const answer = await browser.get(`/users?${query}`);
    expect(answer.status).toBe(200);
    if (!query.startsWith('q=')) expect(namesIn(answer)).toEqual(['Ada Here']);
  });

  it('does not show who was removed', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Here' });
    await app.aUser({
      account,
      familyName: 'Removed',
      status: 'pending',
      liveKey: null,
      deletedAt: new Date(),
    });
    expect(namesIn(await browser.get('/users?status=pending'))).toEqual([]);
  });

  it('is not for members, who are told who can help', async () => {
    const { browser } = await app.signedIn({ role: 'member' });
    for (const path of ['/users', '/users/new', '/users/export.csv', `/users/${newId()}`]) {
      const answer = await browser.get(path);
      expect(answer.status).toBe(403);
      expect(visibleText(answer)).toMatch(/administrator/i);
    }
  });

  it('leads visitors to the sign-in page and back', async () => {
    const answer = await app.browser().get('/users?status=pending');
    expect([answer.status, answer.headers['location']]).toEqual([
      303,
      '/login?next=%2Fusers%3Fstatus%3Dpending',
    ]);
  });

  it('speaks French', async () => {
    const { browser } = await app.signedIn({ role: 'admin', language: 'fr' });
    const text = visibleText(await browser.get('/users'));
    expect(text).toContain('Actifs 1');
    expect(text).toContain('Inviter des personnes');
  });
});

let searchable: Promise<{ browser: Browser }> | undefined;
function searched(): Promise<{ browser: Browser }> {
  searchable ??= (async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Admin' });
    await app.aUser({ account, givenName: 'Nguyễn', familyName: 'Đỗ', mobilePhone: '+33612345678' });
    await app.aUser({ account, givenName: 'Łukasz', familyName: 'Øster' });
    return { browser };
  })();
  return searchable;
}

function pendingNamesake(account: Account, n: number) {
  const email = `same.${n}.${newId()}@example.test`;
  return app.aUser({ account, email, givenName: 'Same', familyName: `Name${n % 3}`, status: 'pending' });
}

async function giveLink({ id: accountId }: Account, userId: string, expiresAt: Date): Promise<void> {
  await app.database.query(
    `INSERT INTO one_time_links (id, accountId, userId, purpose, expiresAt) VALUES (?, ?, ?, 'activation', ?)`,
    [newId(), accountId, userId, expiresAt],
  );
}

async function aGroup({ id: accountId }: Pick<Account, 'id'>, userIds: string[]): Promise<string> {
  const id = newId();
  await app.database.getRepository(UserGroup).insert({
    id,
    accountId,
    name: id,
    nameKey: id,
    features: null,
    createdByBatch: null,
    createdAt: new Date(),
  });
  await app.database
    .getRepository(UserGroupMember)
    .insert(userIds.map((userId) => ({ groupId: id, userId, accountId })));
  return id;
}

function rowsIn(answer: Answer): string[] {
  return answer.text.split('<tr>').slice(2);
}

function namesIn(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="table__link" href="[^"]*">([^<]*)</g)].map(([, name]) => name);
}

function idsIn(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="table__link" href="\/users\/([^"]*)"/g)].map(([, id]) => id);
}

function linkIn(answer: Answer, rel: 'next' | 'prev'): string | undefined {
  const link = new RegExp(`href="([^"]*)" rel="${rel}"`).exec(answer.text)?.[1];
  return link === undefined ? undefined : unescaped(link);
}

function hrefsIn(answer: Answer): string[] {
  return [...answer.text.matchAll(/href="([^"]*)"/g)].map(([, href]) => unescaped(href));
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}
