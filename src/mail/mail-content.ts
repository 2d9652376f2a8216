import { type MessageValues } from '../errors/domain-error.js';
import { type Locale, Words } from '../web/words.js';
import { type MailLink } from './mail-links.js';

/**
 * The mails there are, and what each says; the words are `mail.<template>.<part>`. All share one shape (views/mail):
 * greeting, what happened, one button, the link in full, why it was sent, until when it holds. Without the value of
 * `signedBy` it speaks of nobody: `mail.<template>.<part>-unsigned`.
 */
const templates = {
  activation: { button: true, moments: [], signedBy: 'inviter' },
  'password-reset': { button: true, moments: [], signedBy: null },
  'password-changed': { button: false, moments: ['at'], signedBy: null },
  test: { button: false, moments: [], signedBy: null },
  'email-change': { button: true, moments: [], signedBy: 'by' },
  'email-change-notice': { button: false, moments: ['until'], signedBy: 'by' },
  'email-changed': { button: false, moments: ['at'], signedBy: null },
} as const satisfies Record<string, { button: boolean; moments: readonly string[]; signedBy: string | null }>;

export type MailTemplate = keyof typeof templates;

export interface MailContent {
  subject: string;
  greeting: string;
  text: string;
  button: { label: string; url: string; hint: string } | null;
  expiry: string | null;
  reason: string;
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

export function isTemplate(name: string): name is MailTemplate {
  return Object.hasOwn(templates, name);
}

/**
 * What a mail says, in the language of its receiver.
 * @param publicUrl origin of the link, without a trailing slash
 * @throws Error for a template we do not have, or a mail that needs a link and has none
 */
export function mailContent(mail: Written, link: MailLink | null, publicUrl: string): MailContent {
  const { button, words, say } = speaking(mail);
  if (button && !link) throw new Error(`Mail ${mail.template} needs a link`);
  return {
    subject: subjectOf(mail),
    greeting:
      mail.toName === '' ? words.t('mail.greeting-plain') : words.t('mail.greeting', { name: mail.toName }),
    text: say('text'),
    button:
      button && link
        ? { label: say('button'), url: `${publicUrl}${link.path}`, hint: words.t('mail.link-hint') }
        : null,
    expiry: link
      ? words.t('mail.expiry', { at: words.dateTime(link.expiresAt), zone: words.timeZone })
      : null,
    reason: say('reason'),
    locale: mail.language,
    words,
  };
}

/** The subject alone, for lists. */
export function subjectOf(mail: Written): string {
  return oneLine(speaking(mail).say('subject'));
}

function speaking(mail: Written) {
  if (!isTemplate(mail.template)) throw new Error(`No mail ${mail.template}`);
  const { button, moments, signedBy } = templates[mail.template];
  const words = Words.for(mail.language, String(mail.values['timeZone'] ?? 'UTC'));
  const values: MessageValues = Object.fromEntries(
    Object.entries(mail.values).map(([name, value]) => [
      name,
      typeof value === 'string' ? oneLine(value) : value,
    ]),
  );
  for (const name of moments as readonly string[]) values[name] = words.dateTime(new Date(values[name] ?? 0));
  const unsigned = signedBy !== null && !values[signedBy];
  const say = (part: string) => {
    const key = `mail.${mail.template}.${part}`;
    return words.t(unsigned && words.has(`${key}-unsigned`) ? `${key}-unsigned` : key, values);
  };
  return { button, words, say };
}

/** A name may hold anything: it makes no new line, neither in the header nor in what we say. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
