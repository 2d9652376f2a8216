import { z } from 'zod';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ListedHost, readListedHosts } from './listed-hosts.js';

/** What the operator may set (names fixed; all optional). @throws UnusableSetting with one line to print. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const unknown = Object.keys(env).find((name) => name.startsWith('CARNET_') && !knownCarnetNames.has(name));
  if (unknown)
    throw new UnusableSetting(`${unknown} is not a setting of Carnet; remove it or correct its name`);
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UnusableSetting(`${issue.path.join('.')} cannot be used: ${issue.message}`);
  }
  const values = parsed.data;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`);
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: publicUrl.origin,
    secure: publicUrl.protocol === 'https:',
    hosts: values.PUBLIC_URL
      ? [publicUrl.host]
      : ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${values.PORT}`),
    trustProxy: values.TRUST_PROXY,
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: resolve(values.DATA_DIR),
    secretKeys: values.SECRET_KEYS ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? `Carnet <carnet@${publicUrl.hostname}>`,
    worker: values.WORKER,
    logLevel: values.LOG_LEVEL,
    metricsPort: values.METRICS_PORT ?? null,
    ewsAllowedHosts: readListedHosts(values.CARNET_EWS_ALLOWED_HOSTS ?? '') ?? [],
    ewsCertificates: values.CARNET_EWS_CA_FILE ? (readCertificates(values.CARNET_EWS_CA_FILE) ?? []) : [],
    recordingHosts: readListedHosts(values.CARNET_RECORDING_HOSTS ?? '') ?? [],
    google: googleOf(values),
    microsoft: microsoftOf(values),
    production: env.NODE_ENV === 'production',
  };
}

export interface Environment {
  port: number;
  host: string;
  /** Origin of every link in a mail, without a trailing slash. */
  publicUrl: string;
  secure: boolean;
  /** Host headers that are ours. */
  hosts: string[];
  trustProxy: number;
  databaseUrl: string | null;
  dataDir: string;
  secretKeys: string | null;
  smtpUrl: string | null;
  mailFrom: string;
  worker: 'on' | 'off' | 'only';
  logLevel: string;
  metricsPort: number | null;
  /** Exchange servers in private networks, on other ports or without https. */
  ewsAllowedHosts: ListedHost[];
  /** PEM; authorities (or servers) whose certificates Exchange servers may show besides the public ones. */
  ewsCertificates: string[];
  /** The only servers recordings of calls are fetched from. */
  recordingHosts: ListedHost[];
  /** null: nobody can connect a Google account. */
  google: GoogleSettings | null;
  /** null: nobody can connect a mailbox at Microsoft 365. */
  microsoft: MicrosoftSettings | null;
  production: boolean;
}

/** What Google knows this installation as, and where its services are; addresses without a trailing slash. */
export interface GoogleSettings {
  clientId: string;
  clientSecret: string;
  authorizeUrl: string;
  tokenUrl: string;
  revokeUrl: string;
  peopleUrl: string;
  calendarUrl: string;
}

/** What Microsoft knows this installation as. National clouds have other addresses. */
export interface MicrosoftSettings {
  clientId: string;
  clientSecret: string;
  /** With the tenant: `https://login.microsoftonline.com/organizations`. */
  authority: string;
  /** Without version: `https://graph.microsoft.com`. */
  graphUrl: string;
}

/** A setting nothing can be started with. The message is one line for the operator. */
export class UnusableSetting extends Error {}

const port = z.coerce.number('give a port number').int().min(0).max(65535);
const httpUrl = z
  .string()
  .refine((text) => /^https?:$/.test(protocolOf(text)), 'give a full http or https address');

/** Where tokens are sent: in clear to this machine alone, where stand-in servers are. */
const serviceUrl = z
  .string()
  .refine(isServiceUrl, 'give a full https address without ? or #')
  .transform((text) => text.replace(/\/+$/, ''));

