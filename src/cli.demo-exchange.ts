import { type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CompanySettings } from './accounts/company-settings.service.js';
import { type Id } from './database/id.js';
import { Connections, type ConnectionOwner } from './integrations/connections/connections.service.js';
import { CloudContacts } from './integrations/contacts/cloud-contacts.service.js';
import { ExchangeSignIn } from './integrations/exchange/exchange-sign-in.js';
import { Connectors } from './integrations/sync/connectors.js';
import { SyncWorker } from './integrations/sync/sync-worker.service.js';
import { noFacts, type Actor } from './journal/actor.js';
import { type E164 } from './phone/e164.js';

/** Whose mailbox is connected, and whose is there to be connected by hand. */
const connected = ['camille.lefevre@atelier-nord.example', 'aoife.davies@harbour-pine.example'];
const free = 'siobhan.o-brien@harbour-pine.example';

/**
 * Connects the owners of the two companies to the stand-in Exchange server whose address is in `DEMO_EXCHANGE`, with one
 * conflict that waits; nothing is done without it.
 * @returns what to print: where the form leads
 */
export async function demoExchange(app: INestApplicationContext, password: string): Promise<string[]> {
  const ewsUrl = process.env['DEMO_EXCHANGE'];
  if (!ewsUrl) return [];
  for (const email of connected) await connect(app, email, password, ewsUrl);
  return [`Exchange server: ${ewsUrl}, for example as ${free}, password ${password}`];
}

async function connect(app: INestApplicationContext, email: string, password: string, ewsUrl: string) {
  const database = app.get(DataSource);
  const [owner] = await database.query<Actor[]>(
    `SELECT id, accountId, email AS displayName, role FROM users WHERE email = ? AND status = 'active'`,
    [email],
  );
  if (!owner) return;
  const connections = app.get(Connections);
  const [there] = await connections.of(owner.id as Id);
  // The stand-in of this start may listen elsewhere.
  if (there?.provider === 'exchange' && there.details['ewsUrl'] !== ewsUrl)
    await database.query(`UPDATE connections SET details = ? WHERE id = ?`, [
      JSON.stringify({ ...there.details, ewsUrl }),
      there.id,
    ]);
  if (there) return;
  await allow(app, owner);
  const mailbox = await app
    .get(ExchangeSignIn)
    .try({ username: email, password, version: 'Exchange2016', ewsUrl });
  const { mailboxId, accountName, details, secret } = mailbox;
  await connections.connect(
    owner as ConnectionOwner,
    { provider: 'exchange', mailboxId, accountName, details: { ...details }, secret },
    { contacts: 'write', calendar: 'read' },
  );
  await app.get(SyncWorker).runDue();
  await disagree(app, owner as ConnectionOwner, { details: { ...details }, secret });
}

async function allow(app: INestApplicationContext, owner: Actor): Promise<void> {
  const settings = app.get(CompanySettings);
  const { revision, settings: present } = await settings.read(owner.accountId);
  if (!present.exchange) await settings.save(owner, noFacts, revision, { exchange: true });
}

/** One contact gets one number here and another one there, in the same moment. */
async function disagree(
  app: INestApplicationContext,
  owner: ConnectionOwner,
  { details, secret }: { details: Record<string, unknown>; secret: string },
): Promise<void> {
  const [contact] = await app.get(DataSource).query<Disputed[]>(
    `SELECT id, connectionId, remoteId, mobilePhone, version FROM cloud_contacts
     WHERE ownerId = ? AND mobilePhone IS NOT NULL AND deletedAt IS NULL ORDER BY sortKey, id LIMIT 1 OFFSET 4`,
    [owner.id],
  );
  if (!contact) return;
  const { id, connectionId, remoteId, mobilePhone, version } = contact;
  const [here, there] = [1, 2].map((by) => withLastDigit(mobilePhone, by));
  await app
    .get(CloudContacts)
    .edit(owner, id, { fields: {}, phones: { mobilePhone: { number: here, typed: null } } }, { version });
  const session = app
    .get(Connectors)
    .of('exchange')
    .open({
      ...{ connectionId, details, secret, signal: new AbortController().signal },
      keep: () => Promise.resolve(),
    });
  try {
    const remote = await session.contact(remoteId);
    if (remote) await session.update(remote, { mobilePhone: there });
  } finally {
    session.close();
  }
  await app.get(SyncWorker).runDue();
}

interface Disputed {
  id: Id;
  connectionId: Id;
  remoteId: string;
  mobilePhone: E164;
  version: number;
}

function withLastDigit<Phone extends string>(number: Phone, by: number): Phone {
  return `${number.slice(0, -1)}${(Number(number.at(-1)) + by) % 10}` as Phone;
}
