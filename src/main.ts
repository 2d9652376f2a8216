import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { parts } from '../ormconfig.js';
import { createApp } from './app.js';
import { setupLink } from './auth/setup-link.js';
import { readEnvironment, UnusableSetting } from './config/environment.js';
import { loadKeys } from './crypto/load-keys.js';
import { DatabaseUnusable } from './database/data-source.js';
import { checkKey, KeyDoesNotFit, noteKeyInUse } from './database/installation.js';
import { openDatabase } from './database/open.js';
import { Readiness } from './web/health.controller.js';
import { log } from './web/log.js';
import { serveMetrics } from './web/metrics.js';
import { Templates } from './web/templates.js';

/** How long answers that are under way may take once the process was asked to stop. */
const STOP_SECONDS = 10;

/*
 * V8 puts what often outlives a quick collection among the old objects at once. What a page is made from lives as long as its
 * request: there it would lie, with all it leads to, until the whole heap is looked through.
 */
setFlagsFromString('--no-allocation-site-pretenuring');

try {
  await serve();
} catch (error) {
  const expected =
    error instanceof UnusableSetting || error instanceof DatabaseUnusable || error instanceof KeyDoesNotFit;
  const { code, message } = error as { code?: string; message: string };
  if (code === 'EADDRINUSE') fail(`Port ${process.env['PORT'] ?? 3000} is in use; set PORT to a free one`);
  else if (code === 'EACCES')
    fail(`Port ${process.env['PORT'] ?? 3000} needs more rights; set PORT above 1023`);
  else if (expected) fail(message);
  else {
    log.fatal({ err: error }, 'start failed');
    fail(`Carnet could not start: ${message}`);
  }
}

async function serve(): Promise<void> {
  const environment = readEnvironment();
  if (!environment.databaseUrl) {
    throw new UnusableSetting('DATABASE_URL is not set; npm start brings a database of its own');
  }
  const keys = loadKeys(environment);
  const database = await openDatabase(environment.databaseUrl, 'web', parts);
  await checkKey(database, keys);
  await noteKeyInUse(database, keys);
  const app = await createApp({ environment, keys, database });
  app.get(Templates).compileAll();
  if (environment.worker !== 'only') await app.listen(environment.port, environment.host);
  const metrics = environment.metricsPort === null ? null : serveMetrics(environment.metricsPort);
  const link = await setupLink(database, keys, environment);
  log.info({ address: environment.publicUrl, worker: environment.worker }, 'ready');
  process.send?.({ ready: true, address: environment.publicUrl, setupLink: link });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    app.get(Readiness).stopping = true;
    log.info('stopping');
    metrics?.close();
    await Promise.race([app.close(), wait(STOP_SECONDS * 1000, undefined, { ref: false })]);
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  // The launcher is gone without a word (kill -9): nobody would stop this server or its database.
  process.on('disconnect', () => void stop());
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
  // A pool or a timer may still be open; nothing of it is worth waiting for.
  setImmediate(() => process.exit(1));
}
