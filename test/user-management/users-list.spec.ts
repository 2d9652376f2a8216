import { type Account } from '../../src/accounts/account.entity.js';
import { UserGroup, UserGroupMember } from '../../src/accounts/group.entities.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';

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
    ['+33 (0)6 12-34.56 78', ['Nguyễn Đỗ']],
    ['(06) 12/34/56/78', ['Nguyễn Đỗ']],
    ['+３３ ６１２', ['Nguyễn Đỗ']],
    ["'+33612345678", ['Nguyễn Đỗ']],
    ['01 40 20 50 50', ['Łukasz Øster']],
    ['+33140205050', ['Łukasz Øster']],
    ['0042', ['Łukasz Øster']],
    ['*42#', ['Łukasz Øster']],
    ['oster 01 40 20', ['Łukasz Øster']],
    ['01 40 20 øster', ['Łukasz Øster']],
    ['oster 06 12 34', []],
    ['x'.repeat(2_000), []],
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

  it('takes what is typed where there is more than a menu can hold', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin' });
    const { id: accountId } = account;
    const groups = Array.from({ length: 501 }, (_, n) => ({
      ...{ id: newId(), accountId, name: `G${1000 + n}`, nameKey: `g${1000 + n}` },
      ...{ features: null, createdByBatch: null, createdAt: new Date() },
    }));
    await app.database.getRepository(UserGroup).insert(groups.slice(0, 500));
    const whole = await browser.get('/users');
    expect(whole.text).toContain(`<option value="${groups[499].id}"`);
    await app.database.getRepository(UserGroup).insert(groups.slice(500));
    await app.database
      .getRepository(UserGroupMember)
      .insert({ groupId: groups[500].id, userId: user.id, accountId });
    const cut = await browser.get(`/users?userGroup=${groups[500].id}`);
    expect(visibleText(cut)).toContain('The first 500 are offered; type any other in full.');
    expect(field(cut, 'userGroup').value).toBe('G1500');
    expect(namesIn(cut)).toEqual(['Ada Lovelace']);
    expect(namesIn(await browser.get('/users?userGroup=g1500'))).toEqual(['Ada Lovelace']);
    expect(namesIn(await browser.get('/users?userGroup=G1499'))).toEqual([]);
    expect(namesIn(await browser.get('/users?userGroup=G9'))).toEqual([]);
  });

  it('shows nobody for a group of another account', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const stranger = await app.aUser();
    const group = await aGroup({ id: stranger.accountId }, [stranger.id]);
    expect(namesIn(await browser.get(`/users?userGroup=${group}`))).toEqual([]);
  });

  it.each([
    ['location=Oslo', ['Berit', 'Carl']],
    ['location=oslo&department=IT', ['Berit']],
    ['location=Oslo&department=Sales', ['Carl']],
    ['location=Bonn&department=Sales', []],
    ['type=licensed', ['Carl']],
    ['type=licensed&location=Bonn', []],
    ['missing=manager', ['Anna', 'Zoe']],
    ['manager=none', ['Anna', 'Zoe']],
    ['missing=department', ['Anna', 'Zoe']],
    ['missing=location&role=member', ['Dora']],
    ['missing=location&q=dora', ['Dora']],
    ['manager=ANNA@list.test', ['Berit', 'Carl', 'Dora']],
    ['manager=anna@list.test&location=Oslo&type=basic', ['Berit']],
    ['manager=nobody@list.test', []],
    ['manager=Anna', ['Berit', 'Carl', 'Dora']],
    ['manager=adm%20ANN&location=Oslo&type=basic', ['Berit']],
    ['manager=Berit', []],
    ['manager=%25', []],
    ['signedIn=never', ['Anna', 'Dora']],
    ['signedIn=7d&role=member', ['Berit']],
    ['signedIn=30d&role=member', ['Berit']],
    ['signedIn=over-30d', ['Anna', 'Berit', 'Carl', 'Dora', 'Zoe']],
    ['signedIn=over-90d', ['Carl']],
    ['signedIn=over-365d', []],
    ['signedIn=never&department=IT', ['Dora']],
    ['signedInFrom=2026-01-05&signedInTo=2026-01-05', []],
    ['q=berit&location=Oslo', ['Berit']],
    ['q=berit&location=Bonn', []],
    ['q=e&location=Oslo&sort=-email', ['Carl', 'Berit']],
    ['userGroup=TEAM', ['Berit', 'Dora']],
    ['userGroup=team&location=Oslo&q=ber', ['Berit']],
    ['userGroup=team&sort=-name', ['Dora', 'Berit']],
  ])('shows for %s', async (query, names) => {
    const { browser } = await filterable();
    expect(namesIn(await browser.get(`/users?${query}`)).map((name) => name.split(' ')[0])).toEqual(names);
  });

  it('narrows by the day of the last sign-in, the last day included', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const at = (moment: string) => ({ account, role: 'member' as const, lastSignInAt: new Date(moment) });
    await app.aUser({ ...at('2026-01-04T23:59:59.999Z'), givenName: 'Before' });
    await app.aUser({ ...at('2026-01-05T00:00:00Z'), givenName: 'First' });
    await app.aUser({ ...at('2026-01-06T23:59:59.999Z'), givenName: 'Last' });
    await app.aUser({ ...at('2026-01-07T00:00:00Z'), givenName: 'After' });
    const days = 'role=member&sort=signed-in&signedInFrom=2026-01-05&signedInTo=2026-01-06';
    const found = async (query: string) =>
      namesIn(await browser.get(`/users?${query}`)).map((name) => name.split(' ')[0]);
    expect(await found(days)).toEqual(['First', 'Last']);
    expect(await found('role=member&sort=signed-in&signedInFrom=2026-01-06')).toEqual(['Last', 'After']);
    expect(await found('role=member&signedInFrom=2026-02-01&signedInTo=2026-01-01')).toEqual([]);
  });

  it('tells open invitations from ended ones', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const invited = (days: number) => new Date(Date.now() - days * 86_400_000);
    const pending = { account, status: 'pending' as const };
    await app.aUser({ ...pending, givenName: 'Open', invitedAt: invited(29) });
    await app.aUser({ ...pending, givenName: 'Ended', invitedAt: invited(31) });
    await app.aUser({ ...pending, givenName: 'Never', invitedAt: null });
    const found = async (invitation: string) =>
      namesIn(await browser.get(`/users?status=pending&invitation=${invitation}`)).map(
        (name) => name.split(' ')[0],
      );
    expect(await found('open')).toEqual(['Open']);
    expect((await found('ended')).sort()).toEqual(['Ended', 'Never']);
  });

  it('says what narrows the list, and takes each away by a link', async () => {
    const { account, browser } = await filterable();
    const answer = await browser.get(
      `/users?q=e&location=Oslo&signedIn=over-90d&manager=anna%40list.test&sort=-name`,
    );
    const text = visibleText(answer);
    expect(text).toContain('Location: Oslo');
    expect(text).toContain('Manager: Anna Admin');
    expect(text).toContain('Last sign-in: More than 90 days ago');
    expect(hrefsIn(answer)).toContain('/users?q=e&manager=anna%40list.test&signedIn=over-90d&sort=-name');
    expect(text).toContain('Clear filters');
    expect(account).toBeDefined();
  });

  it('keeps search, filters and sort when the tab is changed, but for what the other tab does not have', async () => {
    const { browser } = await filterable();
    const links = hrefsIn(await browser.get('/users?q=e&location=Oslo&signedIn=over-90d&sort=-signed-in'));
    expect(links).toContain('/users?status=pending&q=e&location=Oslo');
    expect(links).toContain('/users?status=deactivated&q=e&location=Oslo&signedIn=over-90d&sort=-signed-in');
  });

  it('says so when a filter names a group that is gone, or one of another account', async () => {
    const { browser } = await filterable();
    const stranger = await app.aUser({ email: `boss.${newId()}@example.test` });
    const theirs = await aGroup({ id: stranger.accountId }, [stranger.id]);
    for (const query of [`userGroup=${newId()}`, `userGroup=${theirs}`, `chatGroup=${theirs}`]) {
      const text = visibleText(await browser.get(`/users?${query}`));
      expect(text).toContain('A filter names something that is not there any more');
      expect(text).not.toContain(theirs);
    }
    for (const manager of [stranger.id, stranger.email]) {
      const answer = await browser.get(`/users?manager=${encodeURIComponent(manager)}`);
      expect(namesIn(answer)).toEqual([]);
      expect(visibleText(answer)).toContain('Manager: no longer there');
    }
  });

  it('goes on with its filters on the next page', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    for (let n = 0; n < 55; n++)
      await app.aUser({
        account,
        familyName: `N${n}`,
        location: 'Oslo',
        department: 'IT',
        email: `n${n}.${newId()}@x.test`,
      });
    for (let n = 0; n < 5; n++)
      await app.aUser({ account, familyName: `N${n}a`, location: 'Bonn', department: 'IT' });
    for (const sort of ['name', '-email', 'department', '-signed-in']) {
      const first = await browser.get(`/users?location=Oslo&department=IT&q=n&sort=${sort}`);
      const second = await browser.get(linkIn(first, 'next') ?? '');
      expect(idsIn(first)).toHaveLength(50);
      expect(new Set([...idsIn(first), ...idsIn(second)]).size).toBe(55);
    }
  });

  it('finds the same whether few or many match a filter', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', location: 'Here' });
    const many = await manyPeople(account, 1_000);
    const group = await aGroup(account, many.slice(0, 950));
    const [first] = many;
    await app.database.query("UPDATE users SET location = 'There', type = 'licensed' WHERE id = ?", [first]);
    await app.database.query('UPDATE users SET managerId = ? WHERE accountId = ?', [first, account.id]);
    for (const query of [
      `userGroup=${group}&location=There`,
      `userGroup=${group}&type=licensed&sort=-email`,
      `manager=${first}&location=There&q=many`,
      `manager=${first}&userGroup=${group}&type=licensed&sort=signed-in`,
      'department=Big&location=There&q=many&sort=department',
    ]) {
      expect(idsIn(await browser.get(`/users?${query}`))).toEqual([first]);
    }
    for (const query of [
      `userGroup=${group}&location=Nowhere`,
      'department=Big&location=Here&q=many&sort=-email',
      `manager=${first}&type=basic&q=nobody`,
    ]) {
      expect(idsIn(await browser.get(`/users?${query}`))).toEqual([]);
    }
    const all = await browser.get(`/users?department=Big&q=many&type=basic&manager=${first}&all=matching`);
    expect(visibleText(all)).toContain('All 999 that match are selected');
  });

  it('shows the bin while somebody is in it', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    expect(visibleText(await browser.get('/users'))).not.toContain('Erased');
    expect(visibleText(await browser.get('/users?status=erased'))).toContain('The bin is empty');
    await app.aUser({ account, familyName: 'Binned', status: 'erased', deletedAt: new Date() });
    expect(visibleText(await browser.get('/users'))).toContain('Erased 1');
    const bin = await browser.get('/users?status=erased');
    expect(namesIn(bin)).toEqual(['Ada Binned']);
    expect(bin.text).not.toContain('name="ids"');
    expect(namesIn(await browser.get('/users?q=binned'))).toEqual([]);
  });

  it('offers in a row only what the reader may do', async () => {
    const { account, browser, user } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner' });
    const member = await app.aUser({ account });
    const { text } = await browser.get('/users');
    expect(text).toContain(`/users/${member.id}/deactivation`);
    for (const { id } of [owner, user]) expect(text).not.toContain(`/users/${id}/deactivation`);
    expect(text).not.toContain(`/users/${owner.id}/edit`);
    expect(text).toContain(`/users/${user.id}/edit`);
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
    expect(visibleText(await browser.get('/users?status=pending&q=same'))).toContain('More than 50 results');
    expect(visibleText(await browser.get('/users?status=pending&q=only'))).toContain('1 result');
  });

  it.each([
    'after=%25%25%25',
    'before=AAAA',
    `after=${Buffer.from('["name",{"a":1},"x"]').toString('base64url')}`,
    `after=${Buffer.from(`["email","a","${newId()}"]`).toString('base64url')}`,
    'after=a&after=b',
    'sort=password&status=everybody&role=god&userGroup=1&userGroup=2',
    'signedIn=soon&signedInFrom=2026-99-99&type=gold&missing=all&invitation=ended',
    `after=${Buffer.from(`["-name","a","${newId()}"]`).toString('base64url')}`,
    'after=&before=&columns=&columns=nothing',
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
    // Addresses of their own: the digits of one made by chance are found too.
    const { account, browser } = await app.signedIn({
      ...{ role: 'admin', familyName: 'Admin', email: 'searching@example.test' },
    });
    await app.aUser({
      ...{ account, givenName: 'Nguyễn', familyName: 'Đỗ', email: 'nguyen@example.test' },
      mobilePhone: '+33612345678',
    });
    await app.aUser({
      ...{ account, givenName: 'Łukasz', familyName: 'Øster', email: 'lukasz@example.test' },
      ...{ workPhone: '+33140205050', extension: '*0042#' },
    });
    return { browser };
  })();
  return searchable;
}

