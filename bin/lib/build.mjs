import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { run } from './processes.mjs';
import { root } from './root.mjs';

const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.built');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Compiles src/ into dist/, unless dist/ was made from the very same files. */
export async function build({ note, signal }) {
  if (isBuilt()) return ['nothing changed'];
  return withLock(
    path.join(dist, '.locks', 'build'),
    async () => {
      if (isBuilt()) return ['built by another start'];
      note('compiling');
      const inputs = inputsHash();
      // Without the stamp nobody knows what dist/ holds, and an incremental build would not write it again.
      if (!existsSync(stamp)) rmSync(path.join(dist, 'tsconfig.tsbuildinfo'), { force: true });
      rmSync(stamp, { force: true });
      const { code, output } = await run(process.execPath, [tsc, '-p', 'tsconfig.json'], {
        cwd: root,
        signal,
      });
      if (code !== 0) throw new Problem('The build failed; the compiler says why above.', output.trimEnd());
      writeFileSync(stamp, inputs);
      return ['compiled'];
    },
    { signal, onWait: () => note('waiting for another start that builds') },
  );
}

function isBuilt() {
  if (!existsSync(path.join(dist, 'src', 'main.js'))) return false;
  // A container image may carry what was built without what it was built from.
  if (!existsSync(path.join(root, 'src'))) return true;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === inputsHash();
}

/** A hash over the names and contents of all that the compiler reads. */
function inputsHash() {
  const hash = createHash('sha256');
  for (const file of ['ormconfig.ts', 'tsconfig.json', 'package-lock.json', ...sources()]) {
    const absolute = path.join(root, file);
    hash.update(`${file}\0`);
    if (existsSync(absolute)) hash.update(readFileSync(absolute)).update('\0');
  }
  return hash.digest('hex');
}

function sources() {
  return readdirSync(path.join(root, 'src'), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => path.join('src', name))
    .sort();
}
