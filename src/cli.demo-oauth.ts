import { type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CompanySettings } from './accounts/company-settings.service.js';
import { type Id } from './database/id.js';
import { CalendarConsents } from './integrations/calendar/calendar-consents.service.js';
import { Connections, type ConnectionOwner } from './integrations/connections/connections.service.js';
import { type OAuthProvider } from './integrations/oauth/oauth-clients.js';
import { SyncWorker } from './integrations/sync/sync-worker.service.js';
import { noFacts, type Actor } from './journal/actor.js';

/** Somebody who consented at a stand-in before (test/fakes/demo). */
interface Consented {
  email: string;
  mailboxId: string;
  /** As the connection keeps it. */
  secret: string;
}

const providers = [
  { provider: 'google', name: 'Google', variable: 'DEMO_GOOGLE' },
  { provider: 'office365', name: 'Microsoft 365', variable: 'DEMO_OFFICE365' },
] as const;

/**
 * Connects one person to each of the stand-ins of Google and Microsoft 365 that the launcher tells of in `DEMO_GOOGLE` and
 * `DEMO_OFFICE365`, with contacts and calendar; nothing is done without them.
 * @returns what to print: who is connected
 */
export async function demoOAuth(app: INestApplicationContext, password: string): Promise<string[]> {
  const lines: string[] = [];
  for (const { provider, name, variable } of providers) {
    const consented = JSON.parse(process.env[variable] || '[]') as Consented[];
    for (const person of consented) await connect(app, provider, person);
    const emails = consented.map(({ email }) => email).join(', ');
    if (emails)
      lines.push(`${name}: ${emails} is connected, password ${password}; others can connect theirs`);
  }
  return lines;
}

async function connect(
  app: INestApplicationContext,
  provider: OAuthProvider,
  { email, mailboxId, secret }: Consented,
): Promise<void> {
  const [person] = await app
    .get(DataSource)
    .query<Actor[]>(
      `SELECT id, accountId, email AS displayName, role FROM users WHERE email = ? AND status = 'active'`,
      [email],
    );
  if (!person) return;
  const connections = app.get(Connections);
  // Also one they made themselves: it is theirs.
  if ((await connections.of(person.id as Id)).length > 0) return;
  await allow(app, provider, person.accountId);
  await connections.connect(
    person as ConnectionOwner,
    { provider, mailboxId, accountName: email, details: {}, secret },
    { contacts: 'write', calendar: 'read' },
  );
  await app.get(SyncWorker).runDue();
  await app.get(CalendarConsents).agree(person as ConnectionOwner, true);
}

/** As the company's owner would do it. */
async function allow(app: INestApplicationContext, provider: OAuthProvider, accountId: Id): Promise<void> {
  const settings = app.get(CompanySettings);
  const { revision, settings: present } = await settings.read(accountId);
  if (present[provider]) return;
  const [owner] = await app
    .get(DataSource)
    .query<Actor[]>(
      `SELECT id, accountId, email AS displayName, role FROM users WHERE accountId = ? AND role = 'owner' LIMIT 1`,
      [accountId],
    );
  await settings.save(owner, noFacts, revision, { [provider]: true });
}
