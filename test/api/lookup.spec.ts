import { type Account } from '../../src/accounts/account.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { ChatGroup, ChatGroupMember, UserGroup } from '../../src/accounts/group.entities.js';
import { newSettings } from '../../src/accounts/settings.js';
import { newId } from '../../src/database/id.js';
import { betweenPeople } from '../external-contacts/two-companies.js';
import { MailboxOf } from '../integrations/mailbox-of.js';
import { kept } from '../personal-contacts/keeping.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';
import { aCompany, aToken, Program, type Company } from './api.js';
import { Contract } from './documented.js';

let app: TestApp;
let nord: Company;
let pbx: Program;
let contract: Contract;
beforeAll(async () => {
  app = await startApp();
  nord = await aCompany(app);
  pbx = new Program(app.url, await aToken(nord.browser, { scopes: ['lookup:read'] }));
  contract = new Contract((await pbx.send('get', '/api/v1/openapi.json')).body as never);
});
afterAll(() => app.close());

const path = '/api/v1/lookup';
let numbers = 0;
/** A French mobile number nobody else of these tests has. */
const aNumber = () => `+336123456${String(10 + numbers++)}` as `+${string}`;
const licensed = (fields = {}) => app.signedIn({ account: nord.account, type: 'licensed', ...fields });
const colleague = (fields = {}) => app.aUser({ account: nord.account, ...fields });

/** Asks, holds the answer against its documentation. */
async function asked(number: string, user: string, program = pbx) {
  const answer = await program.lookUp(number, user);
  contract.hold('get', path, answer);
  return { status: answer.status, code: answer.headers['x-problem'] as string, ...(answer.body as Found) };
}

interface Found {
  found: boolean;
  number: string | null;
  name: string;
  company: string | null;
  title: string | null;
  source: string;
  link: string;
  others: { name: string }[];
}

async function keep(
  browser: Browser,
  displayName: string,
  mobilePhone: string,
  organization = '',
): Promise<void> {
  const answer = await browser.post('/personal-contacts', { displayName, mobilePhone, organization });
  expect(answer.status).toBe(303);
}

