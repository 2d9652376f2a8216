#!/usr/bin/env node
/*
 * The stand-ins of `npm run demo`, started by the launcher: `node main.js FOLDER PORT ORIGIN`. What people write to them stays in
 * files of FOLDER, so that it is there again after a restart; PORT is the first of some; ORIGIN is where Carnet answers, to which
 * the sign-in pages lead back. They end with the process that started them.
 */
import path from 'node:path';
import { startExchange } from './exchange.js';
import { startGoogle } from './google.js';
import { keep, readKept } from './kept.js';
import { startMicrosoft } from './microsoft.js';

/** How much of what was written a machine that loses power may lose. */
const KEEP_EVERY_MS = 2_000;

const [folder, first, origin] = process.argv.slice(2);
const port = (at) => (Number(first) === 0 ? 0 : Number(first) + at);
const fileOf = (name) => path.join(folder, `demo-${name}.json`);
const before = (name) => readKept(fileOf(name));
const back = (provider) => `${origin}/integrations/${provider}/callback`;

const standIns = {
  exchange: await startExchange(before('exchange'), port(0)),
  google: await startGoogle(before('google'), [port(1), port(2)], back('google')),
  microsoft: await startMicrosoft(before('microsoft'), [port(3), port(4)], back('office365')),
};
const texts = new Map();
save();
const saving = setInterval(save, KEEP_EVERY_MS);

process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.send?.({ ready: true, env: Object.assign({}, ...Object.values(standIns).map(({ env }) => env)) });

function save() {
  for (const [name, standIn] of Object.entries(standIns)) {
    const text = JSON.stringify(standIn.keep());
    if (texts.get(name) === text) continue;
    keep(fileOf(name), standIn.keep());
    texts.set(name, text);
  }
}

function stop() {
  clearInterval(saving);
  save();
  void Promise.all(Object.values(standIns).map((standIn) => standIn.close())).then(() => process.exit(0));
}
