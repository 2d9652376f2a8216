import { eachHost } from '../../bin/lib/given-database.mjs';

describe('DATABASE_URL', () => {
  it('may name several hosts, each with its own port', () => {
    const hosts = eachHost('mysql://carnet:p%40ss@one:3307,two/carnet?ssl=1').map((url) => url.href);
    expect(hosts).toEqual([
      'mysql://carnet:p%40ss@one:3307/carnet?ssl=1',
      'mysql://carnet:p%40ss@two/carnet?ssl=1',
    ]);
  });

  it('is refused without a database name, with another scheme and with an impossible port', () => {
    for (const url of ['mysql://one', 'mysql://one/', 'postgres://one/carnet', 'mysql://one:99999/carnet']) {
      expect(() => eachHost(url)).toThrow('DATABASE_URL must look like');
    }
  });

  it('is refused without its password being repeated', () => {
    expect.assertions(1);
    try {
      eachHost('mysql://carnet:geheim@one');
    } catch (error) {
      expect(String(error)).not.toContain('geheim');
    }
  });
});
