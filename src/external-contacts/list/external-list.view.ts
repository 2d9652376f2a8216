import { type KeysetPage } from '../../database/keyset.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { select } from '../../web/fields.js';
import { lettersView } from '../../web/letters.js';
import { phoneText } from '../../web/link-texts.js';
import { noCallText, reachOf, type Reachable } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { pageLinks, selectedRows } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL, externalTabs } from '../external-tabs.view.js';
import { actsOf, FOLDERS } from '../folders/external-folders.view.js';
import { type OtherPerson } from '../links/other-people.query.js';
import { isUnsearchable, lettersOf, matching, pageOf } from './external-list.js';
import {
  externalSorts,
  filterFields,
  isNarrowed,
  listPath,
  NONE,
  type ExternalListState,
} from './external-list.state.js';
import { type Kept, type KeptContact, type KeptFolder } from './kept-contacts.query.js';

export const INVITE = `${EXTERNAL}/invite`;

/** Folders beside the list; the others are on the page of folders. */
const FOLDERS_BESIDE = 50;
/** Labels of folders in a row; of more, how many. */
const LABELS = 3;

/** `/external-contacts`: tabs, folders, toolbar, letters, one page of contacts. */
export function externalListView(words: Words, reader: SignedIn, state: ExternalListState, kept: Kept) {
  const { q, sort, former } = state;
  const found = matching(kept, state, sort);
  const page = pageOf(found, state);
  const folder = kept.folders.find(({ id }) => id === state.folder);
  const whole = { ...state, place: {}, all: false };
  // Of those one has lost, nothing is done with many at once.
  const tickable = !state.all && !former;
  const all = former ? kept.former.length : kept.contacts.length;
  const rows = page.rows.map((contact) =>
    rowOf(words, contact, { kept, reader, inFolder: folder?.id, tickable }),
  );
  return {
    title: words.t('external-list.title'),
    tabs: externalTabs(words, reader, 'contacts'),
    inviteHref: INVITE,
    exports: former || kept.contacts.length === 0 ? null : exportsOf(whole),
    blockedHref: `${EXTERNAL}/blocked`,
    side: sideOf(words, state, kept),
    place: placeOf(words, state, folder),
    // Nothing to search in yet, and nothing to sort.
    usable: all > 0,
    searchLabel: words.t(former ? 'external-list.search-former' : 'external-list.search'),
    ...{ q, action: EXTERNAL, filters: [sortField(words, sort)], hidden: filterFields({ ...state, q: '' }) },
    status: statusOf(words, state, found.length),
    // A folder is a place, and has its way back beside the list.
    clearHref: state.letter || state.ids ? listPath({ ...whole, letter: '', ids: '' }) : '',
    letters:
      all > 0
        ? lettersView(words, {
            ...{ chosen: state.letter, there: lettersOf(kept, state) },
            href: (letter) => listPath({ ...whole, letter }),
          })
        : null,
    columns: columnsOf(words, state),
    labels: {
      organization: words.t('external-list.company'),
      email: words.t('external-list.email'),
      phone: words.t('external-list.phone'),
      groups: words.t('external-list.folders'),
    },
    ...{ former, tickable },
    selection: former ? null : selectionOf(words, state, page, found.length, folder),
    rows,
    noCall: noCallText(rows),
    pagination: { ...pageLinks(page, (place) => listPath({ ...state, place })), text: '' },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, all, folder),
  };
}

/** The same contacts as files. */
function exportsOf(state: Partial<ExternalListState>) {
  return { csv: listPath(state, `${EXTERNAL}/export.csv`), vcf: listPath(state, `${EXTERNAL}/export.vcf`) };
}

