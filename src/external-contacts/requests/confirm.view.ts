import { loginPath } from '../../auth/local-path.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { addressText } from '../address-shown.js';
import { BLOCKED } from '../blocks/blocks.view.js';
import { EXTERNAL, RECEIVED } from '../external-tabs.view.js';
import { type Answer } from './acceptances.service.js';
import { answerText } from './answer-words.js';
import { type Confirmation } from './confirmations.service.js';
import { inviteHref } from './received.view.js';

export function confirmPath(token: string): string {
  return `${EXTERNAL}/confirm/${encodeURIComponent(token)}`;
}

/** Who asks: whoever holds the link has read it in the mail. */
function askedView(words: Words, { sender, request, address }: Confirmation) {
  const company = sender.company ?? '';
  return {
    title: words.t('external-confirm.title'),
    text: words.t(company === '' ? 'external-confirm.asks-alone' : 'external-confirm.asks', {
      name: sender.name,
      company,
    }),
    sender: sender.name,
    message: request.message,
    facts: [
      { label: words.t('external-confirm.sender'), value: sender.name },
      ...(sender.email === null
        ? []
        : [{ label: words.t('external-confirm.sender-address'), value: addressText(sender.email) }]),
      ...(company === '' ? [] : [{ label: words.t('external-confirm.company'), value: company }]),
      { label: words.t('external-confirm.asked'), value: addressText(address) },
    ],
  };
}

/** The form that accepts. */
export function confirmView(words: Words, token: string, confirmation: Confirmation) {
  return {
    ...askedView(words, confirmation),
    action: confirmPath(token),
    // Only where it has arrived is there something to decline.
    listHref: confirmation.receiverId === null ? null : RECEIVED,
  };
}

/** For whoever is not signed in. */
export function signInFirstView(
  words: Words,
  token: string,
  confirmation: Confirmation,
  { held, signUp }: { held: boolean; signUp: string | null },
) {
  const address = addressText(confirmation.address);
  const login = { href: loginPath(confirmPath(token)), label: words.t('common.action.sign-in') };
  const isNew = !held && signUp !== null;
  return {
    ...askedView(words, confirmation),
    how: words.t(isNew ? 'external-confirm.sign-up-first' : 'external-confirm.sign-in-first', { address }),
    first: isNew ? { href: signUp, label: words.t('external-confirm.sign-up') } : login,
    second: isNew ? login : null,
  };
}

/** For whoever is signed in with another address. */
export function somebodyElseView(
  words: Words,
  token: string,
  { address }: Confirmation,
  reader: Pick<SignedIn, 'displayName' | 'email'>,
) {
  return {
    title: words.t('external-confirm.other-title'),
    text: words.t('external-confirm.other', {
      address: addressText(address),
      name: reader.displayName,
      email: reader.email,
    }),
    action: `${confirmPath(token)}/sign-out`,
    stayHref: EXTERNAL,
  };
}

/** Why a link leads nowhere any more, and what to do instead. */
export function overView(words: Words, confirmation: Confirmation | null, reader: SignedIn | undefined) {
  if (!confirmation?.ended) {
    const way = reader ? listWay(words) : signInWay(words);
    return { ...said(words, 'unknown'), text: words.t('external-confirm.unknown'), ...way };
  }
  const { ended, sender } = confirmation;
  const text =
    ended === 'used'
      ? words.t('external-confirm.used', { name: sender.name })
      : answerText(words, sender.name, ended);
  const ways = { used: listWay(words), gone: contactsWay(words) };
  const way = !reader
    ? signInWay(words)
    : ended === 'used' || ended === 'gone'
      ? ways[ended]
      : { href: inviteHref(sender.email ?? ''), label: words.t('external-received.invite-them') };
  return { ...said(words, ended), text, ...way };
}

/** What keeps the reader from accepting now. */
export function hinderedView(words: Words, { sender }: Confirmation, answer: Answer) {
  const ways: Partial<Record<Answer, { href: string; label: string }>> = {
    blocked: { href: BLOCKED, label: words.t('external-received.blocked-people') },
    full: contactsWay(words),
    gone: contactsWay(words),
    colleague: { href: '/contacts', label: words.t('external-confirm.directory') },
  };
  return {
    title: words.t('external-confirm.hindered-title'),
    text: answerText(words, sender.name, answer),
    ...(ways[answer] ?? listWay(words)),
  };
}

function said(words: Words, ended: Answer | 'used' | 'unknown') {
  const known = ['withdrawn', 'expired', 'used', 'unknown'].includes(ended);
  return { title: words.t(`external-confirm.${known ? ended : 'over'}-title`) };
}

function listWay(words: Words) {
  return { href: RECEIVED, label: words.t('external-received.title') };
}

function contactsWay(words: Words) {
  return { href: EXTERNAL, label: words.t('common.nav.external-contacts') };
}

function signInWay(words: Words) {
  return { href: loginPath(RECEIVED), label: words.t('common.action.sign-in') };
}
