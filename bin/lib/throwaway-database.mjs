import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { PrivateDatabase } from './private-database.mjs';
import { root } from './root.mjs';

const folder = path.join(root, '.test');
/** A younger folder may be a run that has not yet said who it is. */
const LEFT_BEHIND_AFTER_MS = 60_000;

/**
 * A database of its own under .test/, gone with everything in it after `close`.
 * @param {'data' | 'test'} settings
 * @returns {Promise<{ outcome: string, url: string, folder: string, close: () => Promise<void> }>} `url` names no schema
 */
export async function openThrowawayDatabase(settings, { note, signal }) {
  await withLock(path.join(folder, 'sweep.lock'), sweep, { signal });
  const own = mkdtempSync(path.join(folder, 'run-'));
  const database = new PrivateDatabase(own, settings);
  const close = async () => {
    await database.close();
    rmSync(own, { recursive: true, force: true });
  };
  try {
    const outcome = await database.open({ note, signal });
    return { outcome, url: database.url(''), folder: own, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What runs that were killed have left behind. */
async function sweep() {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('run-'))) {
    const old = path.join(folder, name);
    const made = statSync(old, { throwIfNoEntry: false });
    if (!made || Date.now() - made.mtimeMs < LEFT_BEHIND_AFTER_MS) continue;
    const database = new PrivateDatabase(old);
    if (database.user()) continue;
    await database.close();
    if (!database.user()) rmSync(old, { recursive: true, force: true });
  }
}
