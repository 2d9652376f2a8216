import { randomInt } from 'node:crypto';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { parts } from '../ormconfig.js';
import { auditPeople } from './accounts/people-rows.js';
import { PersonalAccounts } from './accounts/personal-accounts.service.js';
import { roles, userTypes, type User } from './accounts/user.entity.js';
import { AppModule } from './app.module.js';
import { Founding, type NewPerson } from './auth/founding.service.js';
import { Passwords, passwordProblem, type PasswordOwner } from './auth/passwords.service.js';
import { isRegion } from './auth/regions.js';
import { accountNamed, theAccount } from './cli.accounts.js';
import { seedDemo as seed } from './cli.demo.js';
import { CannotBeDone, oneOf, print, required, WrongUse, type Options, type Rest } from './cli.options.js';
import { pendingMigrations } from './cli.tables.js';
import * as userFiles from './cli.user-files.js';
import { readEnvironment, UnusableSetting } from './config/environment.js';
import { loadKeys } from './crypto/load-keys.js';
import { checkKey } from './database/installation.js';
import { openDatabase } from './database/open.js';
import { inTransaction } from './database/transaction.js';
import { noFacts, operator } from './journal/actor.js';
import { Journal } from './journal/journal.service.js';
import { normaliseAddress } from './text/address.js';
import { NestLog } from './web/log.js';
import { Words } from './web/words.js';

/* The commands that need the application. */

export const createOwner = (options: Options) => withApplication((app) => makeOwner(app, options));
export const createUser = (options: Options) => withApplication((app) => makeUser(app, options));
export const resetPassword = (options: Options) => withApplication((app) => renewPassword(app, options));
export const listAccounts = () => withApplication(printAccounts);
export const closeAccount = (options: Options) => withApplication((app) => endAccount(app, options));
export const seedDemo = () => withApplication(async (app) => (await seed(app)).forEach(print));
export const exportUsers = (options: Options) =>
  withApplication((app) => userFiles.exportUsers(app, options));
export const importUsers = (options: Options, rest: Rest) =>
  withApplication((app) => userFiles.importUsers(app, options, rest));
export const updateUsers = (options: Options, rest: Rest) =>
  withApplication((app) => userFiles.updateUsers(app, options, rest));

/** The application without its web server and workers, for one command. */
async function withApplication(work: (app: INestApplicationContext) => Promise<void>): Promise<void> {
  const environment = { ...readEnvironment(), worker: 'off' as const };
  if (!environment.databaseUrl) throw new UnusableSetting('DATABASE_URL is not set; use npm run carnet');
  const keys = loadKeys(environment);
  const database = await openDatabase(environment.databaseUrl, 'unlimited', parts);
  try {
    if ((await pendingMigrations(database)).length > 0)
      throw new CannotBeDone('The tables are not up to date; run npm run carnet -- migrate');
    await checkKey(database, keys);
    const app = await NestFactory.createApplicationContext(AppModule.with({ environment, keys, database }), {
      logger: new NestLog(),
      abortOnError: false,
    });
    try {
      await work(app);
    } finally {
      await app.close();
    }
  } finally {
    if (database.isInitialized) await database.destroy();
  }
}

async function makeOwner(app: INestApplicationContext, options: Options): Promise<void> {
  const owner = await personOf(options);
  const name = required(options, 'account');
  const existing = await accountNamed(app, name);
  const founding = app.get(Founding);
  if (existing) await founding.admit(existing.id, owner, 'owner');
  else {
    const region = (options['country'] ?? 'FR').toUpperCase();
    if (!isRegion(region)) throw new WrongUse('--country takes two letters, for example FR (ISO 3166-1)');
    await founding.found({ accountName: name, region, language: owner.language ?? 'en', owner });
  }
  print(`${owner.email} is an owner of ${name}`);
}

async function makeUser(app: INestApplicationContext, options: Options): Promise<void> {
  const account = await theAccount(app, required(options, 'account'));
  const role = oneOf(options, 'role', roles, 'member');
  const type = oneOf(options, 'type', userTypes, 'basic');
  const made = options['password'] === undefined ? madePassword() : undefined;
  const user = await personOf({ ...options, password: options['password'] ?? made });
  await app.get(Founding).admit(account.id, { ...user, type }, role);
  print(`${user.email} can sign in to ${account.name}${made ? ` with the password ${made}` : ''}`);
}

