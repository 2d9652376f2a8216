import { createHash } from 'node:crypto';
import { type Request } from 'express';

/** `carnet_` and 256 bits as base64url (RFC 4648 §5): told from other secrets by people and by scanners of code. */
const TOKEN = /^carnet_[\w-]{43}$/;

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function isTokenText(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * The token of a request: `Authorization: Bearer` (RFC 6750 §2.1), or the password of `Basic` (RFC 7617), which is what becomes of
 * `https://x:TOKEN@…` in telephone systems that can be given nothing but an address. Nobody is ever asked for Basic, so no browser sends it
 * by itself.
 * @returns null where there is none; anything else that was sent is returned as it is
 */
export function tokenOf({ headers }: Pick<Request, 'headers'>): string | null {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+) *$/.exec(headers.authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic': {
      const text = Buffer.from(credentials, 'base64').toString('utf8');
      return text.slice(text.indexOf(':') + 1);
    }
    default:
      return null;
  }
}
