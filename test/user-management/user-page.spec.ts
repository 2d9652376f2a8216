import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const saved = (id: string) => app.database.getRepository(User).findOneByOrFail({ id });

describe('the page of a person', () => {
  it('shows details, access, and what happened in plain words', async () => {
    const { account, user: admin, browser } = await app.signedIn({ role: 'admin', familyName: 'Boss' });
    const person = await app.aUser({ account, workPhone: '+33140205050', department: 'IT' });
    await browser.post(`/users/${person.id}`, {
      revision: 1,
      department: 'Sales',
      manager: admin.email,
      mobilePhone: '+33612345678',
    });
    const text = visibleText(await browser.get(`/users/${person.id}`));
    for (const said of [
      '+33 1 40 20 50 50',
      'Manager Ada Boss',
      'Calling Off As the company has it',
      'Edited',
      'Department Before IT After Sales',
      'Mobile Before empty After +33 6 12 34 56 78',
    ]) {
      expect(text).toContain(said);
    }
  });

  it('leads to the directory as they see it, which the audit log notes', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account });
    const page = await browser.get(`/users/${person.id}`);
    const [, action] = /<form method="post" action="([^"]+\/directory)">/.exec(page.text) ?? [];
    expect(action).toBe(`/users/${person.id}/directory`);
    expect((await browser.post(action ?? '', {})).headers['location']).toBe(action);
    const noted = { accountId: account.id, action: 'directory.see-as', targetId: person.id };
    expect(await app.database.getRepository(AuditEntry).countBy(noted)).toBe(1);
  });

  it('is not there for people of another account, or ids that are none', async () => {
    const { browser } = await app.signedIn({ role: 'owner' });
    const stranger = await app.aUser();
    for (const id of [stranger.id, newId(), 'x', '../login']) {
      for (const path of [`/users/${encodeURIComponent(id)}`, `/users/${encodeURIComponent(id)}/edit`]) {
        expect((await browser.get(path)).status).toBe(404);
      }
      for (const path of ['', '/deactivation', '/reactivation']) {
        const answer = await browser.post(`/users/${encodeURIComponent(id)}${path}`, {
          givenName: 'Mallory',
        });
        expect(answer.status).toBe(404);
      }
    }
    expect(await saved(stranger.id)).toMatchObject({ givenName: 'Ada', status: 'active' });
  });

  it('tells a person who is gone from an address that names nobody', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    expect(visibleText(await browser.get(`/users/${newId()}`))).toContain(
      'This person is not in your company',
    );
    const nowhere = visibleText(await browser.get('/users/bulk'));
    expect(nowhere).toContain('Page not found It may have been deleted');
    expect(nowhere).not.toContain('This person');
  });

  it('lets no admin edit or deactivate an owner, and says who can', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner' });
    const page = await browser.get(`/users/${owner.id}`);
    expect(visibleText(page)).toContain('Only an owner can change an owner');
    expect(page.text).not.toContain(`/users/${owner.id}/edit`);
    const edit = await browser.get(`/users/${owner.id}/edit`);
    expect([edit.status, visibleText(edit)]).toEqual([403, expect.stringContaining('Only an owner')]);
    expect((await browser.post(`/users/${owner.id}`, { givenName: 'Mallory' })).status).toBe(403);
    const answer = await browser.post(`/users/${owner.id}/deactivation`);
    expect(visibleText(await browser.follow(answer))).toContain('Only an owner can change an owner');
    expect(await saved(owner.id)).toMatchObject({ givenName: 'Ada', status: 'active' });
  });

  it('deactivates somebody, whose session ends, and reactivates them', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { user, browser: theirs } = await app.signedIn({ account });
    const gone = await browser.follow(await browser.post(`/users/${user.id}/deactivation`));
    expect(visibleText(gone)).toContain('is deactivated');
    expect((await theirs.get('/profile')).status).toBe(303);
    const back = await browser.follow(await browser.post(`/users/${user.id}/reactivation`));
    expect(visibleText(back)).toContain('is active again');
    expect(await saved(user.id)).toMatchObject({ status: 'active', deactivatedAt: null });
  });
});

