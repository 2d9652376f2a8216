import { type E164 } from '../phone/e164.js';

/** What an administrator may choose a pattern for; writing is always `mailto:`. */
export const patternedWays = ['call', 'chat', 'meet'] as const;
export type PatternedWay = (typeof patternedWays)[number];

/** null: `tel:`, no chat, no meeting. */
export type ReachPatterns = Readonly<Record<PatternedWay, string | null>>;

export const PATTERN_LENGTH = 500;

/** `{user}` is the address before its `@`, of a colleague alone: at another company it would be another person. */
export const placeholders = ['number', 'email', 'name', 'user'] as const;
export type Placeholder = (typeof placeholders)[number];

/** What a pattern is filled with. */
export interface Filling {
  name: string;
  email: string | null;
  number: E164 | null;
  /** Inside the reader's own company: dialled where there is no number. */
  extension?: string | null | undefined;
  /** Of the reader's own company. */
  colleague?: boolean | undefined;
}

/** Why a pattern cannot be taken; a sentence each under `reach.fault.`. */
export const patternFaults = [
  'characters',
  'scheme',
  'unknown',
  'missing',
  'host',
  'number-only',
  'incomplete',
] as const;
export type PatternFault = (typeof patternFaults)[number];

/** @returns null where the pattern may be saved */
export function patternFault(way: PatternedWay, pattern: string): PatternFault | null {
  if (pattern.length > PATTERN_LENGTH || !/^[!-~]+$/.test(pattern) || /["<>\\^`|]/.test(pattern))
    return 'characters';
  // Half an escape could be completed by what is filled in, and an escaped line break is still one to some programs.
  if (/%(?![0-9a-f]{2})|%[01][0-9a-f]|%7f/i.test(pattern)) return 'characters';
  const shape = shapeOf(pattern);
  if (!shape) return 'scheme';
  const used = placeholdersIn(pattern);
  if (!used) return 'unknown';
  const needed: readonly Placeholder[] = way === 'call' ? ['number', 'email', 'user'] : placeholders;
  if (!used.some((name) => needed.includes(name))) return 'missing';
  const fault = shape.fault(pattern.slice(pattern.indexOf(':') + 1), used);
  if (fault) return fault;
  return fill(pattern, SAMPLE) === null ? 'incomplete' : null;
}

/**
 * A pattern filled with one person's data, each value encoded for where it stands.
 * @returns null where the person has no such data, and where the whole is no link we show
 */
export function fill(chosen: string, filling: Filling): string | null {
  const pattern = filling.number === null ? chosen.replace(OUTSIDE_LINE, '$1') : chosen;
  const opaqueEnd = endOfPath(pattern);
  let missing = false;
  const href = pattern.replace(/\{([a-z]+)\}/g, (_, name: Placeholder, at: number) => {
    const value = valueOf(name, filling);
    if (value === null || value === '.' || value === '..') missing = true;
    return value === null ? '' : encoded(value, name, at < opaqueEnd);
  });
  return missing || !isSafe(href, pattern) ? null : href;
}

/** What is dialled before a number to get a line to the outside: no part of a call inside. */
const OUTSIDE_LINE = /^([a-z]+:)[\d+*,.-]+(?=\{number\})/i;

export function usesPlaceholder(pattern: string, ...names: Placeholder[]): boolean {
  return names.some((name) => pattern.includes(`{${name}}`));
}

const SAMPLE: Filling = {
  name: 'Ada',
  email: 'ada@example.org',
  number: '+33140205050' as E164,
  colleague: true,
};

interface Shape {
  /** @param rest what follows the scheme and its colon */
  fault(rest: string, used: Placeholder[]): PatternFault | null;
}

/** `//host/…`: whose host is a fixed one, without a user before it. */
const onHost: Shape = {
  fault(rest) {
    const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1];
    if (authority === undefined || authority === '') return 'incomplete';
    return /[{}@]/.test(authority) ? 'host' : null;
  },
};

/** Nothing but a number can be dialled. */
const dialled: Shape = {
  fault(rest, used) {
    if (used.some((name) => name !== 'number')) return 'number-only';
    return /^[\d+*,.-]*\{number\}/.test(rest) ? null : 'incomplete';
  },
};

/** `user@host`, a whole address, or (as softphones take it) a number alone; RFC 3261 §19.1, RFC 6120, RFC 5122. */
const mailbox: Shape = {
  fault(rest) {
    const [target = ''] = rest.split(/[;?#]/, 1);
    if (target.startsWith('//')) return 'incomplete';
    if (target === '{email}' || target === '{number}') return null;
    const [user = '', host, ...more] = target.split('@');
    if (user === '' || host === undefined || host === '' || more.length > 0) return 'incomplete';
    // An address brings a host of its own.
    return host.includes('{') || user.includes('{email}') ? 'host' : null;
  },
};

/** What may stand before the colon of a pattern, and where a value may stand after it. */
const shapes = new Map<string, Shape>([
  ['https:', onHost],
  ['tel:', dialled],
  ['callto:', dialled],
  ['sip:', mailbox],
  ['sips:', mailbox],
  ['xmpp:', mailbox],
  ['zoommtg:', onHost],
  [
    'zoomphonecall:',
    {
      // The number has the place of a host here (developers.zoom.us/docs/phone/outbound-call).
      fault: (rest, used) =>
        used.some((name) => name !== 'number')
          ? 'number-only'
          : /^\/\/\{number\}(?:$|\?)/.test(rest)
            ? null
            : 'incomplete',
    },
  ],
  [
    'msteams:',
    {
      fault: (rest, used) =>
        rest.startsWith('//') ? onHost.fault(rest, used) : /^\/[a-z]/.test(rest) ? null : 'incomplete',
    },
  ],
  [
    'matrix:',
    {
      // matrix:u/user:server (spec.matrix.org, “matrix: URI scheme”)
      fault(rest) {
        const [, user, host] = /^u\/([^:?#]*):([^?#]*)/.exec(rest) ?? [];
        if (!user || !host) return 'incomplete';
        return host.includes('{') || user.includes('{email}') ? 'host' : null;
      },
    },
  ],
]);

/** The schemes a pattern may have, as they are written. */
export const patternSchemes: readonly string[] = [...shapes.keys()];

function shapeOf(pattern: string): Shape | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(pattern)?.[0];
  return scheme === undefined ? undefined : shapes.get(scheme.toLowerCase());
}

/** @returns null where braces hold something else, or do not belong together */
function placeholdersIn(pattern: string): Placeholder[] | null {
  const names = [...pattern.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name as Placeholder);
  const loose = pattern.replace(/\{[a-z]+\}/g, '');
  return /[{}]/.test(loose) || names.some((name) => !placeholders.includes(name)) ? null : names;
}

/** Where the part ends in which `+` and `@` stand for themselves: all of a path, but nothing of a query. */
function endOfPath(pattern: string): number {
  const end = pattern.search(/[?#]/);
  return end === -1 ? pattern.length : end;
}

function valueOf(
  name: Placeholder,
  { name: called, email, number, extension, colleague }: Filling,
): string | null {
  switch (name) {
    case 'number':
      return number ?? extension ?? null;
    case 'email':
      return email;
    case 'user':
      return colleague && email ? email.slice(0, email.lastIndexOf('@')) || null : null;
    case 'name':
      // Line breaks, marks that turn the direction, and what cannot be encoded are no part of a name in a link.
      return (
        called
          .normalize('NFC')
          .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
          .trim() || null
      );
  }
}

function encoded(value: string, name: Placeholder, inPath: boolean): string {
  const text = encodeURIComponent(value);
  if (!inPath) return text;
  if (name === 'number') return text.replace('%2B', '+');
  return name === 'email' ? text.replace('%40', '@') : text;
}

/** The finished link once more: our schemes, the pattern's own host, and no step out of its folder. */
function isSafe(href: string, pattern: string): boolean {
  const url = URL.parse(href);
  if (!url || href.length > 2_000 || !shapes.has(url.protocol) || !/^[!-~]+$/.test(href)) return false;
  if (url.protocol !== pattern.slice(0, pattern.indexOf(':') + 1).toLowerCase()) return false;
  if (url.protocol !== 'https:') return true;
  const segments = (path: string) => path.split('/').length;
  const [, host = '', path = ''] = /^https:\/\/([^/?#]*)([^?#]*)/i.exec(pattern) ?? [];
  return (
    url.username === '' &&
    url.password === '' &&
    url.host === URL.parse(`https://${host}`)?.host &&
    segments(url.pathname) === segments(path || '/')
  );
}
