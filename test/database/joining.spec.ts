import { inTransaction, joining } from '../../src/database/transaction.js';
import { startApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const write = (name: string) =>
  inTransaction(app.database, (manager) =>
    manager.query('INSERT INTO installation (name, value) VALUES (?, ?)', [name, 'x']),
  );
const written = async (name: string) =>
  (await app.database.query<object[]>('SELECT 1 FROM installation WHERE name = ?', [name])).length > 0;

describe('joining a transaction', () => {
  it('makes those opened inside a part of it', async () => {
    const outer = inTransaction(app.database, async (manager) => {
      await joining(manager, () => write('inner'));
      throw new Error('the outer one fails');
    });
    await expect(outer).rejects.toThrow('the outer one fails');
    expect(await written('inner')).toBe(false);
  });

  it('takes back one that fails, and nothing else', async () => {
    await inTransaction(app.database, async (manager) => {
      await joining(manager, () => write('kept'));
      const failing = joining(manager, () =>
        inTransaction(app.database, async (inner) => {
          await inner.query(`INSERT INTO installation (name, value) VALUES ('taken back', 'x')`);
          throw new Error('the inner one fails');
        }),
      );
      await expect(failing).rejects.toThrow('the inner one fails');
    });
    expect([await written('kept'), await written('taken back')]).toEqual([true, false]);
  });

  it('ends with its body', async () => {
    let later: Promise<unknown> = Promise.resolve();
    const outer = inTransaction(app.database, async (manager) => {
      await joining(manager, async () => {
        // Goes on after the body, as what nobody waits for does.
        later = new Promise((done) => setTimeout(done, 20)).then(() => write('later'));
        await Promise.resolve();
      });
      throw new Error('the outer one fails');
    });
    await expect(outer).rejects.toThrow();
    await later;
    expect(await written('later')).toBe(true);
  });
});
