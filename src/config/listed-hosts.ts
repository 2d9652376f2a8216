/** A server the operator vouches for (CARNET_EWS_ALLOWED_HOSTS): it may stand in a private network or on another port. */
export interface ListedHost {
  /** As `URL.hostname` writes it: lower case, `xn--`, brackets around IPv6, no dot at the end. */
  host: string;
  /** null: the usual one. */
  port: number | null;
  /** http may be spoken with it. */
  plain: boolean;
}

/** `mail.example.org, 10.1.2.3:8443, http://lab.example.org:8080`; null when an entry cannot be read. */
export function readListedHosts(text: string): ListedHost[] | null {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(listedHost);
  return entries.every((entry) => entry !== null) ? entries : null;
}

/** Whether the operator listed what this address speaks to: host, port and manner. */
export function isListed(url: URL, listed: readonly ListedHost[]): boolean {
  const plain = url.protocol === 'http:';
  const usual = url.port === '';
  return listed.some(
    (entry) =>
      entry.host === hostOf(url) &&
      (entry.plain || !plain) &&
      (entry.port === null ? usual : entry.port === Number(url.port || (plain ? 80 : 443))),
  );
}

/** The name without the dot that makes it absolute: the same host in one spelling. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/\.$/, '');
}

function listedHost(entry: string): ListedHost | null {
  const plain = /^http:\/\//i.test(entry);
  const rest = entry.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  // A space, a path or a user name is a slip, which must not open more than was meant.
  if (!/^(\[[0-9a-f:.]+\]|[^\s/\\?#@:[\]*]+)(:\d{1,5})?$/iu.test(rest)) return null;
  const address = `https://${rest}/`;
  if (!URL.canParse(address)) return null;
  const port = /:(\d+)$/.exec(rest)?.[1];
  return { host: hostOf(new URL(address)), port: port === undefined ? null : Number(port), plain };
}
