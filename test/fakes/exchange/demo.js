#!/usr/bin/env node
/*
 * The stand-in Exchange server of `npm run demo`, started by the launcher: `node demo.js FILE PORT`. What people write to it
 * stays in FILE, so that it is there again after a restart. It ends with the process that started it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fillMailbox, password, people } from './demo-people.js';
import { startFakeExchange } from './server.js';

const [file, port] = process.argv.slice(2);
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { mailboxes: {} };
let waiting = null;

const fake = await listen([before.port, Number(port), 0]);
for (const person of people) {
  const mailbox = fake.mailbox(person.email);
  const kept = before.mailboxes[person.email];
  if (kept) mailbox.restore(kept);
  else fillMailbox(mailbox, person);
}
save();

process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.send?.({ ready: true, origin: fake.origin, url: fake.url });

/** The port of the last time if it is free: addresses of it are known to people by now. */
async function listen(ports) {
  for (const port of ports.filter((each) => each !== undefined)) {
    try {
      return await startFakeExchange({
        users: people.map(({ email, domain, language }) => ({ email, domain, language, password })),
        ...{ auth: ['NTLM'], lockOutAfter: Infinity, forgetBodies: true, port, worked: saveSoon },
      });
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('No port is free');
}

function saveSoon() {
  waiting ??= setTimeout(save, 500);
  // Nobody looks at them here.
  fake.requests.length = 0;
}

function save() {
  clearTimeout(waiting);
  waiting = null;
  const mailboxes = Object.fromEntries(people.map(({ email }) => [email, fake.mailbox(email)]));
  writeFileSync(`${file}.new`, JSON.stringify({ port: fake.port, mailboxes }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function stop() {
  save();
  void fake.close().then(() => process.exit(0));
}
