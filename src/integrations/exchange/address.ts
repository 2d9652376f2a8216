import { isIP } from 'node:net';
import { hostOf, isListed, type ListedHost } from '../../config/listed-hosts.js';

/** Why a typed address is not asked; `ExchangeRefusalKey`s. */
export type AddressProblem =
  | 'address-missing'
  | 'address-unreadable'
  | 'address-office365'
  | 'address-https'
  | 'address-port'
  | 'address-user-part';

export type ReadAddress = { url: URL; problem?: undefined } | { url?: undefined; problem: AddressProblem };

/**
 * The address of Exchange Web Services from what people paste: a host, an address of OWA or of the old admin pages, the
 * address of the WSDL, or the whole one. Its path is always the one all servers have (NOTES §2).
 * @param listed hosts for which the operator allows other ports, plain HTTP, and addresses in place of names
 */
export function readEwsAddress(typed: string, listed: readonly ListedHost[]): ReadAddress {
  const text = typed.trim();
  if (text === '') return { problem: 'address-missing' };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  // `mail.example.org:443` is a host with a port, and `\\server` no address of ours.
  const address = scheme === undefined ? `https://${text}` : text;
  if (/[\s\\]/.test(text) || !URL.canParse(address)) return { problem: 'address-unreadable' };
  const url = new URL(address);
  if (url.username || url.password || url.host === '') return { problem: 'address-user-part' };
  if (isOffice365(hostOf(url))) return { problem: 'address-office365' };
  return checked(url, listed);
}

/** Mailboxes of Microsoft's own service are reached through Graph: EWS is shut off there. */
export function isOffice365(host: string): boolean {
  return OFFICE_365.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

const OFFICE_365 = [
  'office365.com',
  'office.com',
  'outlook.com',
  'office365.us',
  'microsoftonline.com',
  'partner.outlook.cn',
  'office.de',
];

function checked(url: URL, listed: readonly ListedHost[]): ReadAddress {
  const known = isListed(url, listed);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && known)) return { problem: 'address-https' };
  if (url.port !== '' && !known) return { problem: 'address-port' };
  const host = hostOf(url);
  // An address in place of a name fits no certificate of a public authority: only an operator means it.
  if (!known && isIP(host.replace(/^\[|\]$/g, ''))) return { problem: 'address-unreadable' };
  return { url: new URL(`${url.protocol}//${host}${url.port ? `:${url.port}` : ''}/EWS/Exchange.asmx`) };
}