describe('who is calling', () => {
  it('is a colleague, with where they work, what they do and the page of their entry', async () => {
    const number = aNumber();
    const user = await colleague({
      mobilePhone: number,
      givenName: 'Grace',
      familyName: 'Hopper',
      jobTitle: 'Admiral',
    });
    expect(await asked(number, nord.owner.email)).toEqual({
      ...{ status: 200, found: true, number, name: 'Grace Hopper', company: nord.account.name },
      ...{ title: 'Admiral', source: 'colleague', link: `${app.url}/contacts/${user.id}`, others: [] },
    });
  });

  it('is told in every notation, as it is dialled in the country, inside a SIP address, and with a plus that was not escaped', async () => {
    await colleague({ workPhone: '+33155667788', givenName: 'Ada', familyName: 'Byron' });
    const said = [
      ...['+33155667788', '+33 1 55 66 77 88', '01 55 66 77 88', '0155667788', '0033155667788'],
      ...['sip:+33155667788@pbx.example', 'tel:+33-1-55-66-77-88', '33155667788'],
    ];
    for (const number of said)
      expect(await asked(number, nord.owner.email)).toMatchObject({ name: 'Ada Byron' });
    const raw = await pbx.send('get', `${path}?number=+33155667788&user=${nord.owner.email}`);
    expect(raw.body).toMatchObject({ found: true, number: '+33155667788' });
  });

  it('is a colleague by extension', async () => {
    await colleague({ extension: '8801', givenName: 'Ex', familyName: 'Tension' });
    expect(await asked('8801', nord.owner.email)).toMatchObject({
      found: true,
      number: null,
      name: 'Ex Tension',
    });
    expect(await asked('sip:8801@pbx', nord.owner.email)).toMatchObject({ name: 'Ex Tension' });
    const other = await aCompany(app);
    const theirs = new Program(app.url, await aToken(other.browser));
    expect(await asked('8801', other.owner.email, theirs)).toMatchObject({ found: false });
  });

  it('is nobody where nobody has the number, or there is none', async () => {
    expect(await asked('+33 1 99 00 11 22', nord.owner.email)).toEqual({
      ...{ status: 200, code: undefined, found: false, number: '+33199001122' },
    });
    for (const number of ['', 'anonymous', '📞', '+', '%', 'x'.repeat(254)]) {
      expect(await asked(number, nord.owner.email)).toMatchObject({
        status: 200,
        found: false,
        number: null,
      });
    }
  });

  it('is told from the contacts of the user alone, colleagues first', async () => {
    const number = aNumber();
    const { user, browser } = await licensed();
    const { user: stranger } = await licensed();
    await keep(browser, 'Papa', number, 'Chez nous');
    expect(await asked(number, user.email)).toMatchObject({
      name: 'Papa',
      company: 'Chez nous',
      source: 'personal',
    });
    expect(await asked(number, stranger.email)).toMatchObject({ found: false });
    await colleague({ mobilePhone: number, givenName: 'Jean', familyName: 'Valjean' });
    const both = await asked(number, user.email);
    expect([both.name, both.others.map(({ name }) => name)]).toEqual(['Jean Valjean', ['Papa']]);
    expect(await asked(number, stranger.email)).toMatchObject({ name: 'Jean Valjean', others: [] });
  });

  it('is told from a third mobile too, be it from a file or in a mailbox', async () => {
    const [fromFile, inMailbox] = [aNumber(), aNumber()];
    const { user } = await licensed();
    await kept(app, user, [
      { displayName: 'Lou File', extra: [['tel', { type: 'cell' }, 'text', fromFile.replace('+33', '0')]] },
    ]);
    await (
      await MailboxOf.connect(app, user)
    ).add({
      ...{ displayName: 'Lou Cloud', mobilePhone: aNumber() },
      further: { numbers: [{ field: 'mobilePhone', text: inMailbox, number: inMailbox }] },
    });
    expect(await asked(fromFile, user.email)).toMatchObject({ name: 'Lou File', source: 'personal' });
    expect(await asked(inMailbox, user.email)).toMatchObject({ name: 'Lou Cloud', source: 'cloud' });
    expect(await asked(inMailbox, nord.owner.email)).toMatchObject({ found: false });
  });

  it('is whom the user has noted, before somebody of another company who says so of themselves', async () => {
    const number = aNumber();
    const { user, browser } = await licensed();
    const other = await app.signedIn({
      account: await app.anAccount({ name: 'Harbour & Pine' }),
      ...{ workPhone: number, givenName: 'Aoife', familyName: 'Davies' },
    });
    await betweenPeople(app).connect({ user, account: nord.account, browser }, other);
    await keep(browser, 'Zora Neale', number);
    const both = await asked(number, user.email);
    expect([both.name, both.source, both.others]).toMatchObject([
      'Zora Neale',
      'personal',
      [{ name: 'Aoife Davies' }],
    ]);
    // One person in two places is called what they call themselves.
    await keep(browser, 'Aoife Davies', number);
    const same = await asked(number, user.email);
    expect([same.name, ...same.others.map(({ name }) => name)]).toEqual(['Aoife Davies', 'Zora Neale']);
  });

  it('is one person in two places, not two', async () => {
    const number = aNumber();
    const { user, browser } = await licensed();
    await keep(browser, 'Hopper, Grace', number);
    await colleague({ mobilePhone: number, givenName: 'Grace', familyName: 'Hopper' });
    expect(await asked(number, user.email)).toMatchObject({ source: 'colleague', others: [] });
  });

  it('is their company where more people have a number than one person can be', async () => {
    const number = '+33144556677';
    for (const givenName of ['A', 'B', 'C', 'D']) await colleague({ workPhone: number, givenName });
    expect(await asked(number, nord.owner.email)).toMatchObject({
      name: nord.account.name,
      title: null,
      others: [],
    });
  });

  it('is nobody whom the user does not find', async () => {
    const number = aNumber();
    const { account, owner, browser } = await aCompany(app);
    const own = new Program(app.url, await aToken(browser));
    const hidden = await app.aUser({ account, mobilePhone: number, givenName: 'Hidden' });
    expect(await asked(number, owner.email, own)).toMatchObject({ found: true });
    await restrict(account, hidden.id);
    expect(await asked(number, owner.email, own)).toMatchObject({ found: false });
  });

  it('is an external contact by the numbers they show, while the feature is on', async () => {
    const number = aNumber();
    const { user, browser } = await licensed();
    const other = await app.signedIn({
      ...{
        account: await app.anAccount({ name: 'Harbour & Pine' }),
        workPhone: number,
        mobilePhone: aNumber(),
      },
      ...{ givenName: 'Aoife', familyName: 'Davies' },
    });
    await betweenPeople(app).connect({ user, account: nord.account, browser }, other);
    expect(await asked(number, user.email)).toMatchObject({
      ...{ name: 'Aoife Davies', company: 'Harbour & Pine', source: 'external' },
    });
    const settings = { ...newSettings(other.account.id), outsiderFields: ['jobTitle' as const] };
    await app.database.getRepository(AccountSettings).insert(settings);
    expect(await asked(number, user.email)).toMatchObject({ found: false });
    await app.database.query('DELETE FROM account_settings WHERE accountId = ?', [other.account.id]);
    await app.database.query(`UPDATE users SET features = '{"external-contacts":false}' WHERE id = ?`, [
      user.id,
    ]);
    expect(await asked(number, user.email)).toMatchObject({ found: false });
  });
});

