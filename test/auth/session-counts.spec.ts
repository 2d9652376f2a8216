import { SessionCounts } from '../../src/auth/session-counts.js';
import { SessionStore } from '../../src/auth/session-store.js';
import { newId, type Id } from '../../src/database/id.js';
import { type SignedIn } from '../../src/web/signed-in.js';
import { startApp, type TestApp } from '../support/app.js';

describe('what a session counts', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(() => app.close());

  const tell = (user: { id: Id; accountId: Id }, times: number, read = false) =>
    app.database.query(
      `INSERT INTO notifications (id, accountId, userId, kind, \`values\`, href, onceKey, at, readAt) VALUES ?`,
      [
        Array.from({ length: times }, () => [
          ...[newId(), user.accountId, user.id, 'external.request', '{}', '/', newId(), new Date()],
          read ? new Date() : null,
        ]),
      ],
    );
  /** As a request of this person finds it. */
  const countsOf = async (user: { id: Id; accountId: Id }) => {
    const store = new SessionStore(app.database, app.get(SessionCounts));
    const sid = SessionStore.newSid();
    const { id: userId, accountId } = user;
    await new Promise<void>((done) =>
      store.set(
        sid,
        { cookie: {} as never, passport: { user: { accountId, userId, userAgent: '', address: '' } } },
        () => done(),
      ),
    );
    const session = await new Promise<{ passport?: { user?: unknown } }>((resolve, reject) =>
      store.get(sid, (error, found) => (found ? resolve(found) : reject(error as Error))),
    );
    return (session.passport?.user as SignedIn).counts;
  };

  it('is of the signed-in person alone', async () => {
    const [ada, bob] = [await app.aUser(), await app.aUser()];
    await tell(ada, 3);
    await tell(ada, 2, true);
    expect([(await countsOf(ada))['notifications'], (await countsOf(bob))['notifications']]).toEqual([3, 0]);
  });

  it('stops at a hundred', async () => {
    const [ninetyNine, hundred, many] = [await app.aUser(), await app.aUser(), await app.aUser()];
    await tell(ninetyNine, 99);
    await tell(hundred, 100);
    await tell(many, 1_500);
    const counts = await Promise.all([ninetyNine, hundred, many].map(countsOf));
    expect(counts.map(({ notifications }) => notifications)).toEqual([99, 100, 100]);
    expect(await entriesRead(many)).toBeLessThan(250);
  });

  /** Index entries and rows the columns of the counts look at for this person. */
  const entriesRead = async ({ id }: { id: Id }) => {
    const runner = app.database.createQueryRunner();
    const read = async () => {
      const rows = (await runner.query(`SHOW SESSION STATUS LIKE 'Handler_read%'`)) as { Value: string }[];
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    try {
      const before = await read();
      await runner.query(`SELECT u.id${app.get(SessionCounts).columns} FROM users u WHERE u.id = ?`, [id]);
      return (await read()) - before;
    } finally {
      await runner.release();
    }
  };
});