/** All, starred, without folder, then the folders, each with its count; those one has lost, while there are some. */
function sideOf(words: Words, state: ExternalListState, { contacts, former, folders }: Kept) {
  const { sort, folder } = state;
  const entries = [
    { icon: 'external', label: words.t('external-list.all'), count: contacts.length, to: {} },
    {
      ...{ icon: 'star', label: words.t('external-list.starred'), to: { starred: true } },
      count: contacts.filter(({ starred }) => starred).length,
    },
    {
      ...{ icon: 'minus', label: words.t('external-list.unfoldered'), to: { folder: NONE } },
      count: contacts.filter(({ folderIds }) => folderIds.length === 0).length,
    },
    ...(former.length > 0 || state.former
      ? [
          {
            ...{ icon: 'history', label: words.t('external-list.former'), to: { former: true } },
            count: former.length,
          },
        ]
      : []),
  ].map(({ to, ...entry }) => ({
    ...entry,
    href: listPath({ ...to, sort }),
    current:
      folder === (to.folder ?? '') &&
      state.starred === (to.starred ?? false) &&
      state.former === (to.former ?? false),
  }));
  const beside = folders.filter(({ id }, place) => place < FOLDERS_BESIDE || id === folder);
  const own = beside.map(({ id, name }) => ({
    ...{ icon: 'folder', label: name, href: listPath({ folder: id, sort }), current: id === folder },
    count: contacts.filter(({ folderIds }) => folderIds.includes(id)).length,
  }));
  const current = [...entries, ...own].find((each) => each.current);
  return {
    label: words.t('external-list.folders'),
    entries: said(words, entries),
    groups: said(words, own),
    current: current?.label ?? words.t('external-list.folders'),
    manageHref: folders.length > 0 ? FOLDERS : '',
    manage: words.t(
      folders.length > beside.length ? 'external-list.all-folders' : 'external-list.manage-folders',
      { count: folders.length },
    ),
    newHref: `${FOLDERS}/new`,
    newLabel: words.t('external-folders.new'),
  };
}

function said<Entry extends { count: number }>(words: Words, entries: readonly Entry[]) {
  return entries.map((entry) => ({
    ...entry,
    count: words.number(entry.count),
    said: words.t('external-list.count', { count: entry.count }),
  }));
}

/** What of the list is shown, as a heading above it, with what can be done with a folder. */
function placeOf(
  words: Words,
  { folder: chosen, starred, former }: ExternalListState,
  folder: KeptFolder | undefined,
) {
  if (folder) return { name: folder.name, ...actsOf(folder.id) };
  if (former) return { name: words.t('external-list.former'), text: words.t('external-list.former-text') };
  if (chosen === NONE) return { name: words.t('external-list.unfoldered') };
  return starred ? { name: words.t('external-list.starred') } : null;
}

function sortField(words: Words, sort: ExternalListState['sort']) {
  return select(words, {
    ...{ name: 'sort', labelKey: 'external-list.sort', value: sort === 'name' ? '' : sort },
    options: externalSorts.map((each) => ({
      value: each === 'name' ? '' : each,
      labelKey: `external-list.sort.${each.replace('-name', 'name-back')}`,
    })),
  });
}

function statusOf(words: Words, { q, letter, ids }: ExternalListState, count: number): string {
  if (q !== '' || letter !== '' || ids !== '') return words.t('common.search.results', { count });
  return count === 0 ? '' : words.t('external-list.count', { count });
}

function columnsOf(words: Words, state: ExternalListState) {
  const { sort } = state;
  const shown = { ...state, place: {}, all: false };
  const byName = sort === 'name' || sort === '-name';
  return [
    { label: words.t('external-list.star'), hidden: true },
    {
      label: words.t('external-list.name'),
      href: listPath({ ...shown, sort: sort === 'name' ? '-name' : 'name' }),
      ...(byName ? { sort: sort === 'name' ? 'ascending' : 'descending' } : {}),
    },
    {
      label: words.t('external-list.company'),
      href: listPath({ ...shown, sort: 'company' }),
      wide: true,
      ...(sort === 'company' ? { sort: 'ascending' } : {}),
    },
    { label: words.t('external-list.email') },
    { label: words.t('external-list.phone') },
    { label: words.t('external-list.folders'), wide: true },
    { label: words.t('reach.column'), hidden: true },
  ];
}

/** The bar: for ticked rows, or for all that the list shows, with its address to find them by. */
function selectionOf(
  words: Words,
  state: ExternalListState,
  page: KeysetPage<KeptContact>,
  count: number,
  folder: KeptFolder | undefined,
) {
  return {
    menu: [
      { act: 'unstar', icon: 'star', label: words.t('external-list.bar.unstar') },
      ...(folder
        ? [
            {
              ...{ act: 'leave', icon: 'minus' },
              label: words.t('external-list.bar.leave', { folder: folder.name }),
            },
          ]
        : []),
      { act: 'csv', icon: 'download', label: words.t('external-list.export-csv') },
      { act: 'vcf', icon: 'download', label: words.t('external-list.export-vcf') },
    ],
    ...selectedRows(state, page, state.all ? count : null, listPath),
  };
}