describe('the user', () => {
  it('is named by address, extension or number', async () => {
    const number = aNumber();
    await colleague({ mobilePhone: number });
    await licensed({ extension: '8850', workPhone: '+33177889900' });
    for (const user of ['8850', '+33177889900', '01 77 88 99 00']) {
      expect(await asked(number, user)).toMatchObject({ found: true });
    }
  });

  it('must be there, of this company, and somebody who may call', async () => {
    const other = await aCompany(app);
    const number = aNumber();
    await colleague({ mobilePhone: number });
    const gone = await colleague({ type: 'licensed', status: 'deactivated' });
    const unknown = [await asked(number, 'nobody@example.test'), await asked(number, other.owner.email)];
    unknown.push(await asked(number, gone.email), await asked(number, 'x'), await asked(number, '%'));
    // The id of the request apart, all the same to a letter.
    const said = unknown.map((answer) => ({ ...answer, requestId: '' }));
    for (const each of said) expect(each).toEqual({ ...said[0], status: 404, code: 'unknown-user' });
    const basic = await colleague();
    expect(await asked(number, basic.email)).toMatchObject({ status: 403, code: 'phone-off' });
    const off = await colleague({ type: 'licensed', features: { phone: false } });
    expect(await asked(number, off.email)).toMatchObject({ status: 403, code: 'phone-off' });
    for (const extension of ['8861', '8862']) {
      await colleague({ type: 'licensed', extension, workPhone: '+33188776655' });
    }
    expect(await asked(number, '+33188776655')).toMatchObject({ status: 409, code: 'several-users' });
  });

  it('has the features their groups decide', async () => {
    const { account, browser, owner } = await aCompany(app);
    const own = new Program(app.url, await aToken(browser));
    const groupId = newId();
    const group = {
      id: groupId,
      accountId: account.id,
      name: 'No phone',
      nameKey: 'no phone',
      createdAt: new Date(),
    };
    const features = { phone: { on: false, locked: true } };
    await app.database.getRepository(UserGroup).insert({ ...group, features } as never);
    await app.database.query('UPDATE accounts SET groupFeatures = 1 WHERE id = ?', [account.id]);
    expect(await asked('1', owner.email, own)).toMatchObject({ status: 200 });
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      ...[groupId, owner.id, account.id],
    ]);
    expect(await asked('1', owner.email, own)).toMatchObject({ status: 403, code: 'phone-off' });
  });

  it('and the number must be said, each once', async () => {
    for (const query of [
      '',
      '?number=1',
      '?user=x',
      '?number=1&number=2&user=x',
      '?number=1&user=x&user=y',
    ]) {
      const answer = await pbx.send('get', `${path}${query}`);
      contract.hold('get', path, answer);
      expect([answer.status, answer.headers['x-problem']]).toEqual([400, 'bad-parameters']);
    }
  });
});

