import { placeQuery, type KeysetPage, type Place } from '../database/keyset.js';
import { type Words } from '../web/words.js';
import { mailContent, subjectOf, type MailContent } from './mail-content.js';
import { type ListedMail } from './mail-list.query.js';
import { type MailLink } from './mail-links.js';
import { type Mail } from './mail.entity.js';

/** `/mail`: one page of mails. */
export function mailsView(words: Words, q: string, page: KeysetPage<ListedMail>) {
  const href = (place: Place | null) =>
    place ? pathOf({ ...(q === '' ? {} : { q }), ...placeQuery(place) }) : '';
  return {
    title: words.t('mails.title'),
    q,
    clearHref: q === '' ? '' : '/mail',
    status: q === '' ? '' : words.t('mails.found', { count: page.rows.length }),
    columns: ['to', 'subject', 'state', 'written'].map((name) => ({
      label: words.t(`mails.column.${name}`),
    })),
    rows: page.rows.map((mail) => ({
      href: `/mail/${mail.id}`,
      name: mail.toName,
      address: mail.toAddress,
      subject: subjectOf(mail),
      language: mail.language,
      badge: badgeOf(words, mail.state),
      written: words.relative(mail.createdAt),
    })),
    pagination: {
      first: href(page.first),
      previous: href(page.previous),
      next: href(page.next),
      last: href(page.last),
      text: '',
    },
    empty:
      page.rows.length > 0
        ? null
        : q === ''
          ? { icon: 'mail', title: words.t('mails.none-title'), text: words.t('mails.none') }
          : {
              icon: 'search',
              title: words.t('common.empty.no-match'),
              text: words.t('mails.no-match'),
              href: '/mail',
              label: words.t('common.action.clear-filters'),
            },
  };
}

/**
 * `/mail/:id`: the mail as its receiver reads it, text and HTML.
 * @param shown the link may be shown: it is for nobody above the reader
 * @param own the reader is the person it was written for
 * @param renderText renders the text part
 */
export function mailView(
  words: Words,
  mail: Mail,
  link: MailLink | null,
  {
    shown,
    own,
    publicUrl,
    renderText,
  }: { shown: boolean; own: boolean; publicUrl: string; renderText: (content: object) => string },
) {
  // Without a link there is no secret: what its button leads to may be shown.
  const live = link === null || (shown && link.state === 'open');
  // What is hidden or over is shown without its secret: a token never leaves the mail it can be used from.
  const whole = mailContent(mail, link && !live ? withoutTokens(link) : link, publicUrl, '/unsubscribe/…');
  const content = own ? whole : withoutPrivate(words, whole);
  return {
    title: words.t('mails.title-one', { address: mail.toAddress }),
    facts: [
      { label: words.t('mails.column.to'), value: `${mail.toName} <${mail.toAddress}>` },
      { label: words.t('mails.column.state'), badge: badgeOf(words, mail.state) },
      { label: words.t('mails.column.written'), value: words.dateTime(mail.createdAt) },
      ...(mail.lastError === null ? [] : [{ label: words.t('mails.reason'), value: mail.lastError }]),
    ],
    notice: linkNotice(words, link, shown),
    content: {
      subject: content.subject,
      greeting: content.greeting,
      text: content.text,
      quote: content.quote,
      list: content.list,
      button: content.button,
      also: content.also,
      expiry: content.expiry,
      reason: content.reason,
      stop: content.stop,
      language: mail.language,
    },
    live,
    plain: renderText(content),
  };
}

/** What people write each other, and what is new for somebody, is for no administrator. */
function withoutPrivate(words: Words, content: MailContent): MailContent {
  const hidden = [words.t('mails.private')];
  return {
    ...content,
    quote: content.quote && { ...content.quote, lines: hidden },
    list: content.list.length === 0 ? [] : hidden,
  };
}

function linkNotice(words: Words, link: MailLink | null, shown: boolean): string {
  if (!link) return '';
  if (!shown) return words.t('mails.link-hidden');
  return link.state === 'open' ? '' : words.t(`mails.link.${link.state}`);
}

function badgeOf(words: Words, state: Mail['state']) {
  return { ...badges[state], text: words.t(`mails.state.${state}`) };
}

const badges: Record<Mail['state'], { kind?: string; icon: string }> = {
  waiting: { kind: 'warn', icon: 'clock' },
  sent: { kind: 'ok', icon: 'check-circle' },
  kept: { icon: 'mail' },
  failed: { kind: 'danger', icon: 'alert-circle' },
  withdrawn: { icon: 'minus' },
};

function withoutTokens({ path, also, ...link }: MailLink): MailLink {
  return { ...link, path: withoutToken(path), ...(also ? { also: { path: withoutToken(also.path) } } : {}) };
}

function withoutToken(path: string): string {
  return path.replace(/[^/]+$/, '…');
}

function pathOf(query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? '/mail' : `/mail?${text}`;
}
