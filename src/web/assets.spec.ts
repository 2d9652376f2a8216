import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assets } from './assets.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
  mkdirSync(join(folder, 'css'));
  writeFileSync(join(folder, 'css/a.css'), 'a{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('Assets', () => {
  it('names a file by the content of all files', () => {
    const { revision } = new Assets(folder);
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
    expect(new Assets(folder).url('css/a.css')).toBe(`/assets/${revision}/css/a.css`);
  });

  it('changes its addresses with any content or name', () => {
    const before = new Assets(folder).revision;
    writeFileSync(join(folder, 'css/a.css'), 'b{}');
    const edited = new Assets(folder).revision;
    writeFileSync(join(folder, 'css/b.css'), '');
    expect(new Set([before, edited, new Assets(folder).revision]).size).toBe(3);
  });

  it('refuses the name of a file that is not there', () => {
    expect(() => new Assets(folder).url('css/c.css')).toThrow('No asset css/c.css');
  });

  it('refuses a stylesheet that imports a file that is not there', () => {
    writeFileSync(join(folder, 'css/main.css'), "@import './a.css';\n@import './gone.css';\n");
    expect(() => new Assets(folder)).toThrow('css/main.css imports gone.css');
  });
});