describe('an answer in text', () => {
  it('is the name alone, and nothing where nobody is known or something is wrong', async () => {
    const number = aNumber();
    await colleague({ mobilePhone: number, givenName: 'Zoë', familyName: 'Œuvre' });
    const text = async (said: string, user: string, more = {}, headers: Record<string, string> = {}) => {
      const query = new URLSearchParams({ number: said, user, ...more }).toString();
      const answer = await pbx.send('get', `${path}?${query}`, undefined, headers);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      return [answer.status, answer.text];
    };
    const plain = { Accept: 'text/plain' };
    expect(await text(number, nord.owner.email, {}, plain)).toEqual([200, 'Zoë Œuvre']);
    expect(await text(number, nord.owner.email, { format: 'text' }, { Accept: '*/*' })).toEqual([
      200,
      'Zoë Œuvre',
    ]);
    expect(await text('+33199001122', nord.owner.email, {}, plain)).toEqual([200, '']);
    expect(await text(number, 'nobody', { format: 'text' })).toEqual([404, '']);
  });

  it('is one line whatever a name holds', async () => {
    const number = aNumber();
    const { user } = await colleague({ mobilePhone: number }).then((each) => ({ user: each }));
    await app.database.query('UPDATE users SET givenName = ?, familyName = ? WHERE id = ?', [
      ...['A\r\nX-Header: 1', '\u2028"B"', user.id],
    ]);
    const answer = await pbx.lookUp(number, nord.owner.email, { format: 'text' });
    expect(answer.text).toBe('A X-Header: 1 B');
  });

  it('holds nothing a dialplan would run, or take for the end of the name', async () => {
    const number = aNumber();
    const { id } = await colleague({ mobilePhone: number });
    const named = async (givenName: string) => {
      await app.database.query(`UPDATE users SET givenName = ?, familyName = '' WHERE id = ?`, [
        givenName,
        id,
      ]);
      return (await pbx.lookUp(number, nord.owner.email, { format: 'text' })).text;
    };
    expect(await named('${system(touch /tmp/x)}')).toBe('system(touch /tmp/x)');
    expect(await named('$[1]${SHELL(id)} "Bank" <+33100000000>`id`\\;|')).toBe(
      '1 SHELL(id) Bank +33100000000 id',
    );
    expect(await named("Anne-Marie O’Neil, D'Arcy & Co. (Ops)")).toBe(
      "Anne-Marie O’Neil, D'Arcy & Co. (Ops)",
    );
  });

  it('is asked with HEAD too, and is not for caches', async () => {
    const query = `${path}?number=1&user=${nord.owner.email}`;
    const [head, get] = [await pbx.send('head', query), await pbx.send('get', query)];
    expect([head.status, head.text ?? '']).toEqual([200, '']);
    expect(get.headers['cache-control']).toBe('no-store');
    expect(get.headers['vary']).toContain('Authorization');
    expect(get.headers['x-content-type-options']).toBe('nosniff');
  });
});

/** Puts somebody into a restricted group of their own. */
async function restrict({ id: accountId }: Account, userId: string): Promise<void> {
  const group = { id: newId(), accountId, name: 'Board', nameKey: 'board', kind: 'restricted' as const };
  const now = new Date();
  await app.database.getRepository(ChatGroup).insert({ ...group, createdAt: now, updatedAt: now } as never);
  await app.database.getRepository(ChatGroupMember).insert({ groupId: group.id, userId, accountId } as never);
  await app.database.query('UPDATE users SET restricted = 1 WHERE id = ?', [userId]);
  await app.database.query('UPDATE accounts SET restrictedGroups = 1 WHERE id = ?', [accountId]);
}
