/** What people choose in the form: the values of `RequestServerVersion` with the servers they stand for, oldest first. */
export const exchangeVersions = [
  'Exchange2007_SP1',
  'Exchange2010',
  'Exchange2010_SP1',
  'Exchange2010_SP2',
  'Exchange2013',
  'Exchange2013_SP1',
  'Exchange2016',
  // No server knows this value: the schema of 2019 goes on with names of its own. It stands for the newest.
  'Exchange2019',
] as const;
export type ExchangeVersion = (typeof exchangeVersions)[number];

/** The newest that is sent: all we need works with less, and the documented list of values ends here. */
const HIGHEST_SENT = exchangeVersions.indexOf('Exchange2013_SP1');

export function isExchangeVersion(text: unknown): text is ExchangeVersion {
  return exchangeVersions.some((version) => version === text);
}

/** What `RequestServerVersion` says for a chosen version. */
export function sentVersion(chosen: ExchangeVersion): ExchangeVersion {
  return exchangeVersions[Math.min(exchangeVersions.indexOf(chosen), HIGHEST_SENT)];
}

/** One lower; null below the lowest. */
export function lowerVersion(sent: ExchangeVersion): ExchangeVersion | null {
  return exchangeVersions[exchangeVersions.indexOf(sent) - 1] ?? null;
}

export function isAtLeast(sent: ExchangeVersion, version: ExchangeVersion): boolean {
  return exchangeVersions.indexOf(sent) >= exchangeVersions.indexOf(version);
}

/** As the header of an answer says it (`ServerVersionInfo`). */
export interface ServerVersion {
  major: number;
  minor: number;
  build: number;
  revision: number;
}

/** The name people know a server by, `Exchange 2016`; of one nobody knows yet its numbers. */
export function serverName({ major, minor }: ServerVersion): string {
  return serverNames.get(`${major}.${minor}`) ?? serverNames.get(`${major}`) ?? `Exchange ${major}.${minor}`;
}

export function buildOf({ major, minor, build, revision }: ServerVersion): string {
  return [major, minor, build, revision].join('.');
}

const serverNames = new Map([
  ['8', 'Exchange 2007'],
  ['14', 'Exchange 2010'],
  ['15.0', 'Exchange 2013'],
  ['15.1', 'Exchange 2016'],
  ['15.2', 'Exchange 2019'],
]);
