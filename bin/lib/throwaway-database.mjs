import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PrivateDatabase } from './private-database.mjs';
import { root } from './root.mjs';

const folder = path.join(root, '.test');

/**
 * A database of its own under .test/, gone with everything in it after `close`.
 * @param {'data' | 'test'} settings
 * @returns {Promise<{ outcome: string, url: string, folder: string, close: () => Promise<void> }>} `url` names no schema
 */
export async function openThrowawayDatabase(settings, { note, signal }) {
  await sweep();
  mkdirSync(folder, { recursive: true });
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
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('run-'))) {
    const old = path.join(folder, name);
    const database = new PrivateDatabase(old);
    if (!existsSync(path.join(old, 'run')) || database.user()) continue;
    await database.close();
    if (!database.user()) rmSync(old, { recursive: true, force: true });
  }
}
