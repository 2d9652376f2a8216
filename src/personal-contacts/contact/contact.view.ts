import { phoneFields } from '../../contact-card/contact-fields.js';
import { firstNumber } from '../../contact-card/first-number.js';
import { type KeysetPage } from '../../database/keyset.js';
import { type E164 } from '../../phone/e164.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { fileField } from '../../web/fields.js';
import { mailtoOf, phoneText } from '../../web/link-texts.js';
import { callLink, reachOf, type ReachReader } from '../../web/reach.js';
import { type Words } from '../../web/words.js';
import { limits } from '../../config/limits.js';
import { contactPhotoUrl } from '../contact-photos.js';
import { type StoredContact } from '../contact-row.js';
import { type Mentioned } from './change-words.js';
import { type ContactEvent, type NamedGroup, type Removal } from './contact.query.js';
import { extraInWords } from './extra.view.js';
import { eventText, historyView } from './history.view.js';

export const LIST = '/personal-contacts';

/** The same number in other spacing is nothing to tell. */
const BETWEEN_DIGITS = /[\s().\-/‐-―]+/gu;

/** Everything the page of one contact shows. */
export interface ContactDetails {
  contact: StoredContact;
  groups: NamedGroup[];
  origin: ContactEvent | null;
  history: KeysetPage<ContactEvent>;
  mentioned: Mentioned;
}

/** `/personal-contacts/:id` as its template needs it. */
export function contactView(
  words: Words,
  reader: ReachReader,
  { contact, groups, origin, history, mentioned }: ContactDetails,
) {
  const { id, displayName, email, organization, extra } = contact;
  const path = `${LIST}/${id}`;
  const first = firstNumber(contact);
  const reached = { name: displayName, email, number: first?.callable ? first.number : null };
  const callOf = (number: E164) => callLink(reader, number, reached);
  const phones = phoneFields.flatMap((field) => {
    const number = contact[field];
    if (number === null) return [];
    const typed = contact.typedPhones[field];
    const href = field === 'faxNumber' ? '' : callOf(number);
    return [
      {
        label: words.t(`personal-contact.field.${field}`),
        ...{ value: phoneText(number), copy: number },
        ...(href === '' ? {} : { href }),
        ...(typed && typed.replace(BETWEEN_DIGITS, '') !== number
          ? { note: words.t('personal-contact.source-said', { typed }) }
          : {}),
      },
    ];
  });
  const further = extraInWords(words, extra, { displayName, callOf });
  const [title] = further.filter(({ name }) => name === 'title');
  const more = further.filter(({ name }) => name === 'tel' || name === 'email');
  return {
    ...{ id, name: displayName, path, backHref: LIST },
    line: [title?.value, organization].filter(Boolean).join(' · '),
    avatar: avatarOf(contact),
    ways: reachOf(words, reader, reached),
    star: { action: `${path}/star`, id: `star-${id}`, starred: contact.starred },
    groups: groups
      .filter((group) => contact.groupIds.includes(group.id))
      .map((group) => ({ name: group.name, href: `${LIST}?group=${group.id}` })),
    reach: [
      ...(email === null
        ? []
        : [
            {
              label: words.t('personal-contact.field.email'),
              value: email,
              href: mailtoOf(email),
              copy: email,
            },
          ]),
      ...phones,
      ...more,
    ],
    details: [
      ...(organization === null
        ? []
        : [{ label: words.t('personal-contact.field.organization'), value: organization }]),
      ...further.filter((detail) => !more.includes(detail)),
    ].map((item) => ({ ...item, lines: item.value.includes('\n') })),
    origin: originText(words, contact, origin),
    qr: {
      src: `${path}/qr.svg`,
      alt: words.t('contacts.qr.alt', { name: displayName }),
      caption: words.t('contacts.qr.caption'),
    },
    history: historyView(words, path, history, mentioned),
  };
}

/** What one sees of a contact that is in the bin. */
export function binnedView(words: Words, contact: StoredContact, removal: Removal) {
  return {
    ...{ name: contact.displayName, path: `${LIST}/${contact.id}`, backHref: LIST },
    avatar: avatarOf(contact),
    text: words.t('personal-contact.in-bin', {
      date: words.dateTime(removal.at),
      until: words.date(removal.at.getTime() + limits.restoreDays * 86_400_000),
    }),
    how: removalText(words, removal),
  };
}

/** How a contact came into the bin, in words. */
export function removalText(words: Words, { kind, fileName, mergedInto }: Removal): string {
  if (mergedInto) return words.t('personal-contact.removal.merged', { name: mergedInto.displayName });
  if (kind === 'contacts.merge') return words.t('personal-contact.removal.merged-gone');
  if (kind === 'contacts.undo') return words.t('personal-contact.removal.undo');
  if (fileName !== null) {
    const key = kind === 'contacts.replace' ? 'replaced' : 'import';
    return words.t(`personal-contact.removal.${key}`, { file: fileName });
  }
  return words.t('personal-contact.removal.deleted');
}

export function avatarOf(contact: Pick<StoredContact, 'id' | 'displayName' | 'photoHash'>) {
  return {
    initials: initialsIn(contact.displayName),
    colour: colourOf(contact.id),
    photoUrl: contactPhotoUrl(contact),
    size: 'large',
  };
}

/** `/personal-contacts/:id/photo`: another photo for this contact, or none. */
export function photoView(words: Words, contact: StoredContact) {
  const path = `${LIST}/${contact.id}`;
  return {
    title: words.t('personal-contact.photo.title', { name: contact.displayName }),
    ...{ name: contact.displayName, backHref: path, action: `${path}/photo`, avatar: avatarOf(contact) },
    photo: fileField(words, {
      name: 'photo',
      labelKey: 'contacts.photo.choose',
      accept: 'image/jpeg,image/png,image/webp,image/avif',
      maxBytes: limits.photoUploadBytes,
    }),
    removeAction: contact.photoHash === null ? null : `${path}/photo/deletion`,
  };
}

/** Where its data come from. An act that is no longer known leaves the date. */
function originText(words: Words, { createdAt }: StoredContact, origin: ContactEvent | null) {
  if (origin === null)
    return { text: words.t('personal-contact.origin.unknown', { date: words.date(createdAt) }) };
  if (origin.kind === 'contacts.add')
    return { text: words.t('personal-contact.origin.typed', { date: words.date(origin.at) }) };
  return {
    text: eventText(words, origin),
    ...(origin.importId ? { href: `/imports/${origin.importId}` } : {}),
  };
}
