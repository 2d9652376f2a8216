import { type E164 } from '../phone/e164.js';
import { mailtoOf } from './link-texts.js';
import { fill, patternFault, usesPlaceholder, type Filling, type PatternedWay } from './reach-pattern.js';
import { type SignedIn } from './signed-in.js';
import { type Words } from './words.js';

/** In the order in which they are shown. */
export type Way = 'call' | 'write' | 'chat' | 'meet';

/** Who is to be reached: with the number that is called first, never that of a fax. */
export interface Reachable extends Filling {
  name: string;
  /** Normalised. */
  email: string | null;
  number: E164 | null;
  /** Of somebody inside the reader's company, who is called by it where they have no number. */
  extension?: string | null | undefined;
}

export interface ReachLink {
  way: Way;
  icon: string;
  href: string;
  /** “Call” */
  text: string;
  /** “Call Camille Lefèvre”: where the name is not beside it. */
  label: string;
}

/** The ways to somebody, as `partials/reach.hbs` takes them. */
export interface Reach extends Record<Way, ReachLink | null> {
  /** Those there are, in their order. */
  links: ReachLink[];
  /** Where the number itself leads, or the extension of who has none; '' nowhere. */
  dial: string;
  /** Those there are beside the address and the number, where these are links themselves. */
  further: ReachLink[];
  /** Why there is no call though there is something to call; '' where nothing is to be said. */
  why: string;
}

/** Who reads: what they may do, and what their company has chosen. */
export type ReachReader = Pick<SignedIn, 'type'> & {
  features: Pick<SignedIn['features'], 'phone'>;
  account: Pick<SignedIn['account'], 'kind' | 'reach'>;
};

/** How this reader reaches somebody. Without an own pattern a call is `tel:`, and there is no chat and no meeting. */
export function reachOf(words: Words, reader: ReachReader, person: Reachable): Reach {
  const { phone } = reader.features;
  const { email, name } = person;
  const callable = callHref(reader.account.reach.call, person);
  const mail = email?.includes('@') ? mailtoOf(email) : null;
  const call = linkOf(words, 'call', phone ? callable : null, name);
  const write = linkOf(words, 'write', mail, name);
  const chat = linkOf(words, 'chat', filled('chat', reader, person), name);
  const meet = linkOf(words, 'meet', filled('meet', reader, person), name);
  const dial = dialLink(reader, person);
  return {
    call,
    write,
    chat,
    meet,
    dial,
    links: [call, write, chat, meet].filter((link) => link !== null),
    further: [call?.href === dial ? null : call, chat, meet].filter((link) => link !== null),
    why: phone || callable === null ? '' : whyNoCall(words, reader),
  };
}

/**
 * Where one of several numbers leads, for the number itself; '' for who may not call.
 * @param person the number's owner, for patterns that name them
 */
export function callLink(reader: ReachReader, number: E164, person: Omit<Reachable, 'number'>): string {
  return dialLink(reader, { ...person, number });
}

/** Where an extension leads, also of who has a number; '' for who may not call. */
export function extensionLink(reader: ReachReader, extension: string, person: Reachable): string {
  return dialLink(reader, { ...person, number: null, extension });
}

/** Why nobody of a list is called, said once beside it; '' where nothing is to be said. */
export function noCallText(rows: readonly { ways: Reach }[]): string {
  return rows.find(({ ways: { why } }) => why !== '')?.ways.why ?? '';
}

/** Why somebody may not call from here. */
function whyNoCall(words: Words, { type, account }: Pick<ReachReader, 'type' | 'account'>): string {
  // Whoever has an account of their own has no administrator to ask.
  if (account.kind === 'personal') return words.t('reach.off-personal');
  return words.t(type === 'licensed' ? 'reach.off' : 'reach.off-unlicensed');
}

function dialLink(reader: ReachReader, person: Reachable): string {
  const dialled = telOf(person);
  if (!reader.features.phone || dialled === null) return '';
  const pattern = reader.account.reach.call;
  // A pattern without a number calls the person, whatever number one clicks on: that would not be what it says.
  if (pattern && !usesPlaceholder(pattern, 'number')) return dialled;
  return callHref(pattern, person) ?? '';
}

const icons: Record<Way, string> = { call: 'phone', write: 'mail', chat: 'chat-group', meet: 'video' };

function callHref(pattern: string | null, person: Reachable): string | null {
  const own = pattern !== null && isTaken('call', pattern) ? fill(pattern, person) : null;
  // Who has no number is called by name where the pattern can; who has nothing it asks for, by the number.
  return own ?? telOf(person);
}

/**
 * An extension without the `phone-context` that RFC 3966 §5.1.5 wants of a local number: softphones and desk phones dial what
 * stands before it, and nothing with it.
 */
function telOf({ number, extension }: Reachable): string | null {
  if (number !== null) return `tel:${number}`;
  return extension ? `tel:${encodeURIComponent(extension)}` : null;
}

function filled(way: 'chat' | 'meet', { account }: ReachReader, person: Reachable): string | null {
  const pattern = account.reach[way];
  return pattern !== null && isTaken(way, pattern) ? fill(pattern, person) : null;
}

const REMEMBERED = 1_000;
const taken = new Map<string, boolean>();

/** What stands in the database is checked as what is typed: it may come from a copy, or from rules that were others. */
function isTaken(way: PatternedWay, pattern: string): boolean {
  const key = `${way} ${pattern}`;
  let known = taken.get(key);
  if (known === undefined) {
    known = patternFault(way, pattern) === null;
    if (taken.size >= REMEMBERED) taken.clear();
    taken.set(key, known);
  }
  return known;
}

function linkOf(words: Words, way: Way, href: string | null, name: string): ReachLink | null {
  if (href === null) return null;
  return {
    way,
    icon: icons[way],
    href,
    text: words.t(`reach.${way}`),
    label: words.named(`reach.${way}-name`, name),
  };
}
