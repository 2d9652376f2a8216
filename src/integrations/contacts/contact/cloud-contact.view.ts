import { phoneFields } from '../../../contact-card/contact-fields.js';
import { limits } from '../../../config/limits.js';
import { type Id } from '../../../database/new-id.js';
import { type KeysetPage } from '../../../database/keyset.js';
import { normaliseAddress } from '../../../text/address.js';
import { colourOf, initialsIn } from '../../../web/avatars.js';
import { mailtoOf, phoneText } from '../../../web/link-texts.js';
import { callLink, reachOf } from '../../../web/reach.js';
import { type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { differenceToPush } from '../../sync/remote-fields.js';
import { type StoredCloudContact } from '../cloud-contact-row.js';
import { type Mailbox } from '../cloud-places.query.js';
import { CONFLICTS, problemText, providerName } from '../cloud-words.js';
import { folderPath, type Folder } from '../folder-tree.js';
import { furtherIn, numberOf } from '../further.js';
import { cloudReachable } from '../cloud-reachable.js';
import { CLOUD, listPath } from '../list/cloud-list.state.js';
import { mayChange } from '../list/cloud-list.view.js';
import { type CloudEvent } from './cloud-contact.query.js';
import { unreadable } from './cloud-contact.form.js';
import { cloudHistoryView } from './cloud-history.view.js';

/** The same number in other spacing is nothing to tell. */
const BETWEEN_DIGITS = /[\s().\-/‐-―]+/gu;

/** Everything the page of one contact shows. */
export interface CloudDetails {
  contact: StoredCloudContact;
  mailbox: Mailbox;
  inConflict: boolean;
  history: KeysetPage<CloudEvent>;
  /** Names of folders that its history names. */
  folders: ReadonlyMap<Id, string>;
}

/** `/cloud-contacts/:id` as its template needs it. */
export function cloudContactView(words: Words, reader: SignedIn, details: CloudDetails) {
  const { contact, mailbox, history, folders } = details;
  const { id, email, organization } = contact;
  const name = contact.displayName || words.t('cloud-contact.no-name');
  const path = `${CLOUD}/${id}`;
  const provider = providerName(words, mailbox.provider);
  const places = mailbox.folders.filter((folder) => contact.folderIds.includes(folder.id));
  const editable = mayChange(mailbox, places);
  const phones = phonesOf(words, reader, contact, provider);
  const reached = cloudReachable(words, contact);
  const address = reached.email;
  return {
    ...{ id, name, path, backHref: CLOUD, editable },
    line: organization ?? '',
    avatar: avatarOf(contact),
    isPrivate: contact.isPrivate,
    ways: reachOf(words, reader, reached),
    star: { action: `${path}/star`, id: `star-${id}`, starred: contact.starred },
    moveHref: `${CLOUD}/selection/folder?ids=${id}`,
    keepHref: reader.features['personal-contacts'] ? keepHref(contact) : '',
    standing: standingMessage(words, reader, details),
    reach: [
      ...(email === null
        ? []
        : [
            {
              ...{ label: words.t('cloud-contact.field.email'), value: email, copy: email },
              ...(address === null ? {} : { href: mailtoOf(address) }),
            },
          ]),
      ...phones,
      ...furtherItems(words, reader, contact, provider),
    ],
    place: [
      ...(organization === null
        ? []
        : [{ label: words.t('cloud-contact.field.organization'), value: organization }]),
      ...places.map((folder) => ({
        label: words.t(mailbox.labels ? 'cloud-contact.field.label' : 'cloud-contact.field.folderIds'),
        value: folderPath(folder, mailbox.folders).join(' › '),
        href: listPath({ folder: folder.id }),
        ...(folder.readOnly && mailbox.writable ? { note: words.t('cloud-contacts.read-only') } : {}),
      })),
      {
        ...{ label: words.t('cloud-contact.mailbox'), value: mailbox.accountName },
        href: listPath({ mailbox: mailbox.id }),
        note: mailbox.writable ? provider : `${provider} · ${words.t('cloud-contacts.read-only')}`,
      },
    ],
    kept: words.t('cloud-contact.kept-there', { provider }),
    qr: {
      src: `${path}/qr.svg`,
      alt: words.t('contacts.qr.alt', { name }),
      caption: words.t('contacts.qr.caption'),
    },
    history: cloudHistoryView(words, path, history, { folders, provider, labels: mailbox.labels }),
  };
}

/** What one sees of a contact that is in the bin. */
export function binnedCloudView(
  words: Words,
  contact: StoredCloudContact,
  { mailbox, kind }: { mailbox: Mailbox; kind: string | null },
) {
  const at = contact.deletedAt ?? new Date();
  return {
    name: contact.displayName || words.t('cloud-contact.no-name'),
    ...{ path: `${CLOUD}/${contact.id}`, backHref: CLOUD, editable: mailbox.writable },
    avatar: avatarOf(contact),
    text: words.t('cloud-contact.in-bin', {
      date: words.dateTime(at),
      until: words.date(at.getTime() + limits.restoreDays * 86_400_000),
    }),
    how: removalText(words, kind, mailbox),
    waiting:
      contact.pending === 'remove'
        ? words.t('cloud-contact.removal-waits', { provider: providerName(words, mailbox.provider) })
        : '',
  };
}

/** How a contact came into the bin, in words. */
export function removalText(
  words: Words,
  kind: string | null,
  { provider }: Pick<Mailbox, 'provider'>,
): string {
  const key = `cloud-contact.removal.${kind ?? ''}`;
  return words.t(words.has(key) ? key : 'cloud-contact.removal.other', {
    provider: providerName(words, provider),
  });
}

export function avatarOf({ id, displayName }: Pick<StoredCloudContact, 'id' | 'displayName'>) {
  return { initials: initialsIn(displayName), colour: colourOf(id), photoUrl: null, size: 'large' };
}

/** One line of a card, for partial `definition-list`. */
interface Item {
  label: string;
  value: string;
  copy?: string;
  href?: string;
  note?: string;
}

function phonesOf(words: Words, reader: SignedIn, contact: StoredCloudContact, provider: string): Item[] {
  return phoneFields.flatMap((field): Item[] => {
    const label = words.t(`cloud-contact.field.${field}`);
    const number = contact[field];
    const typed = contact.typedPhones[field];
    if (number === null) {
      const text = unreadable(contact, field);
      if (text === '') return [];
      return [{ label, value: text, copy: text, note: words.t('cloud-contact.unreadable') }];
    }
    const href = field === 'faxNumber' ? '' : callLink(reader, number, cloudReachable(words, contact));
    return [
      {
        ...{ label, value: phoneText(number), copy: number },
        ...(href === '' ? {} : { href }),
        ...(typed && typed.replace(BETWEEN_DIGITS, '') !== number
          ? { note: words.t('cloud-contact.source-said', { typed, provider }) }
          : {}),
      },
    ];
  });
}

/** What the provider has beyond the fields, each as it can be read. */
function furtherItems(words: Words, reader: SignedIn, contact: StoredCloudContact, provider: string): Item[] {
  const { numbers, emails } = furtherIn(contact.memory) ?? { numbers: [], emails: [] };
  const note = words.t('cloud-contact.further', { provider });
  const reached = cloudReachable(words, contact);
  const shown = phoneFields.map((field) => contact[field]);
  return [
    ...numbers.flatMap((further): Item[] => {
      const { field, text } = further;
      const number = numberOf(further, reader.account.region);
      if (number !== null && shown.includes(number)) return [];
      const href = number === null || field === 'faxNumber' ? '' : callLink(reader, number, reached);
      const value = number === null ? text : phoneText(number);
      return [
        {
          ...{ label: words.t(`cloud-contact.field.${field}`), value, copy: number ?? text, note },
          ...(href === '' ? {} : { href }),
        },
      ];
    }),
    ...emails.map((text) => {
      const address = normaliseAddress(text);
      const href = address === null ? {} : { href: mailtoOf(address) };
      return { label: words.t('cloud-contact.field.email'), value: text, copy: text, note, ...href };
    }),
  ];
}

/** Where it stands between here and its provider, with what waits; null when both have the same. */
function standingMessage(
  words: Words,
  { account }: SignedIn,
  { contact, mailbox, inConflict }: CloudDetails,
) {
  const { pending, problem } = contact;
  const provider = providerName(words, mailbox.provider);
  if (inConflict)
    return {
      ...{ kind: 'warning', text: words.t('cloud-contact.standing.conflict', { provider }) },
      ...{ href: CONFLICTS, link: words.t('cloud-contact.standing.conflict-link') },
    };
  if (pending === null) return null;
  if (problem !== null)
    return {
      kind: 'failure',
      text: words.t('cloud-contact.standing.refused', { provider, why: problemText(words, problem) }),
    };
  if (pending === 'create')
    return { kind: 'notice', text: words.t('cloud-contact.standing.create', { provider }) };
  const known = new Map(mailbox.folders.map(({ id, remoteId }) => [id, remoteId]));
  const { fields, folderIds } = differenceToPush(contact, known, account.region);
  const waiting = [...Object.keys(fields), ...(folderIds === null ? [] : ['folderIds'])];
  return {
    kind: 'notice',
    text: words.t('cloud-contact.standing.change', {
      provider,
      fields: words.list(
        waiting.map((field) =>
          words.t(
            field === 'folderIds' && mailbox.labels
              ? 'cloud-contact.field.labels'
              : `cloud-contact.field.${field}`,
          ),
        ),
      ),
    }),
  };
}

/** The form of a personal contact, filled in with what is here. */
function keepHref(contact: StoredCloudContact): string {
  const query = new URLSearchParams();
  for (const field of ['displayName', 'organization', 'email', ...phoneFields] as const) {
    const value = contact[field];
    if (value) query.set(field, value);
  }
  return `/personal-contacts/new?${query.toString()}`;
}

export function namedFolders(folders: readonly Folder[], ids: readonly Id[]): string[] {
  return folders.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
}
