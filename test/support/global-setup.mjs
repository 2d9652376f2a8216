import { findChromium } from '../../bin/lib/chromium.mjs';
import { build } from '../../bin/lib/build.mjs';
import { openThrowawayDatabase } from '../../bin/lib/throwaway-database.mjs';

/** `npx jest test/…` without the launcher: a database and a build of its own. Under `npm test` both are there. */
export default async function setUp() {
  process.env.CHROMIUM_PATH ??= findChromium() ?? '';
  if (process.env.TEST_DATABASE_URL) return;
  const quietly = { note: () => {} };
  // Few tests need what is built (worker threads), so a failed build does not stop the others.
  await build(quietly).catch((error) => console.error(error.lines ?? error));
  const database = await openThrowawayDatabase('test', quietly);
  process.env.TEST_DATABASE_URL = database.url;
  globalThis.ownTestDatabase = database;
}