function rowOf(
  words: Words,
  contact: KeptContact,
  {
    kept,
    reader,
    inFolder,
    tickable,
  }: { kept: Kept; reader: SignedIn; inFolder: string | undefined; tickable: boolean },
) {
  const { id, person, starred, endedAt, folderIds } = contact;
  const displayName = nameOf(words, person);
  const reached = reachable(words, person);
  const { email, number } = reached;
  // Within a folder its label would stand in every row.
  const folders = kept.folders.filter((folder) => folderIds.includes(folder.id) && folder.id !== inFolder);
  return {
    id,
    displayName,
    organization: person.company,
    tickable,
    href: `${EXTERNAL}/${id}`,
    avatar: avatarOf(contact),
    star: {
      action: `${EXTERNAL}/${id}/star`,
      icon: starred ? 'star-full' : 'star',
      // What the button sends: the other state.
      value: starred ? '' : 'on',
      pressed: starred ? 'true' : 'false',
      label: words.named('external-list.star-what', displayName),
    },
    badge: endedAt === null ? standingBadge(words, person) : null,
    ended: endedAt && words.t('external-list.former-since', { date: words.date(endedAt) }),
    email,
    phone: number && phoneText(number),
    copy: number,
    ways: reachOf(words, reader, reached),
    groups: folders.slice(0, LABELS).map(({ id: to, name }) => ({ name, href: listPath({ folder: to }) })),
    more:
      folders.length > LABELS
        ? words.t('external-list.more-folders', { count: folders.length - LABELS })
        : '',
  };
}

/** As whom somebody of another company is reached: by the number at work before the mobile one. */
export function reachable(words: Words, person: OtherPerson): Reachable {
  const { email, workPhone, mobilePhone } = person;
  return { name: nameOf(words, person), email, number: workPhone ?? mobilePhone };
}

/** Somebody who was erased for good has no name any more. */
export function nameOf(words: Words, { name }: Pick<OtherPerson, 'name'>): string {
  return name === '' ? words.t('external-list.nameless') : name;
}

/** Why there is nothing to reach somebody by. */
export function standingBadge(words: Words, { standing }: Pick<OtherPerson, 'standing'>) {
  if (standing === 'here') return null;
  return {
    ...(standing === 'gone' ? { kind: 'warn', icon: 'alert' } : { icon: 'pause' }),
    text: words.t(`external-list.standing.${standing}`),
  };
}

/** Its photo has an address of the contact's own, which changes with the picture. */
export function avatarOf({ id, person }: Pick<KeptContact, 'id' | 'person'>) {
  return {
    initials: initialsOf(person.givenName, person.familyName),
    colour: colourOf(person.id),
    photoUrl: person.photoHash === null ? '' : `${EXTERNAL}/${id}/photo/${person.photoHash}`,
  };
}

function emptyOf(words: Words, state: ExternalListState, all: number, folder: KeptFolder | undefined) {
  const { q, sort, starred, letter } = state;
  const showAll = { href: EXTERNAL, label: words.t('external-list.show-all') };
  const told = (icon: string, key: string) => ({
    ...{ icon, title: words.t(`external-list.empty.${key}`) },
    text: words.t(`external-list.empty.${key}-text`),
  });
  if (state.former && all === 0) return { ...told('history', 'former'), ...showAll };
  if (all === 0 && !isNarrowed(state))
    return {
      ...{ icon: 'external', title: words.t('external-list.empty.title') },
      text: words.t('external-list.empty.text'),
      ...{ href: INVITE, label: words.t('external-list.invite') },
    };
  if (isUnsearchable(q))
    return {
      ...{ icon: 'search', title: words.t('external-list.unsearchable.title') },
      text: words.t('external-list.unsearchable.text'),
      ...{ href: listPath({ ...state, q: '', place: {} }), label: words.t('external-list.show-all') },
    };
  if (folder && !isNarrowed({ ...state, folder: '' })) return { ...told('folder', 'folder'), ...showAll };
  if (starred && !isNarrowed({ ...state, starred: false })) return { ...told('star', 'starred'), ...showAll };
  const filtered = state.folder !== '' || starred || letter !== '' || state.ids !== '';
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text:
      q === ''
        ? words.t('external-list.no-match.filtered')
        : words.t(filtered ? 'external-list.no-match.both' : 'external-list.no-match.text', { q }),
    // Filters are the likelier reason: take them away first and keep what was typed.
    href: filtered ? listPath({ q, sort }) : EXTERNAL,
    label: words.t(filtered ? 'common.action.clear-filters' : 'external-list.show-all'),
  };
}
