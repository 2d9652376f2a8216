import { limits } from '../../config/limits.js';
import { type KeysetPage, type Place, placeQuery } from '../../database/keyset.js';
import { type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';
import { checkboxGroup, field, problemsOf, textarea } from '../../web/fields.js';
import { mailtoOf, phoneText } from '../../web/link-texts.js';
import { callLink, reachOf } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { twoVersions } from '../../web/two-versions.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { kinds, undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { type OtherPerson } from '../links/other-people.query.js';
import { listPath } from '../list/external-list.state.js';
import { avatarOf, INVITE, nameOf, reachable, standingBadge } from '../list/external-list.view.js';
import { type CardFoldersForm, type NoteForm } from './external-card.form.js';
import { type Card, type CardEvent } from './external-card.query.js';

/** What one page of a contact shows beside the contact itself. */
export interface CardExtras {
  history: KeysetPage<CardEvent>;
  /** Names of folders the history mentions. */
  folderNames: ReadonlyMap<Id, string>;
  /** Forms that came back. */
  note?: Submission<NoteForm>;
  refoldered?: Submission<CardFoldersForm>;
}

/** `/external-contacts/:id` while the two are in contact. */
export function cardView(words: Words, reader: SignedIn, card: Card, extras: CardExtras) {
  const { contact, person } = card;
  const path = `${EXTERNAL}/${contact.id}`;
  const name = nameOf(words, person);
  const { note, refoldered } = extras;
  const noteField = textarea(
    words,
    {
      ...{ name: 'note', labelKey: 'external-contact.note', hintKey: 'external-contact.note-hint' },
      ...{ value: contact.note, maxlength: limits.externalNoteCharacters, rows: 4 },
    },
    note,
  );
  const folderFields = folderFieldsOf(words, card, refoldered);
  const here = person.standing === 'here';
  return {
    ...headOf(words, card),
    standing: here
      ? ''
      : words.t(`external-contact.standing.${person.standing}`, { name, company: person.company ?? '' }),
    badge: standingBadge(words, person),
    ways: reachOf(words, reader, reachable(words, person)),
    star: { action: `${path}/star`, id: `star-${contact.id}`, starred: contact.starred },
    reach: here ? reachItems(words, person, reader) : [],
    details: detailItems(words, person),
    origin: originText(words, reader, card),
    addHref: here && reader.features['personal-contacts'] ? addToMineHref(person) : '',
    cardHref: here ? `${path}/card.vcf` : '',
    qr: here
      ? {
          src: `${path}/qr.svg`,
          alt: words.t('contacts.qr.alt', { name }),
          caption: words.t('contacts.qr.caption'),
        }
      : null,
    note: {
      ...{ action: `${path}/note`, field: noteField },
      revision: note?.form.revision || contact.revision,
    },
    folders: { action: `${path}/folders`, fields: folderFields },
    removalAction: `${path}/removal`,
    blockAction: `${path}/block`,
    problems: [...problemsOf(words, [noteField], note), ...problemsOf(words, folderFields, refoldered)],
    history: historyView(words, path, extras),
  };
}

/** What a reader sees of somebody they are no longer in contact with. */
export function endedView(
  words: Words,
  reader: SignedIn,
  card: Card,
  { removal, address }: { removal: Id | null; address: string | null },
) {
  const { contact, link, person } = card;
  const name = nameOf(words, person);
  const path = `${EXTERNAL}/${contact.id}`;
  const ownRemoval = link.endedBy === reader.id && link.endedFor === 'removed';
  const ownBlock = link.endedBy === reader.id && link.endedFor === 'blocked';
  const until = (contact.endedAt?.getTime() ?? 0) + limits.restoreDays * 86_400_000;
  return {
    ...headOf(words, card),
    text: words.t(`external-contact.ended.${endOf(card, reader)}`, {
      name,
      date: contact.endedAt === null ? '' : words.dateTime(contact.endedAt),
    }),
    until: words.t('external-contact.ended.until', { date: words.date(until) }),
    undoAction: ownRemoval && removal !== null ? undoPath(removal, path) : '',
    blockedHref: ownBlock ? `${EXTERNAL}/blocked` : '',
    // Of somebody who is gone for good there is nobody to ask.
    askHref: ownBlock || person.standing === 'gone' ? '' : inviteHref(address),
    blockAction: ownBlock || person.name === '' ? '' : `${path}/block`,
    note: contact.note ?? '',
  };
}

/** Both versions of a note. */
export function noteConflictView(
  words: Words,
  card: Card,
  present: { note: string | null; revision: number },
  submission: Submission<NoteForm>,
) {
  const path = `${EXTERNAL}/${card.contact.id}`;
  const name = nameOf(words, card.person);
  const { choices, hidden } = twoVersions(words, [
    {
      ...{ name: 'note', label: words.t('external-contact.note') },
      ...{ theirs: present.note ?? '', mine: submission.form.note },
    },
  ]);
  return {
    title: words.t('external-contact.conflict.title', { name }),
    text: words.t('external-contact.conflict.text'),
    ...{ name, backHref: path, action: `${path}/note`, revision: present.revision, choices, hidden },
  };
}

/** Ids of folders that changes name. */
export function foldersMentioned(events: readonly { changes: Changes | null }[]): Id[] {
  return [
    ...new Set(
      events.flatMap(({ changes }) =>
        (changes?.['folderIds'] ?? []).flat().filter((id): id is Id => typeof id === 'string'),
      ),
    ),
  ];
}

function headOf(words: Words, { contact, person, folders, folderIds }: Card) {
  return {
    ...{ id: contact.id, name: nameOf(words, person), path: `${EXTERNAL}/${contact.id}`, backHref: EXTERNAL },
    line: [person.jobTitle, person.company].filter(Boolean).join(' · '),
    avatar: { ...avatarOf({ ...contact, person }), size: 'large' },
    badges: folders
      .filter(({ id }) => folderIds.includes(id))
      .map(({ id, name }) => ({ name, href: listPath({ folder: id }) })),
  };
}

function reachItems(words: Words, person: OtherPerson, reader: SignedIn) {
  const { email, workPhone, mobilePhone, extension } = person;
  const numbers = [
    { labelKey: 'contacts.work-phone', number: workPhone },
    { labelKey: 'contacts.mobile-phone', number: mobilePhone },
  ];
  const readable = email === null ? null : addressShown(email).readable;
  return [
    ...(email === null
      ? []
      : [
          {
            ...{ label: words.t('contacts.email'), value: email, href: mailtoOf(email), copy: email },
            ...(readable === null ? {} : { note: readable }),
          },
        ]),
    ...numbers.flatMap(({ labelKey, number }) => {
      if (number === null) return [];
      const href = callLink(reader, number, reachable(words, person));
      return [
        {
          ...{ label: words.t(labelKey), value: phoneText(number), copy: number },
          ...(href === '' ? {} : { href }),
        },
      ];
    }),
    ...(extension === null
      ? []
      : [{ label: words.t('contacts.extension'), value: extension, copy: extension }]),
  ];
}

function detailItems(words: Words, { company, jobTitle, department, location }: OtherPerson) {
  return [
    {
      label: words.t('external-list.company'),
      value: company ?? words.t('external-contact.own-account'),
    },
    ...(jobTitle === null ? [] : [{ label: words.t('contacts.job-title'), value: jobTitle }]),
    ...(department === null ? [] : [{ label: words.t('contacts.department'), value: department }]),
    ...(location === null ? [] : [{ label: words.t('contacts.location'), value: location }]),
  ];
}

/** Who asked, and since when they are in contact. */
function originText(words: Words, reader: SignedIn, { contact, link, person }: Card): string {
  const by = link.askedBy === null ? 'both' : link.askedBy === reader.id ? 'you' : 'them';
  return words.t(`external-contact.origin.${by}`, {
    name: nameOf(words, person),
    date: words.date(contact.connectedAt),
  });
}

/** Who ended it, as far as this reader is told: whom the other has blocked is not. */
function endOf({ link: { endedBy, endedFor } }: Card, reader: SignedIn): string {
  if (endedFor === 'erased') return 'erased';
  if (endedFor === 'company') return 'company';
  if (endedBy === reader.id) return endedFor === 'blocked' ? 'blocked-by-you' : 'by-you';
  return endedFor === 'removed' ? 'by-them' : 'over';
}

function inviteHref(address: string | null): string {
  return address === null ? INVITE : `${INVITE}?${new URLSearchParams({ email: address }).toString()}`;
}

/** A personal contact with what one sees of this person filled in. */
function addToMineHref({ name, email, jobTitle, workPhone, mobilePhone, company }: OtherPerson): string {
  const known = { email, jobTitle, workPhone, mobilePhone, organization: company };
  const query = new URLSearchParams({ displayName: name });
  for (const [field, value] of Object.entries(known)) if (value) query.set(field, value);
  return `/personal-contacts/new?${query.toString()}`;
}

function folderFieldsOf(words: Words, { folders, folderIds }: Card, returned?: Submission<CardFoldersForm>) {
  return [
    ...(folders.length === 0
      ? []
      : [
          checkboxGroup(
            words,
            {
              ...{ name: 'folderIds', labelKey: 'external-contact.in-folders', values: folderIds },
              options: folders.map(({ id, name }) => ({ value: id, label: name })),
            },
            returned,
          ),
        ]),
    field(
      words,
      {
        ...{ name: 'newFolder', labelKey: 'external-folders.new', optional: true },
        ...{ maxlength: limits.nameCharacters, autocomplete: 'off' },
      },
      returned,
    ),
  ];
}

function historyView(words: Words, path: string, { history, folderNames }: CardExtras) {
  const { rows, ...places } = history;
  const href = (place: Place | null) =>
    place === null ? undefined : `${path}?${new URLSearchParams(placeQuery(place)).toString()}#history`;
  return {
    entries: rows.map((event) => ({
      ...{ at: words.dateTime(event.at), what: eventText(words, event) },
      undone: event.undoneAt === null ? '' : words.t('external-contact.history.undone'),
      changes: changesInWords(words, event.changes, folderNames),
      ...(mayUndo(event)
        ? {
            undo: {
              action: undoPath(event.batchId, path),
              what: `${eventText(words, event)}, ${words.dateTime(event.at)}`,
              // Whoever undoes an act undoes all of it.
              more:
                event.subjects > 1
                  ? words.t('external-contact.history.subjects', { count: event.subjects - 1 })
                  : '',
            },
          }
        : {}),
    })),
    pagination: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
  };
}

function eventText(words: Words, { kind, action, own }: CardEvent): string {
  const known = own && (Object.values(kinds) as string[]).includes(kind) && kind !== kinds.removal;
  return words.t(known ? `external-contact.history.${kind}` : `external-contact.history.${action}`);
}

function mayUndo({ action, at, undoneAt, own }: CardEvent): boolean {
  if (!own || action !== 'changed' || undoneAt !== null) return false;
  return at.getTime() > Date.now() - limits.restoreDays * 86_400_000;
}

function changesInWords(words: Words, changes: Changes | null, folders: ReadonlyMap<Id, string>) {
  const text = (name: string, value: unknown): string => {
    if (name === 'starred') return words.t(value ? 'external-contact.yes' : 'external-contact.no');
    if (name === 'folderIds')
      return words.list(
        ((value ?? []) as Id[]).map((id) => folders.get(id) ?? words.t('external-contact.folder-gone')),
      );
    return typeof value === 'string' ? value : '';
  };
  const labels = { note: 'note', starred: 'star', folderIds: 'folders' };
  return Object.entries(labels).flatMap(([name, label]) => {
    const change = changes?.[name];
    if (!change) return [];
    const [before, after] = change;
    return [
      {
        label: words.t(`external-contact.history.label.${label}`),
        ...{ before: text(name, before), after: text(name, after) },
      },
    ];
  });
}
