import { Groups } from '../../src/accounts/groups.service.js';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('my data', () => {
  it('is the whole entry of whoever asks, with groups and sessions, and neither secrets nor anybody else', async () => {
    const account = await app.anAccount();
    const manager = await app.aUser({ account, givenName: 'Charles' });
    const { user, browser } = await app.signedIn({
      ...{ account, jobTitle: 'Poet', managerId: manager.id, workPhone: '+33140205050' },
    });
    const actor = operator(account.id);
    const id = await app.get(Groups).create(actor, noFacts, 'userGroups', { name: 'Vente' });
    await app.get(GroupMembers).add(actor, noFacts, 'userGroups', id, [user.id]);
    const answer = await browser.get('/profile/my-data.json');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="my-data.json"');
    expect(answer.headers['cache-control']).toContain('no-store');
    const told = JSON.parse(answer.text) as Record<string, unknown>;
    expect(told).toMatchObject({
      company: account.name,
      person: {
        ...{ email: user.email, givenName: 'Ada', jobTitle: 'Poet', workPhone: '+33140205050' },
        ...{ manager: manager.email, status: 'active', photo: null },
      },
      userGroups: ['Vente'],
      chatGroups: [],
      sessions: [{ address: expect.any(String) as string }],
    });
    const secrets = await app.database.query<{ secret: string; idHash: string }[]>(
      'SELECT c.secret, s.idHash FROM credentials c JOIN sessions s ON s.userId = c.userId WHERE c.userId = ?',
      [user.id],
    );
    for (const { secret, idHash } of secrets)
      expect([answer.text.includes(secret), answer.text.includes(idHash)]).toEqual([false, false]);
    expect(answer.text).not.toContain('Charles');
  });

  it('leads to what features keep, and says so of one that is off', async () => {
    const { browser } = await app.signedIn();
    const page = await browser.get('/profile/my-data');
    expect((await browser.get('/profile')).text).toContain('href="/profile/my-data"');
    expect(page.text).toContain('href="/personal-contacts/export.vcf"');
    expect((await browser.get('/personal-contacts/export.vcf')).status).toBe(200);
    const off = await app.signedIn({ features: { 'personal-contacts': false } });
    const told = await off.browser.get('/profile/my-data');
    expect(told.text).not.toContain('/personal-contacts');
    expect(visibleText(told)).toContain('What you have is kept: ask an administrator');
  });
});
