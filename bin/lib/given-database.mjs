/* A database somebody else runs, named by DATABASE_URL. Nothing is started for it. */
import { createRequire } from 'node:module';
import { Problem } from './problem.mjs';

const REMEDY =
  'Correct DATABASE_URL, or unset it to have a private database, or start one in a container: docker compose up -d database (compose.yaml).';
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Reaches the first of the hosts in DATABASE_URL that answers.
 * @param {string} url `mysql://user:password@host:port/name`; several hosts separated by commas
 * @returns {Promise<string>} the server's name and version
 * @throws {Problem} one sentence that never holds the password
 */
export async function reachDatabase(url) {
  const hosts = eachHost(url);
  // mysql2 is there only once the packages are installed.
  const mysql = createRequire(import.meta.url)('mysql2/promise');
  let failure;
  for (const host of hosts) {
    try {
      const connection = await mysql.createConnection({ uri: host.href, connectTimeout: CONNECT_TIMEOUT_MS });
      const [[{ version }]] = await connection.query('SELECT VERSION() AS version');
      await connection.end();
      return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]} at ${where(host)}`;
    } catch (error) {
      failure = new Problem(`${whyUnreachable(error, host)} ${REMEDY}`);
    }
  }
  throw failure;
}

/** @returns {URL[]} one address for each host named */
export function eachHost(url) {
  const parts = /^(mysql:\/\/)((?:[^@/]*@)?)([^/?]*)(.*)$/s.exec(url.trim());
  if (!parts)
    throw new Problem(`DATABASE_URL must look like mysql://user:password@host:3306/carnet. ${REMEDY}`);
  const [, scheme, user, hosts, rest] = parts;
  try {
    const addresses = hosts.split(',').map((host) => new URL(`${scheme}${user}${host.trim()}${rest}`));
    if (addresses.every(({ pathname }) => pathname.length > 1)) return addresses;
  } catch {
    // said below
  }
  throw new Problem(`DATABASE_URL must look like mysql://user:password@host:3306/carnet. ${REMEDY}`);
}

function whyUnreachable(error, host) {
  const at = where(host);
  const name = decodeURIComponent(host.pathname.slice(1));
  const sentences = {
    ECONNREFUSED: `No database answers at ${at} (connection refused).`,
    ENOENT: `No database answers at ${at} (no such socket).`,
    ENOTFOUND: `The host of DATABASE_URL, ${host.hostname}, is not known.`,
    EAI_AGAIN: `The host of DATABASE_URL, ${host.hostname}, is not known just now.`,
    ETIMEDOUT: `No database answers at ${at} within ${CONNECT_TIMEOUT_MS / 1000} s.`,
    ER_ACCESS_DENIED_ERROR: `The database at ${at} refuses the user or the password of DATABASE_URL.`,
    ER_DBACCESS_DENIED_ERROR: `The user of DATABASE_URL has no rights on the database "${name}" at ${at}.`,
    ER_BAD_DB_ERROR: `The server at ${at} has no database "${name}"; make it there: CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4.`,
  };
  return sentences[error.code] ?? `The database at ${at} cannot be used (${error.code ?? error.message}).`;
}

function where(host) {
  return host.searchParams.get('socketPath') ?? `${host.hostname}:${host.port || 3306}`;
}
