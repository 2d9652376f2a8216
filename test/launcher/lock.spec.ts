import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../bin/lib/lock.mjs';
import { identify, isAlive } from '../../bin/lib/processes.mjs';

describe('a lock between processes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carnet-spec-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one in at a time', async () => {
    const events: string[] = [];
    let release = (): void => {};
    const first = withLock(join(folder, 'lock'), async () => {
      events.push('first in');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      events.push('first out');
    });
    const second = withLock(
      join(folder, 'lock'),
      async () => {
        events.push('second in');
      },
      { onWait: () => release() },
    );
    await Promise.all([first, second]);
    expect(events).toEqual(['first in', 'first out', 'second in']);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('is not held by a process that died', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid, born: 'long ago' }));
    await expect(withLock(join(folder, 'lock'), async () => 'in')).resolves.toBe('in');
  });

  it('is not held by a process that has the number of one that died', () => {
    const me = identify(process.pid);
    expect(isAlive(me)).toBe(true);
    expect(isAlive(me && { ...me, born: 'long ago' })).toBe(false);
    expect(isAlive(null)).toBe(false);
  });
});
