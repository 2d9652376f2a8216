/*
 * Specs that run as one test file. Jest gives each test file its own modules, so each spec of its own reads and
 * compiles the whole application again (some 1.6 s of processor time each); a group does that once. `npx jest
 * test/…` and `npm test -- <pattern>` run single specs as they stand, without groups.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Small enough that workers share the groups evenly. */
const MOST_BYTES = 110_000;
/** A spec runs alone that changes, as it is read, what the others of its group would use. */
const ALONE =
  /^jest\.(?!setTimeout)|jest\.(mock|doMock|unmock|unstable_mockModule|resetModules|isolateModules)/m;
/** `jest.setTimeout` holds for a whole test file, so the most any spec asks for holds for its group. */
const TIMEOUT_MS = 120_000;

/** @typedef {{ name: string, specs: string[] }} Group  `unit/src-1`; paths below the root, with `/` */

/** @param {string} root @returns {Group[]} every spec of the projects `unit` and `application` once, in an order that stays */
export function groupsOf(root) {
  const specs = [...specsBelow(root, 'src'), ...specsBelow(root, 'test')].filter(
    (spec) => !isForBrowser(spec),
  );
  const folders = new Map();
  for (const spec of specs) {
    const folder = folderOf(spec);
    folders.set(folder, [...(folders.get(folder) ?? []), spec]);
  }
  return [...folders].flatMap(([folder, inside]) =>
    chunks(inside, root).map((chunk, i) => ({ name: `${folder}-${i + 1}`, specs: chunk })),
  );
}

/** @param {string} root @returns {string[]} specs that need a browser, which run as they stand */
export function browserSpecsOf(root) {
  return specsBelow(root, 'test').filter(isForBrowser);
}

function isForBrowser(spec) {
  return spec.startsWith('test/browser/') || spec.endsWith('.browser.spec.ts');
}

/**
 * Writes a test file for each group, and takes away those of an earlier run.
 * @param {string} folder absolute @returns {string[]} the files, below the root
 */
export function writeGroups(root, folder) {
  const files = groupsOf(root).map(({ name, specs }) => {
    const file = path.join(folder, `${name}.spec.js`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(
      file,
      groupFile(specs, path.relative(path.dirname(file), root), name.startsWith('application/')),
    );
    return file;
  });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.includes(file)) rmSync(file, { force: true });
  }
  return files.map((file) => path.relative(root, file).split(path.sep).join('/'));
}

/** A spec that cannot be loaded is one test that fails, and the others of its group still run. Each counts from nothing. */
function groupFile(specs, toRoot, counts) {
  const parts = specs.map(
    (spec) => `describe('${spec}', () => {
  try {
    require('${toRoot}/${spec.replace(/\.ts$/, '')}');
  } catch (error) {
    it('can be run', () => {
      throw error;
    });
  }
  afterAll(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    ${counts ? `require('${toRoot}/src/web/metrics').metrics.resetMetrics();` : ''}
  });
});
`,
  );
  return `${parts.join('')}jest.setTimeout(${TIMEOUT_MS});\n`;
}

/** What a group is named after: the project, and the folder of its specs. */
function folderOf(spec) {
  const [top, folder] = spec.split('/');
  if (top === 'src') return 'unit/src';
  if (folder === 'launcher') return 'unit/launcher';
  return `application/${folder.endsWith('.spec.ts') ? 'test' : folder}`;
}

function chunks(specs, root) {
  const alone = [];
  const shared = [[]];
  let bytes = 0;
  for (const spec of specs) {
    const text = readFileSync(path.join(root, spec), 'utf8');
    if (ALONE.test(text)) {
      alone.push([spec]);
      continue;
    }
    if (bytes + text.length > MOST_BYTES) {
      shared.push([]);
      bytes = 0;
    }
    shared.at(-1).push(spec);
    bytes += text.length;
  }
  return [...shared.filter((chunk) => chunk.length > 0), ...alone];
}

function specsBelow(root, folder) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.spec.ts'))
    .sort();
}
