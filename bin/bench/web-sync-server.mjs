/*
 * A stand-in of Google or of Microsoft 365 in a process of its own: `node web-sync-server.mjs '{"mailboxes":[{"provider","email",
 * "contacts"}]}'`. It answers messages with what it saw; `edit` is what an owner does in another program. Its time is the
 * processor's, for it does nothing else.
 */
import { IncomingMessage } from 'node:http';
import { membership } from '../../test/fakes/google/address-book.js';
import { startFakeGoogle } from '../../test/fakes/google/server.js';
import { startFakeOAuth } from '../../test/fakes/oauth/server.js';
import { startFakeGraph } from '../../test/fakes/office365/server.js';

const auth = 'https://www.googleapis.com/auth/';
const kinds = {
  google: { dialect: 'google', scopes: ['openid', 'email', `${auth}contacts`], start: google },
  office365: {
    ...{ dialect: 'microsoft', start: graph },
    scopes: ['openid', 'profile', 'offline_access', 'User.Read', 'Contacts.ReadWrite'],
  },
};

const { mailboxes } = JSON.parse(process.argv[2]);
const [{ provider }] = mailboxes;
const { dialect, scopes, start } = kinds[provider];
const accounts = mailboxes.map(({ email }, at) => ({ email, sub: `1076${1_000_000 + at}` }));
const oauth = await startFakeOAuth({ dialect, accounts });
const fake = await start();
for (const { email, contacts } of mailboxes)
  for (let number = 0; number < contacts; number++) fake.add(email, number);
const secrets = Object.fromEntries(mailboxes.map(({ email }) => [email, oauth.grant(scopes, email)]));

let calls = [];
let before = process.cpuUsage();
fake.listener.server.prependListener('request', (request) => {
  const { method, url, headers } = request;
  const { authorization: _, host: __, connection: ___, ...others } = headers;
  const call = { method, url, headers: others, pieces: [] };
  calls.push(call);
  request.push = (piece, encoding) => {
    if (piece) call.pieces.push(piece);
    return IncomingMessage.prototype.push.call(request, piece, encoding);
  };
});

process.on('message', ({ ask, email, count }) => {
  if (ask === 'edit') fake.edit(email, count);
  const used = process.cpuUsage(before);
  const byOperation = {};
  for (const { url } of calls) {
    const [path] = url.replace(/\(.*?\)|\/A[A-Z][^/?]{50,}/g, '').split('?');
    byOperation[path] = (byOperation[path] ?? 0) + 1;
  }
  const bodies = calls.map(({ pieces, ...call }) => ({
    ...call,
    body: Buffer.concat(pieces).toString('utf8'),
  }));
  process.send({
    ...{ ms: (used.user + used.system) / 1000, calls: calls.length, byOperation },
    bodies: ask === 'bodies' ? bodies : [],
  });
  if (ask === 'forget') {
    calls = [];
    before = process.cpuUsage();
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ provider, origin: fake.listener.origin, env: { ...oauth.env, ...fake.env }, secrets });

async function google() {
  const fake = await startFakeGoogle({
    accounts: mailboxes.map(({ email }) => email),
    ...{ holderOf: (authorization) => oauth.holderOf(authorization), forgetBodies: true },
  });
  return {
    ...{ listener: fake.listener, env: fake.env },
    add: (email, number) => fake.book(email).add(person(number)),
    edit(email, count) {
      const book = fake.book(email);
      for (const each of spread(book.contacts, count))
        book.edit(each, { organizations: [{ name: anyName() }] });
    },
  };
}

async function graph() {
  const fake = await startFakeGraph({ oauth, ways: { ms: 0 }, forgetBodies: true });
  return {
    ...{ listener: fake.listener, env: fake.env },
    add: (email, number) => fake.mailbox(email).addContact(contact(number)),
    edit(email, count) {
      const mailbox = fake.mailbox(email);
      for (const each of spread(mailbox.contacts(), count)) mailbox.edit(each, { companyName: anyName() });
    },
  };
}

function spread(all, count) {
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);
}

function anyName() {
  return `Company ${Math.round(Math.random() * 1e9)}`;
}

function partsOf(number) {
  const digits = String(1000 + (number % 9000)).replace(/(..)(..)/, '$1 $2');
  return {
    ...{ givenName: `Person ${number}`, email: `person.${number}@many.example` },
    ...{ work: `+33 1 99 00 ${digits}`, mobile: `+33 6 39 98 ${digits}` },
  };
}

function person(number) {
  const { givenName, email, work, mobile } = partsOf(number);
  return {
    names: [{ givenName, familyName: 'Élan', unstructuredName: `${givenName} Élan` }],
    organizations: [{ name: 'Scierie & Fils' }],
    emailAddresses: [{ value: email, type: 'work' }],
    phoneNumbers: [
      { value: work, type: 'work' },
      { value: mobile, type: 'mobile' },
    ],
    memberships: [membership('myContacts')],
  };
}

function contact(number) {
  const { givenName, email, work, mobile } = partsOf(number);
  return {
    ...{ displayName: `${givenName} Élan`, givenName, surname: 'Élan', companyName: 'Scierie & Fils' },
    ...{ emailAddresses: [{ name: email, address: email }], businessPhones: [work], mobilePhone: mobile },
  };
}
