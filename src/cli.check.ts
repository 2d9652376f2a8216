import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import { type DataSource } from 'typeorm';
import { parts } from '../ormconfig.js';
import { googleOf, microsoftOf, ToMend } from './cli.check-clients.js';
import { CannotBeDone, print } from './cli.options.js';
import { pendingMigrations, unknownMigrations } from './cli.tables.js';
import { readEnvironment, type Environment } from './config/environment.js';
import { type ListedHost } from './config/listed-hosts.js';
import { loadKeys } from './crypto/load-keys.js';
import { checkKey } from './database/installation.js';
import { openDatabase } from './database/open.js';
import { smtpFailure } from './mail/smtp-failure.js';

/** What links, leases and invitations bear before people notice. */
const CLOCK_SECONDS = 5;
/** The oldest servers Carnet is made for. */
const OLDEST = { mariadb: [10, 6], mysql: [8, 0] } as const;
const SMTP_MS = 10_000;
const EXCHANGE_MS = 10_000;

/** What a check found in order; what has to be mended it throws as `ToMend`. */
type Check = () => Promise<string> | string;

/**
 * Looks at everything Carnet needs and changes nothing; one line each on stdout.
 * @throws CannotBeDone when something has to be mended
 */
export async function check(): Promise<void> {
  let mend = 0;
  const line = async (name: string, look: Check) => {
    try {
      print(`${name}: ok, ${await look()}`);
      return true;
    } catch (error) {
      mend++;
      print(`${name}: to mend, ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };

  let environment: Environment | undefined;
  let database: DataSource | undefined;
  try {
    await line('settings', () => {
      environment = readEnvironment();
      return `people reach Carnet at ${environment.publicUrl}`;
    });
    if (environment) {
      const settings = environment;
      await line('database', async () => {
        database = await reached(settings);
        return versionOf(database);
      });
      if (database) {
        const reachable = database;
        const tables = await line('tables', () => tablesOf(reachable));
        if (tables) {
          const key = await line('key', () => keyOf(settings, reachable));
          if (key) await line('sign-ins', () => signInsOf(settings, reachable));
        }
        await line('clock', () => clockOf(reachable));
      }
      await line('mail', () => mailOf(settings));
      for (const host of settings.ewsAllowedHosts)
        await line(`exchange ${addressOf(host)}`, () => exchangeOf(host, settings));
      if (settings.ewsAllowedHosts.length === 0) await line('exchange', () => publicExchange(settings));
      for (const host of settings.recordingHosts)
        await line(`recordings ${addressOf(host)}`, () =>
          hostAnswers(host, [], (error) =>
            hostProblem(error, 'NODE_EXTRA_CA_CERTS', 'CARNET_RECORDING_HOSTS'),
          ),
        );
      await line('google', () => googleOf(settings.google, settings));
      await line('microsoft', () => microsoftOf(settings.microsoft, settings));
    }
  } finally {
    await database?.destroy();
  }
  if (mend > 0)
    throw new CannotBeDone(mend === 1 ? 'One thing has to be mended' : `${mend} things have to be mended`);
}

async function reached({ databaseUrl }: Environment): Promise<DataSource> {
  if (!databaseUrl) throw new ToMend('DATABASE_URL is not set; use npm run carnet, which brings a database');
  return openDatabase(databaseUrl, 'unlimited', parts);
}

async function versionOf(database: DataSource): Promise<string> {
  const [{ version }] = await database.query<{ version: string }[]>('SELECT VERSION() AS version');
  const type = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  const name = `${type === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`;
  const [major, minor] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST[type];
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))
    throw new ToMend(`${name} is too old; use ${OLDEST[type].join('.')} or newer`);
  return name;
}

async function tablesOf(database: DataSource): Promise<string> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0)
    throw new ToMend(`${pending.join(', ')} not done yet; run npm run carnet -- migrate`);
  const unknown = await unknownMigrations(database);
  if (unknown.length > 0)
    throw new ToMend(`they were made by a newer Carnet (${unknown.join(', ')}); use that version`);
  return 'up to date';
}

/** Does not make a key where there is none: the start does that, and a wrong one would then look right. */
async function keyOf(environment: Environment, database: DataSource): Promise<string> {
  const [stored] = await database.query<unknown[]>("SELECT 1 FROM installation WHERE name = 'key-check'");
  const isThere = environment.secretKeys !== null || existsSync(join(environment.dataDir, 'secret-keys'));
  if (!stored) return isThere ? 'not in use yet' : 'made at the first start';
  if (!isThere)
    throw new ToMend(
      'SECRET_KEYS is not set and DATA_DIR holds no secret-keys; give back the key that was in use',
    );
  await checkKey(database, loadKeys(environment));
  return 'it is the one this database was made with';
}

async function clockOf(database: DataSource): Promise<string> {
  const before = Date.now();
  const [{ now }] = await database.query<{ now: string }[]>(
    'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) AS CHAR) AS now',
  );
  const after = Date.now();
  const seconds = ((before + after) / 2 - Number(now) * 1000) / 1000;
  const off = Math.abs(seconds).toFixed(1);
  if (Math.abs(seconds) > CLOCK_SECONDS)
    throw new ToMend(
      `this machine is ${off} s ${seconds > 0 ? 'ahead of' : 'behind'} the database; set both clocks by NTP`,
    );
  return `${off} s from the database`;
}

async function mailOf({ smtpUrl, publicUrl }: Environment): Promise<string> {
  if (smtpUrl === null) return 'kept, and read by administrators at /mail (SMTP_URL is not set)';
  const host = URL.canParse(smtpUrl) ? new URL(smtpUrl).host : '';
  const transport = createTransport({
    ...{ url: smtpUrl, disableFileAccess: true, disableUrlAccess: true },
    ...{ connectionTimeout: SMTP_MS, greetingTimeout: SMTP_MS, socketTimeout: SMTP_MS, dnsTimeout: SMTP_MS },
  });
  try {
    await transport.verify();
    return `${host} takes mails; their links lead to ${publicUrl}`;
  } catch (error) {
    throw new ToMend(`${host} does not take mails (${smtpFailure(error).reason}); correct SMTP_URL`);
  } finally {
    transport.close();
  }
}

/** What connections sign in with can be opened, and with which key. */
async function signInsOf(environment: Environment, database: DataSource): Promise<string> {
  const rows = await database.query<{ keyNumber: number; secrets: number | string }[]>(
    'SELECT keyNumber, COUNT(*) AS secrets FROM connection_secrets GROUP BY keyNumber ORDER BY keyNumber',
  );
  if (rows.length === 0) return 'no mailbox is connected';
  const keys = loadKeys(environment);
  const lost = rows.filter(({ keyNumber }) => !keys.has(keyNumber));
  if (lost.length > 0)
    throw new ToMend(
      `${lost.map(({ keyNumber, secrets }) => `${Number(secrets)} are sealed with key ${keyNumber}`).join(', ')}, which SECRET_KEYS does not hold; give it back`,
    );
  const sum = (some: typeof rows) => some.reduce((all, { secrets }) => all + Number(secrets), 0);
  const older = sum(rows.filter(({ keyNumber }) => keyNumber < keys.current));
  const all = `${sum(rows)} sealed, with a key that is there`;
  return older === 0 ? all : `${all}; ${older} with an older one: run npm run carnet -- rotate-key`;
}

function publicExchange({ ewsCertificates }: Environment): string {
  const more =
    ewsCertificates.length === 0 ? '' : `; certificates of CARNET_EWS_CA_FILE: ${ewsCertificates.length}`;
  return `people may connect servers with a public address (CARNET_EWS_ALLOWED_HOSTS lists no other)${more}`;
}

/** Without signing in: whether somebody answers there, and with a certificate that is trusted. */
function exchangeOf(listed: ListedHost, { ewsCertificates }: Environment): Promise<string> {
  return hostAnswers(listed, ewsCertificates, (error) =>
    hostProblem(error, 'CARNET_EWS_CA_FILE', 'CARNET_EWS_ALLOWED_HOSTS'),
  );
}

async function hostAnswers(
  listed: ListedHost,
  certificates: readonly string[],
  problem: (error: Error) => ToMend,
): Promise<string> {
  const { plain, port } = listed;
  const host = listed.host.replace(/^\[|\]$/g, '');
  const at = { host, port: port ?? (plain ? 80 : 443) };
  await new Promise<void>((answered, failed) => {
    const socket = plain
      ? connectPlain(at, () => answered())
      : connectTls(
          {
            ...at,
            ...(certificates.length > 0 ? { ca: [...rootCertificates, ...certificates] } : {}),
            // An address has no name to ask for.
            ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
          },
          () => answered(),
        );
    const end = (error: Error) => failed(problem(error));
    socket.setTimeout(EXCHANGE_MS, () => end(new Error('it does not answer')));
    socket.on('error', end);
    socket.on('secureConnect', () => socket.destroy());
    socket.on('connect', () => plain && socket.destroy());
  });
  return plain ? 'answers, without encryption (http)' : 'answers with a certificate that is trusted';
}

/** @param authorities setting that names a file of authorities. @param hosts setting that lists the server */
function hostProblem(error: Error & { code?: string }, authorities: string, hosts: string): ToMend {
  const { code = '', message } = error;
  if (/CERT|SIGNED|VERIFY|ISSUER/.test(code))
    return new ToMend(
      `its certificate is not trusted (${code}); put its authority into the file ${authorities} names`,
    );
  return new ToMend(`${code || message}; correct ${hosts}, or look at the server and the way to it`);
}

function addressOf({ host, port, plain }: ListedHost): string {
  return `${plain ? 'http://' : ''}${host}${port === null ? '' : `:${port}`}`;
}