describe('editing a person', () => {
  it('opens with what is known and saves what is changed', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account, jobTitle: 'Clerk', mobilePhone: '+33612345678' });
    const form = await browser.get(`/users/${person.id}/edit`);
    expect(field(form, 'jobTitle').value).toBe('Clerk');
    expect(field(form, 'mobilePhone').value).toBe('+33 6 12 34 56 78');
    expect(field(form, 'revision').value).toBe('1');
    const answer = await browser.post(`/users/${person.id}`, {
      revision: 1,
      givenName: 'Ada',
      familyName: 'King',
      jobTitle: '',
      userGroups: 'Nobles',
      features: ['phone:on'],
    });
    expect(visibleText(await browser.follow(answer))).toContain('Ada King saved');
    expect(await saved(person.id)).toMatchObject({
      familyName: 'King',
      jobTitle: null,
      mobilePhone: '+33612345678',
      features: { phone: true },
      revision: 2,
    });
  });

  it('edits pending people like others', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account, status: 'pending' });
    const answer = await browser.post(`/users/${person.id}`, { revision: 1, department: 'IT' });
    expect(answer.status).toBe(303);
    expect(await saved(person.id)).toMatchObject({ department: 'IT', status: 'pending' });
  });

  it('keeps what was typed for a number that stays', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({
      account,
      mobilePhone: '+33612345678',
      mobilePhoneTyped: '06.12.34.56.78',
    });
    await browser.post(`/users/${person.id}`, { mobilePhone: '+33 6 12 34 56 78', department: 'IT' });
    expect(await saved(person.id)).toMatchObject({ mobilePhoneTyped: '06.12.34.56.78', department: 'IT' });
  });

  it('gives back a name left empty', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account });
    const answer = await browser.post(`/users/${person.id}`, {
      revision: 1,
      givenName: ' ',
      department: 'IT',
    });
    expect([answer.status, field(answer, 'givenName').error]).toEqual([
      422,
      expect.stringContaining('Fill in'),
    ]);
    expect(await saved(person.id)).toMatchObject({ givenName: 'Ada', department: null });
  });

  it('shows both versions when somebody saved meanwhile, and takes the choice', async () => {
    const account = await app.anAccount();
    const { browser: mine } = await app.signedIn({ account, role: 'admin' });
    const { browser: theirs } = await app.signedIn({ account, role: 'admin', familyName: 'Rival' });
    const person = await app.aUser({ account, department: 'Old', location: 'Here' });
    await theirs.post(`/users/${person.id}`, { revision: 1, department: 'Theirs' });
    const answer = await mine.post(`/users/${person.id}`, {
      revision: 1,
      department: 'Old',
      location: 'Mine',
    });
    expect(answer.status).toBe(409);
    const text = visibleText(answer);
    expect(text).toContain('Ada Rival saved changes');
    expect(text).toMatch(/Department Theirs Saved now Old What you entered/);
    // Each side keeps what it alone has changed.
    expect(answer.text).toMatch(/name="department" value="Theirs" checked/);
    expect(answer.text).toMatch(/name="location" value="Mine" checked/);
    expect(await saved(person.id)).toMatchObject({ department: 'Theirs', location: 'Here' });

    const revision = field(answer, 'revision').value;
    await mine.post(`/users/${person.id}`, { revision, department: 'Theirs', location: 'Mine' });
    expect(await saved(person.id)).toMatchObject({ department: 'Theirs', location: 'Mine', revision: 3 });
  });

  it('lets one of two edits at the same moment win', async () => {
    const account = await app.anAccount();
    const { browser: one } = await app.signedIn({ account, role: 'admin' });
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    const person = await app.aUser({ account });
    for (const browser of [one, other]) await browser.formToken();
    const answers = await Promise.all([
      one.post(`/users/${person.id}`, { revision: 1, department: 'One' }),
      other.post(`/users/${person.id}`, { revision: 1, department: 'Other' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect((await saved(person.id)).revision).toBe(2);
  });

  it('does not take e-mail, role or status', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account });
    await browser.post(`/users/${person.id}`, {
      ...{ revision: 1, givenName: 'Eve', email: 'eve@evil.test', role: 'owner', status: 'deactivated' },
    });
    expect(await saved(person.id)).toMatchObject({
      givenName: 'Eve',
      email: person.email,
      role: 'member',
      status: 'active',
    });
  });

  it('is not for members', async () => {
    const { user, browser } = await app.signedIn({ role: 'member' });
    expect((await browser.get(`/users/${user.id}/edit`)).status).toBe(403);
    expect((await browser.post(`/users/${user.id}`, { givenName: 'Eve' })).status).toBe(403);
  });
});
