import { parts } from '../ormconfig.js';
import { CannotBeDone, print } from './cli.options.js';
import { pendingMigrations } from './cli.tables.js';
import { limits } from './config/limits.js';
import { readEnvironment, UnusableSetting, type Environment } from './config/environment.js';
import { addKeyOnDisk, loadKeys } from './crypto/load-keys.js';
import { SecretKeys } from './crypto/secret-keys.js';
import { checkKey, keyInUse, renewKeyCheck } from './database/installation.js';
import { openDatabase } from './database/open.js';
import { ConnectionSecrets } from './integrations/connections/secrets.js';

/** Connections that are named whose secret cannot be opened. */
const NAMED = 10;

/**
 * Moves an installation to its newest key. What is sealed is the sign-in of connections alone; links and cookies are signed, and
 * stay good while the older key is held. May be stopped and run again.
 * @throws CannotBeDone while a server works with an older key: it could not open what is sealed here
 */
export async function rotateKey(newKey: boolean): Promise<void> {
  const environment = readEnvironment();
  if (!environment.databaseUrl) throw new UnusableSetting('DATABASE_URL is not set; use npm run carnet');
  const database = await openDatabase(environment.databaseUrl, 'unlimited', parts);
  try {
    if ((await pendingMigrations(database)).length > 0)
      throw new CannotBeDone('The tables are not up to date; run npm run carnet -- migrate');
    const keys = loadKeys(environment);
    await checkKey(database, keys);
    if (newKey) {
      makeKey(environment, keys);
      return;
    }
    const used = await keyInUse(database);
    if (used !== null && used < keys.current)
      throw new CannotBeDone(
        `The server was last started with key ${used}: start every process of Carnet again, then run this once more`,
      );
    const { sealed, unreadable } = await new ConnectionSecrets(database, keys).rotate();
    await renewKeyCheck(database, keys);
    print(`${sealed} sealed anew with key ${keys.current}, the current one`);
    if (unreadable.length > 0) throw new CannotBeDone(unreadableText(unreadable));
    print(whatNext(keys));
  } finally {
    await database.destroy();
  }
}

/** Sealing anew comes once everything that runs has it. */
function makeKey({ secretKeys, dataDir }: Environment, keys: SecretKeys): void {
  if (secretKeys === null)
    print(
      `Key ${addKeyOnDisk(dataDir)} is made and kept in ${dataDir}/secret-keys; copy that file wherever Carnet runs`,
    );
  else
    print(
      `Add this key to the end of SECRET_KEYS, wherever Carnet runs: ,${SecretKeys.generate(keys.current + 1)}`,
    );
  print('Then start every process of Carnet again, and run rotate-key once more without --new-key');
}

function whatNext({ older }: SecretKeys): string {
  if (older.length === 0) return 'There is no older key; rotate-key --new-key makes the next one';
  const [which, it] =
    older.length === 1 ? [`Key ${older[0]} is`, 'it'] : [`Keys ${older.join(', ')} are`, 'them'];
  return `${which} still needed by links in mails: take ${it} out ${limits.invitationDays} days from now`;
}

function unreadableText(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED).join(', ');
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  return `${ids.length} could not be opened with any key (connections ${named}${more}); give back the key they were sealed with, or let their people sign in again`;
}
