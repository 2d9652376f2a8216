import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The house, floor by floor: a module imports what stands before it in this list, never after. */
const floors = [
  ['config', 'errors', 'text', 'phone', 'csv', 'crypto', 'contact-card'],
  ['database', 'journal', 'jobs', 'web', 'mail'],
  ['accounts', 'auth', 'notifications', 'imports'],
  ['user-management', 'external-contacts', 'personal-contacts', 'integrations'],
  ['directory', 'calls', 'api'],
];
const order = floors.flat();
const src = resolve(import.meta.dirname, '../src');
const imports = sourceFiles(src).flatMap(importsOf);

describe('The house', () => {
  it('has only rooms that stand in the plan', () => {
    const rooms = readdirSync(src, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(rooms.filter((room) => !order.includes(room))).toEqual([]);
  });

  it('imports downwards only', () => {
    const upwards = imports.filter(({ from, to }) => from && to && order.indexOf(to) > order.indexOf(from));
    expect(upwards.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lets no feature know another', () => {
    const features = floors[3];
    const crossing = imports.filter(
      ({ from, to }) => from && to && from !== to && features.includes(from) && features.includes(to),
    );
    expect(crossing.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('imports files, not folders, and no cycle is papered over', () => {
    const sources = sourceFiles(src).map(
      (file) => [relative(src, file), readFileSync(file, 'utf8')] as const,
    );
    expect(sources.filter(([, text]) => text.includes('forwardRef')).map(([file]) => file)).toEqual([]);
    expect(imports.filter(({ target }) => /(^|\/)index\.js$/.test(target)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});

describe('The people of the directory', () => {
  it('are read by its one rule in two places: PeopleVisible, and the records of colleagues', () => {
    const readers = sourceFiles(src).filter((file) => readFileSync(file, 'utf8').includes('inDirectory('));
    expect(readers.map((file) => relative(src, file)).sort()).toEqual([
      'directory/people-visible.query.ts',
      'directory/people/colleague-records.ts',
    ]);
  });

  it('are named by nobody else in the roof, but to those who administrate them', () => {
    const roof = sourceFiles(src).filter((file) => floors[4].includes(roomOf(file) ?? ''));
    const naming = roof.filter((file) =>
      /SELECT[^;`']*u\.(?:givenName|familyName)/.test(readFileSync(file, 'utf8')),
    );
    expect(naming.map((file) => relative(src, file)).sort()).toEqual([
      'api/tokens/tokens.service.ts',
      'directory/hidden-people.query.ts',
      'directory/people-visible.query.ts',
      'directory/people/colleague-records.ts',
    ]);
  });
});

interface Import {
  file: string;
  target: string;
  /** Rooms, or null for the files above them (main.ts, app.module.ts). */
  from: string | null;
  to: string | null;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) => ({
    file: relative(src, file),
    target,
    from: roomOf(file),
    to: roomOf(resolve(dirname(file), target)),
  }));
}

function roomOf(file: string): string | null {
  const parts = relative(src, file).split('/');
  return parts.length > 1 && parts[0] !== '..' ? parts[0] : null;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
