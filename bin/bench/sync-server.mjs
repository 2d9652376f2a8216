/*
 * The stand-in Exchange server in a process of its own: `node sync-server.mjs '{"mailboxes":[{"email","contacts"}]}'`. It
 * answers messages with what it saw; `edit` is what an owner does in Outlook.
 */
import { startFakeExchange } from '../../test/fakes/exchange/server.js';

const { mailboxes, password } = JSON.parse(process.argv[2]);
const fake = await startFakeExchange({
  users: mailboxes.map(({ email }) => ({ email, password })),
  ...{ auth: ['NTLM'], style: 0 },
});
for (const { email, contacts } of mailboxes) {
  for (let number = 0; number < contacts; number++) fake.mailbox(email).addContact(contact(number));
}

process.on('message', ({ ask, email, count }) => {
  const mailbox = email && fake.mailbox(email);
  if (ask === 'edit') {
    const contacts = mailbox.contacts();
    for (let i = 0; i < count; i++) {
      const item = contacts[Math.floor((i * contacts.length) / count)];
      mailbox.edit(item, { CompanyName: `Company ${Math.round(Math.random() * 1e9)}` });
    }
  }
  const { ms, requests } = fake;
  const byOperation = {};
  for (const { operation } of requests) byOperation[operation] = (byOperation[operation] ?? 0) + 1;
  process.send({
    ...{ ms, calls: requests.length, byOperation },
    bodies: ask === 'bodies' ? requests.map(({ body }) => body) : [],
  });
  if (ask === 'forget') {
    fake.ms = 0;
    requests.length = 0;
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ url: fake.url, origin: fake.origin });

function contact(number) {
  const digits = String(1000 + (number % 9000)).replace(/(..)(..)/, '$1 $2');
  return {
    ...{
      DisplayName: `Person ${number} Élan`,
      GivenName: `Person ${number}`,
      Surname: 'Élan',
      CompanyName: 'Scierie & Fils',
    },
    emails: { EmailAddress1: `person.${number}@many.example` },
    phones: { BusinessPhone: `+33 1 99 00 ${digits}`, MobilePhone: `+33 6 39 98 ${digits}` },
  };
}