const schema = z.object({
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: httpUrl
    .refine((text) => new URL(text).pathname === '/', 'give the address without a path')
    .optional(),
  TRUST_PROXY: z.coerce.number('give the number of proxies').int().min(0).max(10).default(0),
  DATABASE_URL: z
    .string()
    .regex(/^(mysql|mariadb):\/\//, 'it begins with mysql://, for example mysql://user:password@host/carnet')
    .optional(),
  DATA_DIR: z.string().default('.data'),
  SECRET_KEYS: z
    .string()
    .regex(/^\d+:[A-Za-z0-9+/=_-]+(,\d+:[A-Za-z0-9+/=_-]+)*$/, 'write it as 1:base64,2:base64')
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'it begins with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\r\n]+$/, 'give an address, for example Carnet <carnet@example.com>')
    .optional(),
  WORKER: z.enum(['on', 'off', 'only'], 'it is on, off or only').default('on'),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'it is one of fatal … trace, silent',
    )
    .default('info'),
  METRICS_PORT: port.optional(),
  CARNET_EWS_ALLOWED_HOSTS: z
    .string()
    .refine(
      (text) => readListedHosts(text) !== null,
      'give hosts separated by commas, for example mail.example.org,10.1.2.3:8443',
    )
    .optional(),
  CARNET_EWS_CA_FILE: z
    .string()
    .refine((file) => readCertificates(file) !== null, 'give the path of a file with certificates (PEM)')
    .optional(),
  CARNET_RECORDING_HOSTS: z
    .string()
    .refine(
      (text) => readListedHosts(text) !== null,
      'give hosts separated by commas, for example pbx.example.org,http://10.1.2.3:8088',
    )
    .optional(),
  GOOGLE_CLIENT_ID: z.string().trim().optional(),
  GOOGLE_CLIENT_SECRET: z.string().trim().optional(),
  GOOGLE_AUTHORIZE_URL: serviceUrl.default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_TOKEN_URL: serviceUrl.default('https://oauth2.googleapis.com/token'),
  GOOGLE_REVOKE_URL: serviceUrl.default('https://oauth2.googleapis.com/revoke'),
  GOOGLE_PEOPLE_URL: serviceUrl.default('https://people.googleapis.com'),
  GOOGLE_CALENDAR_URL: serviceUrl.default('https://www.googleapis.com/calendar/v3'),
  MICROSOFT_CLIENT_ID: z.string().trim().optional(),
  MICROSOFT_CLIENT_SECRET: z.string().trim().optional(),
  MICROSOFT_AUTHORITY: serviceUrl
    .refine(
      (url) => new URL(url).pathname !== '/',
      'end it with a tenant, for example https://login.microsoftonline.com/contoso.com',
    )
    .default('https://login.microsoftonline.com/organizations'),
  MICROSOFT_GRAPH_URL: serviceUrl.default('https://graph.microsoft.com'),
});

const knownCarnetNames = new Set([
  'CARNET_EWS_ALLOWED_HOSTS',
  'CARNET_EWS_CA_FILE',
  'CARNET_RECORDING_HOSTS',
]);

/** Each certificate of a PEM file; null when there is none, or one that cannot be read. */
function readCertificates(file: string): string[] | null {
  try {
    const blocks = readFileSync(file, 'latin1').match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    );
    return blocks && blocks.map((block) => new X509Certificate(block)).map((each) => each.toString());
  } catch {
    return null;
  }
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}

function isServiceUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isHere)) && `${search}${hash}${username}` === '';
}

function googleOf(values: z.infer<typeof schema>): GoogleSettings | null {
  const client = clientOf('GOOGLE', values.GOOGLE_CLIENT_ID, values.GOOGLE_CLIENT_SECRET);
  return (
    client && {
      ...client,
      authorizeUrl: values.GOOGLE_AUTHORIZE_URL,
      tokenUrl: values.GOOGLE_TOKEN_URL,
      revokeUrl: values.GOOGLE_REVOKE_URL,
      peopleUrl: values.GOOGLE_PEOPLE_URL,
      calendarUrl: values.GOOGLE_CALENDAR_URL,
    }
  );
}

function microsoftOf(values: z.infer<typeof schema>): MicrosoftSettings | null {
  const client = clientOf('MICROSOFT', values.MICROSOFT_CLIENT_ID, values.MICROSOFT_CLIENT_SECRET);
  return client && { ...client, authority: values.MICROSOFT_AUTHORITY, graphUrl: values.MICROSOFT_GRAPH_URL };
}

/** null without either. @throws UnusableSetting with one of them alone */
function clientOf(prefix: string, clientId: string | undefined, clientSecret: string | undefined) {
  if (!clientId && !clientSecret) return null;
  const missing = clientId ? 'CLIENT_SECRET' : 'CLIENT_ID';
  if (!clientId || !clientSecret)
    throw new UnusableSetting(
      `${prefix}_${missing} is missing; set both, or neither to leave it switched off`,
    );
  return { clientId, clientSecret };
}
