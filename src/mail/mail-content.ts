import { type MessageValues } from '../errors/domain-error.js';
import { isolate } from '../text/isolate.js';
import { tidy } from '../text/tidy.js';
import { type Locale, Words } from '../web/words.js';
import { type MailLink } from './mail-links.js';

/** What a mail can be told to stop: `invitations` of strangers to an address, somebody's own `digest`. */
export type Stoppable = 'invitations' | 'digest';

interface Template {
  /** `true`: leads to the mail's link; a path: to that page. */
  button: boolean | `/${string}`;
  moments: readonly string[];
  signedBy: string | null;
  stop?: Stoppable;
}

/**
 * The mails there are, and what each says; the words are `mail.<template>.<part>`. All share one shape (views/mail):
 * greeting, what happened, what somebody wrote (`values.message`, quoted) or a list (`values.lines`, a line each), one
 * button, the link in full, why it was sent, until when it holds, how to have no more of them. Without the value of
 * `signedBy` it speaks of nobody: `mail.<template>.<part>-unsigned`.
 */
const templates = {
  activation: { button: true, moments: [], signedBy: 'inviter' },
  'password-reset': { button: true, moments: [], signedBy: null },
  // Without a company: of an account of one person, where no administrator helps.
  'password-changed': { button: false, moments: ['at'], signedBy: 'company' },
  test: { button: false, moments: [], signedBy: null },
  'email-change': { button: true, moments: [], signedBy: 'by' },
  'email-change-notice': { button: false, moments: ['until'], signedBy: 'by' },
  'email-changed': { button: false, moments: ['at'], signedBy: 'company' },
  'account-closed': { button: true, moments: ['until'], signedBy: null },
  // Values: name, address, company (none for a personal account), message.
  'external-request': { button: true, moments: [], signedBy: 'company', stop: 'invitations' },
  'external-pending': { button: false, moments: [], signedBy: 'company', stop: 'invitations' },
  'external-invitation': { button: true, moments: [], signedBy: 'company', stop: 'invitations' },
  'notifications-digest': { button: '/notifications', moments: [], signedBy: null, stop: 'digest' },
} as const satisfies Record<string, Template>;

export type MailTemplate = keyof typeof templates;

export interface MailContent {
  subject: string;
  greeting: string;
  text: string;
  /** What the sender wrote, line by line as they broke them. */
  quote: { intro: string; lines: string[] } | null;
  list: string[];
  button: { label: string; url: string; hint: string } | null;
  /** A second way, below the button. */
  also: { text: string; url: string } | null;
  expiry: string | null;
  reason: string;
  /** How to have no more of these mails. */
  stop: { text: string; url: string } | null;
  locale: Locale;
  words: Words;
}

export interface Written {
  template: string;
  language: Locale;
  toName: string;
  /** What the words name; `timeZone` (IANA) is how moments are written, UTC when absent. */
  values: Record<string, string | number>;
}

function isTemplate(name: string): name is MailTemplate {
  return Object.hasOwn(templates, name);
}

/** What this mail can be told to stop, if anything. */
export function stoppedBy(template: string): Stoppable | null {
  return isTemplate(template) ? ((templates[template] as Template).stop ?? null) : null;
}

/**
 * What a mail says, in the language of its receiver.
 * @param publicUrl origin of the link, without a trailing slash
 * @param stopPath where the receiver says that they want no more of these
 * @throws Error for a template we do not have, or a mail that needs a link and has none
 */
export function mailContent(
  mail: Written,
  link: MailLink | null,
  publicUrl: string,
  stopPath: string | null = null,
): MailContent {
  const { button, words, say } = speaking(mail);
  if (button === true && !link) throw new Error(`Mail ${mail.template} needs a link`);
  const path = typeof button === 'string' ? button : button && link ? link.path : null;
  const message = linesOf(tidy(textOf(mail, 'message'), { keepLines: true }));
  const stop = stoppedBy(mail.template);
  return {
    subject: subjectOf(mail),
    greeting:
      mail.toName === ''
        ? words.t('mail.greeting-plain')
        : words.t('mail.greeting', { name: isolate(oneLine(mail.toName)) }),
    text: say('text'),
    quote: message.length === 0 ? null : { intro: say('quote'), lines: message },
    list: linesOf(textOf(mail, 'lines')),
    button:
      path === null
        ? null
        : { label: say('button'), url: `${publicUrl}${path}`, hint: words.t('mail.link-hint') },
    also: link?.also ? { text: say('also'), url: `${publicUrl}${link.also.path}` } : null,
    expiry: link
      ? words.t('mail.expiry', { at: words.dateTime(link.expiresAt), zone: words.timeZone })
      : null,
    reason: say('reason'),
    stop: stop && stopPath ? { text: words.t(`mail.stop.${stop}`), url: `${publicUrl}${stopPath}` } : null,
    locale: mail.language,
    words,
  };
}

/** The subject alone, for lists. */
export function subjectOf(mail: Written): string {
  return speaking(mail, SUBJECT_VALUE).say('subject');
}

/** Characters of a name that a subject, or a stranger's mail, repeats: it may be long enough to be a message of its own. */
const SUBJECT_VALUE = 80;
/** Told by the shape, not by the words: they keep their lines. */
const shapes: readonly string[] = ['message', 'lines'];

function speaking(mail: Written, longest = Infinity) {
  if (!isTemplate(mail.template)) throw new Error(`No mail ${mail.template}`);
  const { button, moments, signedBy, stop }: Template = templates[mail.template];
  const strange = stop === 'invitations';
  // The address is what a stranger is known by: it is said in full.
  const nameOf = (name: string, value: string) =>
    strange && name !== 'address' ? cut(withoutLinks(oneLine(value)), SUBJECT_VALUE) : oneLine(value);
  const words = Words.for(mail.language, String(mail.values['timeZone'] ?? 'UTC'));
  const values: MessageValues = Object.fromEntries(
    Object.entries(mail.values)
      .filter(([name]) => !shapes.includes(name))
      .map(([name, value]) => [
        name,
        typeof value === 'string' ? isolate(cut(nameOf(name, value), longest)) : value,
      ]),
  );
  for (const name of moments) values[name] = words.dateTime(new Date(values[name] ?? 0));
  const unsigned = signedBy !== null && !values[signedBy];
  const say = (part: string) => {
    const key = `mail.${mail.template}.${part}`;
    return words.t(unsigned && words.has(`${key}-unsigned`) ? `${key}-unsigned` : key, values);
  };
  return { button, words, say };
}

/**
 * A name may hold anything: it makes no new line, neither in the header nor in what we say, and turns no text around
 * (direction embeddings and overrides, UAX #9).
 */
export function oneLine(text: string): string {
  return visible(tidy(text));
}

/** A name as mail programs make no link of it, which would be a stranger's in a sentence of ours. */
function withoutLinks(name: string): string {
  return name.replace(/[a-z]+:\/\/+/giu, '').replace(/([\p{L}\p{N}])\.(?=\p{L}{2})/gu, '$1. ');
}

function textOf({ values }: Written, name: string): string {
  return String(values[name] ?? '');
}

function linesOf(text: string): string[] {
  return text === '' ? [] : visible(text).split('\n');
}

function visible(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, '');
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