let filtering: Promise<{ account: Account; browser: Browser }> | undefined;
function filterable(): Promise<{ account: Account; browser: Browser }> {
  filtering ??= (async () => {
    const { account, browser } = await app.signedIn({ role: 'owner', givenName: 'Zoe', location: 'Bonn' });
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    const anna = await app.aUser({
      ...{ account, role: 'admin', givenName: 'Anna', familyName: 'Admin', email: 'anna@list.test' },
      ...{ location: 'Bonn' },
    });
    const person = (givenName: string, fields: object) =>
      app.aUser({
        ...{ account, givenName, familyName: givenName, managerId: anna.id },
        ...{ email: `${givenName.toLowerCase()}@list.test`, ...fields },
      });
    const berit = await person('Berit', { location: 'Oslo', department: 'IT', lastSignInAt: ago(3) });
    await person('Carl', { location: 'Oslo', department: 'Sales', type: 'licensed', lastSignInAt: ago(100) });
    const dora = await person('Dora', { department: 'IT' });
    const group = await aGroup(account, [berit.id, dora.id]);
    await app.database.query("UPDATE user_groups SET name = 'Team', nameKey = 'team' WHERE id = ?", [group]);
    return { account, browser };
  })();
  return filtering;
}

async function manyPeople(account: Account, count: number): Promise<string[]> {
  const model = await app.aUser({ account, givenName: 'Many', department: 'Big', location: 'Elsewhere' });
  const users = app.database.getRepository(User);
  const others = Array.from({ length: count - 1 }, () => {
    const id = newId();
    return users.create({ ...model, id, email: `${id}@example.test` }).rekey();
  });
  for (let from = 0; from < others.length; from += 500) await users.insert(others.slice(from, from + 500));
  return [model.id, ...others.map(({ id }) => id)];
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
