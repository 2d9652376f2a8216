import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { startApp, type TestApp } from '../support/app.js';

const key = (number: number) => `${number}:${Buffer.alloc(32, number).toString('base64')}`;

describe('one-time links', () => {
  let app: TestApp;
  let links: OneTimeLinks;

  beforeAll(async () => {
    app = await startApp({ keys: new SecretKeys(key(1)) });
    links = app.get(OneTimeLinks);
  });

  afterAll(() => app.close());

  const aLink = async (expiresAt = new Date(Date.now() + 60_000)) => {
    const { id: userId, accountId } = await app.aUser();
    return links.create(app.database.manager, { accountId, userId, purpose: 'password-reset', expiresAt });
  };

  it('finds the link of its token, for its purpose alone', async () => {
    const link = await aLink();
    const token = links.tokenOf(link);
    expect(token).toMatch(/^[\w-]{64}$/);
    expect(await links.find(token, 'password-reset')).toMatchObject({ id: link.id });
    expect(await links.find(token, 'activation')).toBeNull();
  });

  it('refuses every token that is not exactly ours', async () => {
    const [link, other] = [await aLink(), await aLink()];
    const bytes = Buffer.from(links.tokenOf(link), 'base64url');
    const flipped = Buffer.from(bytes);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const swapped = Buffer.concat([
      Buffer.from(links.tokenOf(other), 'base64url').subarray(0, 16),
      bytes.subarray(16),
    ]);
    const tokens = [flipped, swapped, bytes.subarray(0, 47)].map((each) => each.toString('base64url'));
    for (const token of [...tokens, `${links.tokenOf(link)}=`, '', 'x', '../../etc/passwd']) {
      expect(await links.find(token, 'password-reset')).toBeNull();
    }
  });

  it('has one winner', async () => {
    const link = await aLink();
    const uses = await Promise.all(Array.from({ length: 5 }, () => links.use(app.database.manager, link)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    const found = await links.find(links.tokenOf(link), 'password-reset');
    expect(found && links.stateOf(found)).toBe('used');
  });

  it('is not used once it has ended or was withdrawn', async () => {
    const ended = await aLink(new Date(Date.now() - 1_000));
    expect(links.stateOf(ended)).toBe('ended');
    expect(await links.use(app.database.manager, ended)).toBe(false);
    const withdrawn = await aLink();
    await links.withdraw(app.database.manager, withdrawn.accountId, [withdrawn.userId], 'password-reset');
    expect(await links.use(app.database.manager, withdrawn)).toBe(false);
  });

  it('stays good when the key is rotated', async () => {
    const link = await aLink();
    const rotated = await startApp({
      keys: new SecretKeys(`${key(1)},${key(2)}`),
      databaseUrl: app.databaseUrl,
    });
    expect(await rotated.get(OneTimeLinks).find(links.tokenOf(link), 'password-reset')).toMatchObject({
      id: link.id,
    });
    await rotated.close();
  });

  it('leaves nothing of the token in the database', async () => {
    const link = await aLink();
    const signature = links.tokenOf(link).slice(-32);
    const rows = await app.database.query<object[]>('SELECT * FROM one_time_links WHERE id = ?', [link.id]);
    expect(JSON.stringify(rows)).not.toContain(signature);
  });
});