async function renewPassword(app: INestApplicationContext, options: Options): Promise<void> {
  const email = addressOf(options);
  const database = app.get(DataSource);
  const [user] = await database.query<User[]>(
    `SELECT u.id, u.accountId, u.email, u.givenName, u.familyName FROM sign_in_addresses s
     JOIN users u ON u.id = s.userId WHERE s.address = ? AND u.status = 'active'`,
    [email],
  );
  if (!user) throw new WrongUse(`Nobody signs in with ${email}`);
  const made = options['password'] === undefined ? madePassword() : undefined;
  const password = made ?? (await passwordOf(options, user));
  const passwords = app.get(Passwords);
  const secret = await passwords.hash(password);
  await inTransaction(database, async (manager) => {
    await passwords.set(manager, user, secret);
    await manager.query('DELETE FROM sessions WHERE userId = ?', [user.id]);
    await auditPeople(app.get(Journal), manager, operator(user.accountId), noFacts, {
      ...{ action: 'users.password', people: [user] },
    });
  });
  print(`${email} has a new password${made ? `: ${made}` : ''}; all its sessions are ended`);
}

async function printAccounts(app: INestApplicationContext): Promise<void> {
  const rows = await app.get(DataSource).query<Record<string, string | number | Date | null>[]>(
    `SELECT a.id, a.name, a.kind, a.createdAt, a.closedAt,
            SUM(IF(c.status = 'active', c.people, 0)) AS active,
            SUM(IF(c.status = 'pending', c.people, 0)) AS pending,
            SUM(IF(c.status = 'deactivated', c.people, 0)) AS deactivated
     FROM accounts a LEFT JOIN user_counters c ON c.accountId = a.id
     GROUP BY a.id, a.name, a.kind, a.createdAt, a.closedAt ORDER BY a.id`,
  );
  const columns = ['id', 'name', 'kind', 'active', 'pending', 'deactivated', 'createdAt', 'closedAt'];
  print(columns.join('\t'));
  for (const row of rows) print(columns.map((column) => cellOf(row[column] ?? '')).join('\t'));
}

async function endAccount(app: INestApplicationContext, options: Options): Promise<void> {
  const account = await theAccount(app, required(options, 'account'));
  await inTransaction(app.get(DataSource), async (manager) => {
    if (account.kind === 'personal') return app.get(PersonalAccounts).closeForGood(manager, account);
    await manager.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [account.id]);
    await manager.query('DELETE FROM sessions WHERE accountId = ?', [account.id]);
    await manager.query('DELETE FROM sign_in_addresses WHERE accountId = ?', [account.id]);
    await app.get(Journal).audit(manager, operator(account.id), noFacts, {
      ...{ action: 'account.close', targetType: 'account', targetId: account.id, targetName: account.name },
    });
  });
  print(`${account.name} is closed`);
}

async function personOf(options: Options): Promise<NewPerson> {
  const who = {
    email: addressOf(options),
    givenName: required(options, 'first-name'),
    familyName: required(options, 'last-name'),
  };
  const language = oneOf(options, 'language', ['en', 'fr'] as const, 'en');
  return { ...who, language, password: await passwordOf(options, who) };
}

function addressOf(options: Options): string {
  const typed = required(options, 'email');
  const email = normaliseAddress(typed);
  if (!email) throw new WrongUse(`${typed} is not an e-mail address`);
  return email;
}

/** `--password -` reads the first line of stdin, so that it stands in no process list and no history. */
async function passwordOf(options: Options, owner: PasswordOwner): Promise<string> {
  const given = required(options, 'password');
  const password = given === '-' ? await firstLine(process.stdin) : given;
  const problem = passwordProblem(password, owner);
  if (problem) throw new WrongUse(Words.for('en').t(problem.key, problem.values));
  return password;
}

async function firstLine(stream: NodeJS.ReadStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += String(chunk);
  return text.split(/\r?\n/)[0];
}

/** 20 letters and digits, without those that look alike. */
function madePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length: 20 }, () => letters[randomInt(letters.length)]).join('');
}

function cellOf(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString() : String(value).replaceAll(/[\t\r\n]/g, ' ');
}
