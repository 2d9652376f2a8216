import { type ExchangeVersion, isExchangeVersion } from './versions.js';

/** `connections.details` of an Exchange mailbox: what the form was filled in with, and what the server taught us. */
export interface ExchangeDetails {
  /** The address that is asked, `https://mail.example.org/EWS/Exchange.asmx`. */
  ewsUrl: string;
  /** As typed: `user@domain`, `DOMAIN\user` or `user`. */
  username: string;
  /** What is sent; lowered when the server did not take the chosen one. */
  version: ExchangeVersion;
  auth: 'ntlm' | 'basic';
  /** `Exchange 2016`, and its build, as it said itself. */
  serverVersion: string;
  serverBuild: string;
}

/** The secret of an Exchange connection, sealed as a whole. */
export interface ExchangeSecret {
  password: string;
}

export function readDetails(details: Readonly<Record<string, unknown>>): ExchangeDetails {
  const { ewsUrl, username, version, auth, serverVersion, serverBuild } = details;
  if (typeof ewsUrl !== 'string' || typeof username !== 'string' || !isExchangeVersion(version))
    throw new Error('These are no details of an Exchange connection');
  return {
    ewsUrl,
    username,
    version,
    auth: auth === 'basic' ? 'basic' : 'ntlm',
    serverVersion: String(serverVersion ?? ''),
    serverBuild: String(serverBuild ?? ''),
  };
}

export function readSecret(secret: string): ExchangeSecret {
  // What a parser says of a text that it cannot read quotes it.
  try {
    const { password } = JSON.parse(secret) as Partial<ExchangeSecret>;
    if (typeof password === 'string') return { password };
  } catch {
    // Said below.
  }
  throw new Error('This is no secret of an Exchange connection');
}
