import { Controller, Get, Module, Post } from '@nestjs/common';
import { UserManagementModule } from '../../src/user-management/user-management.module.js';
import { Member, NeedsFeature } from '../../src/web/access.js';
import { redirect } from '../../src/web/answers.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';

@Member()
@NeedsFeature('personal-contacts')
@Controller('page-of-a-feature')
class PageOfAFeature {
  @Get()
  show() {
    return redirect('/profile');
  }

  @Post()
  change() {
    return redirect('/profile');
  }
}

@Module({ controllers: [PageOfAFeature] })
class PageModule {}

// The application has no page of a feature yet: one is put beside those of user management.
const imports = Reflect.getMetadata('imports', UserManagementModule) as unknown[];

let app: TestApp;
beforeAll(async () => {
  Reflect.defineMetadata('imports', [...imports, PageModule], UserManagementModule);
  app = await startApp();
});
afterAll(async () => {
  await app.close();
  Reflect.defineMetadata('imports', imports, UserManagementModule);
});

describe('a page whose feature is off', () => {
  it('opens while it is on, and is closed at the next request after it was switched off', async () => {
    const { account, user, browser } = await app.signedIn();
    expect((await browser.get('/page-of-a-feature')).status).toBe(303);
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      '{"personal-contacts":false}',
      user.id,
    ]);
    const answer = await browser.get('/page-of-a-feature');
    expect(answer.status).toBe(403);
    const text = visibleText(answer);
    expect(text).toContain('This is switched off');
    expect(text).toContain(
      'Personal contacts are switched off for you. Nothing is lost: ask an administrator',
    );
    expect(answer.text).not.toContain('/settings#features');
    expect((await browser.post('/page-of-a-feature')).status).toBe(403);
    const colleague = await app.signedIn({ account });
    expect((await colleague.browser.get('/page-of-a-feature')).status).toBe(303);
  });

  it('leads an administrator to where it is switched on', async () => {
    const { browser } = await app.signedIn({ role: 'admin', features: { 'personal-contacts': false } });
    const answer = await browser.get('/page-of-a-feature');
    expect([answer.status, answer.text.includes('href="/settings#features"')]).toEqual([403, true]);
  });

  it('leads nobody there who has no such page', async () => {
    const account = await app.anAccount({ kind: 'personal' });
    const { browser } = await app.signedIn({
      account,
      role: 'owner',
      features: { 'personal-contacts': false },
    });
    const answer = await browser.get('/page-of-a-feature');
    expect([answer.status, answer.text.includes('/settings#features')]).toEqual([403, false]);
  });

  it('asks a visitor to sign in first', async () => {
    const answer = await app.browser().get('/page-of-a-feature');
    expect(answer.headers['location']).toBe('/login?next=%2Fpage-of-a-feature');
  });
});
