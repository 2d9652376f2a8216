import { User } from '../../src/accounts/user.entity.js';
import { ImportWork } from '../../src/imports/import-work.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { checked, file, imported, theImport } from '../imports/importing.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';
import { visibleText } from '../support/browser.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Where in the whole database a text stands, as `table.column`. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await app.database.query<{ place: string; t: string; c: string }[]>(
    `SELECT CONCAT(table_name, '.', column_name) AS place, table_name AS t, column_name AS c
     FROM information_schema.columns
     WHERE table_schema = DATABASE() AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')`,
  );
  const places: string[] = [];
  for (const { place, t, c } of columns) {
    const found = await app.database.query<object[]>(`SELECT 1 FROM \`${t}\` WHERE \`${c}\` LIKE ? LIMIT 1`, [
      `%${text}%`,
    ]);
    if (found.length > 0) places.push(place);
  }
  return places;
}

describe('somebody who is erased for good', () => {
  it('is named nowhere any more but as who did what', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const email = 'quixotrop@example.test';
    const { user, browser: theirs } = await app.signedIn({
      ...{ account, email, role: 'admin', givenName: 'Zebulonius', familyName: 'Quixotrop' },
    });
    await theirs.post('/profile/email', { email: `new.${email}`, currentPassword: PASSWORD });
    await theirs.post('/users/views', { name: 'Zebulonius only', query: 'q=Quixotrop' });
    await browser.post('/users/views', { name: 'Team', query: `manager=${email}`, shared: 'on' });
    await browser.post(`/users/${user.id}`, { givenName: 'Zebulonius', familyName: 'Quixotrop-X' });
    const rows = file(`${email},Zebulonius,Quixotrop-Y`, `quince@example.test,Ada,Quince,,${email}`);
    const id = await checked(app, browser, rows);
    await imported(app, browser, id);
    const lists = `Email\r\n${email}\r\nnobody@x\r\n`;
    await browser.upload('/users/deactivate', { name: 'list.csv', bytes: lists });
    await browser.upload('/users/deactivate', { name: 'list.csv', bytes: `Email\r\n${user.email}, x\r\n` });
    const [mail] = await app.database.query<{ id: string }[]>('SELECT id FROM mails WHERE toAddress = ?', [
      email,
    ]);
    expect((await browser.get(`/mail/${mail.id}`)).status).toBe(200);
    await browser.post(`/users/${user.id}/erasure`, { confirmed: 'on' });
    await browser.upload('/users/deactivate', { name: 'list.csv', bytes: lists });
    await app.get(JobsWorker).idle();
    await browser.post(`/users/${user.id}/erasure/final`, { confirmed: 'on' });
    expect(await app.database.getRepository(User).findOneBy({ id: user.id })).toBeNull();
    expect(await placesOf(email)).toEqual([]);
    expect(await placesOf(encodeURIComponent(email))).toEqual([]);
    expect(visibleText(await browser.get('/users/views'))).toContain('Team');
    expect(await placesOf('Quixotrop')).toEqual(['audit_entries.actorName']);
    expect(await placesOf('Zebulonius')).toEqual(['audit_entries.actorName']);
    // What the file said of others is there still.
    expect(await placesOf('Quince')).toEqual(
      expect.arrayContaining(['import_batches.rows', 'users.familyName']),
    );
    expect((await browser.get(`/imports/${id}`)).status).toBe(200);
  });
});

describe('a file', () => {
  it('leaves none of its cells behind after 30 days', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, file('rawcell@example.test,Rawcella,Lovelace'));
    await imported(app, browser, id);
    await browser.post(`/imports/${id}/undo`);
    await app.get(JobsWorker).idle();
    expect(await placesOf('Rawcella')).toEqual(
      expect.arrayContaining(['import_batches.rows', 'imports.reading']),
    );
    await app.get(ImportWork).purge(Date.now() + 31 * 86_400_000);
    expect((await theImport(app, id)).reading).toMatchObject({ samples: [] });
    expect((await placesOf('Rawcella')).filter((place) => place.startsWith('import'))).toEqual([]);
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('This import was undone');
  });
});
