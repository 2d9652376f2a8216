import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from './command-line.js';

jest.setTimeout(120_000);

let cli: CommandLine;
beforeAll(async () => {
  cli = await CommandLine.start({ WORKER: 'on' });
});
afterAll(() => cli.close());

describe('import-users beside a running server', () => {
  it('makes everybody once, whoever does the work', async () => {
    const account = await cli.app.anAccount();
    const rows = Array.from({ length: 1200 }, (_, i) => `p${i}@example.com,Ada,Number ${i}`);
    const path = join(cli.folder, 'people.csv');
    writeFileSync(path, ['Email,First Name,Last Name', ...rows].join('\n'));
    const ended = await cli.runApart(['import-users', '--account', account.id, path]);
    expect(ended).toMatchObject({
      status: 0,
      stderr: '',
      lines: ['1,200 imported, 0 already there, 0 wrong'],
    });
    const [{ people }] = await cli.app.database.query<{ people: number }[]>(
      'SELECT COUNT(DISTINCT email) AS people FROM users WHERE accountId = ?',
      [account.id],
    );
    const [{ links }] = await cli.app.database.query<{ links: number }[]>(
      "SELECT COUNT(*) AS links FROM one_time_links WHERE accountId = ? AND purpose = 'activation'",
      [account.id],
    );
    expect({ people: Number(people), links: Number(links) }).toEqual({ people: 1200, links: 1200 });
  });
});
