import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { browserSpecsOf, groupsOf, writeGroups } from '../../bin/lib/test-groups.mjs';

describe('groups of specs', () => {
  const root = mkdtempSync(join(tmpdir(), 'carnet-groups-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (spec: string, text = '') => {
    mkdirSync(dirname(join(root, spec)), { recursive: true });
    writeFileSync(join(root, spec), text);
  };
  beforeAll(() => {
    write('src/text/fold.spec.ts');
    write('src/jobs/clock.spec.ts', 'jest.useFakeTimers();');
    write('src/text/fold.ts');
    write('test/launcher/args.spec.ts');
    write('test/auth/profile.spec.ts', 'jest.setTimeout(1);');
    write('test/auth/setup.spec.ts', '// long\n'.repeat(15_000));
    write('test/auth/sign-in.spec.ts', "it('spies', () => jest.spyOn(console, 'error'));");
    write('test/browser/pages.spec.ts');
    write('test/auth/looks.browser.spec.ts');
  });

  it('hold every spec without a browser once, by folder, large ones and those that change others apart', () => {
    expect(groupsOf(root)).toEqual([
      { name: 'unit/src-1', specs: ['src/text/fold.spec.ts'] },
      { name: 'unit/src-2', specs: ['src/jobs/clock.spec.ts'] },
      { name: 'application/auth-1', specs: ['test/auth/profile.spec.ts'] },
      { name: 'application/auth-2', specs: ['test/auth/setup.spec.ts'] },
      { name: 'application/auth-3', specs: ['test/auth/sign-in.spec.ts'] },
      { name: 'unit/launcher-1', specs: ['test/launcher/args.spec.ts'] },
    ]);
  });

  it('are written as test files that name their specs, without those of an earlier run', () => {
    const folder = join(root, '.test/groups');
    write('.test/groups/application/gone-1.spec.js');
    const files = writeGroups(root, folder);
    expect(files).toContain('.test/groups/application/auth-1.spec.js');
    expect(browserSpecsOf(root)).toEqual(['test/auth/looks.browser.spec.ts', 'test/browser/pages.spec.ts']);
    expect(existsSync(join(folder, 'application/gone-1.spec.js'))).toBe(false);
    const text = readFileSync(join(folder, 'application/auth-1.spec.js'), 'utf8');
    expect(text).toContain("describe('test/auth/profile.spec.ts'");
    expect(text).toContain("require('../../../test/auth/profile.spec')");
  });
});
