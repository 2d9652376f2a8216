/* The Exchange server of the demonstration. */
import { fillMailbox, password, people } from '../exchange/demo-people.js';
import { startFakeExchange } from '../exchange/server.js';
import { onFirstFree } from './kept.js';

/** @param {any} kept as `keep` gave it, or null @param {number} port */
export async function startExchange(kept, port) {
  const users = people.map(({ email, domain, language }) => ({ email, domain, language, password }));
  const fake = await onFirstFree(
    (each) =>
      startFakeExchange({
        ...{ users, auth: ['NTLM'], lockOutAfter: Infinity, forgetBodies: true, port: each },
        // Nobody looks at them here.
        worked: () => (fake.requests.length = 0),
      }),
    [kept?.port, port],
  );
  for (const person of people) {
    const mailbox = fake.mailbox(person.email);
    const before = kept?.mailboxes[person.email];
    if (before) mailbox.restore(before);
    else fillMailbox(mailbox, person);
  }
  return {
    env: { DEMO_EXCHANGE: fake.url, CARNET_EWS_ALLOWED_HOSTS: fake.origin },
    keep: () => ({
      port: fake.port,
      mailboxes: Object.fromEntries(people.map(({ email }) => [email, fake.mailbox(email)])),
    }),
    close: () => fake.close(),
  };
}
