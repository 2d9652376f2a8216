import { limits } from '../../../config/limits.js';
import { firstNumber } from '../../../contact-card/first-number.js';
import { type KeysetPage } from '../../../database/keyset.js';
import { colourOf, initialsIn } from '../../../web/avatars.js';
import { select } from '../../../web/fields.js';
import { lettersView } from '../../../web/letters.js';
import { isUnsearchable } from '../../../web/list-search.js';
import { phoneText } from '../../../web/link-texts.js';
import { noCallText, reachOf, type ReachReader } from '../../../web/reach.js';
import { pageLinks, selectedRows } from '../../../web/page-links.js';
import { type Words } from '../../../web/words.js';
import { type Connection } from '../../connection.entities.js';
import { mailboxOf, type CloudCounts, type Mailbox } from '../cloud-places.query.js';
import { bannersOf, cloudSide } from '../cloud-side.view.js';
import { providerName, standingOf } from '../cloud-words.js';
import { cloudReachable } from '../cloud-reachable.js';
import { folderPath, type Folder } from '../folder-tree.js';
import { placeWord } from '../labels.js';
import { type ListedCloudContact } from './cloud-list.query.js';
import {
  CLOUD,
  cloudSorts,
  filterFields,
  isNarrowed,
  listPath,
  type CloudListState,
} from './cloud-list.state.js';

export interface CloudRead {
  page: KeysetPage<ListedCloudContact>;
  mailboxes: readonly Mailbox[];
  /** Connections whose contacts may not be read; asked for where there is no other. */
  withoutContacts: readonly Pick<Connection, 'provider' | 'accountName'>[];
  counts: CloudCounts;
  /** Letters somebody's name begins with; null while searching. */
  letters: ReadonlySet<string> | null;
  /** How many match, when all of them are selected. */
  matching: number | null;
  reader: ReachReader;
}

/** Labels of folders in a row; of more, how many. */
const LABELS = 3;

/** `/cloud-contacts`: mailboxes and folders, toolbar, letters, one page of contacts. */
export function cloudListView(words: Words, state: CloudListState, read: CloudRead) {
  const { page, mailboxes, counts, matching } = read;
  const { q, sort } = state;
  const whole = { ...state, place: {}, all: false };
  const place = placeOf(words, state, mailboxes);
  const editable = mailboxes.some(({ writable }) => writable);
  const rows = page.rows.map((contact) => rowOf(words, contact, state, read));
  return {
    title: words.t('cloud-contacts.title'),
    newHref: editable ? newHref(state, mailboxes) : '',
    exports:
      counts.all === 0
        ? null
        : (
            [
              ['excel', 'export.csv', { form: 'excel' }],
              ['plain', 'export.csv', {}],
              ['vcard', 'export.vcf', {}],
            ] as const
          ).map(([key, path, more]) => ({
            label: words.t(`cloud-contacts.export.${key}`),
            href: withQuery(listPath(whole, `${CLOUD}/${path}`), more),
          })),
    side: cloudSide(words, state, mailboxes, counts),
    ...bannersOf(words, state, mailboxes, counts),
    place,
    // Nothing to search in yet, and nothing to sort.
    usable: counts.all > 0,
    connected: mailboxes.length > 0,
    ...{ q, action: CLOUD, filters: [sortField(words, sort)], hidden: filterFields({ ...state, q: '' }) },
    status: statusOf(words, state, read),
    // A folder is a place, and has its way back beside the list.
    clearHref: state.letter || state.ids ? listPath({ ...whole, letter: '', ids: '' }) : '',
    letters:
      counts.all > 0 && read.letters
        ? lettersView(words, {
            ...{ chosen: state.letter, there: read.letters },
            href: (letter) => listPath({ ...whole, letter }),
          })
        : null,
    columns: columnsOf(words, state, mailboxes),
    labels: {
      organization: words.t('cloud-contacts.organization'),
      email: words.t('cloud-contacts.email'),
      phone: words.t('cloud-contacts.phone'),
      groups: words.t(`cloud-contacts.${placeWord(mailboxes)}`),
    },
    tickable: matching === null,
    selection: selectionOf(words, state, page, matching, {
      editable,
      labels: hasLabelsHere(state, mailboxes),
    }),
    rows,
    noCall: noCallText(rows),
    pagination: { ...pageLinks(page, (place) => listPath({ ...state, place })), text: '' },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, read, place?.name),
  };
}

/** What of the list is shown, as a heading above it; of a folder with the way to it. */
function placeOf(
  words: Words,
  { mailbox, folder, state, starred }: CloudListState,
  mailboxes: readonly Mailbox[],
): { name: string; path?: string; text?: string } | null {
  for (const each of mailboxes) {
    const found = each.folders.find(({ id }) => id === folder);
    if (!found) continue;
    const path = folderPath(found, each.folders);
    return {
      name: found.name,
      path: [each.accountName, ...path.slice(0, -1)].join(' › '),
      ...(found.readOnly || !each.writable ? { text: readOnlyText(words, each) } : {}),
    };
  }
  const box = mailboxOf(mailboxes, mailbox);
  if (box)
    return {
      ...{ name: box.accountName, path: providerName(words, box.provider) },
      ...(box.writable ? {} : { text: readOnlyText(words, box) }),
    };
  if (state !== '')
    return {
      name: words.t(`cloud-contacts.side.${state}`),
      text: words.t(`cloud-contacts.side.${state}-text`),
    };
  return starred ? { name: words.t('cloud-contacts.side.starred') } : null;
}

function readOnlyText(words: Words, { inStep, provider }: Mailbox): string {
  if (inStep) return words.t('cloud-contacts.read-only-place');
  return words.t('cloud-contacts.not-in-step', { provider: providerName(words, provider) });
}

/** Into the folder one looks at, where it takes any. */
function newHref({ mailbox, folder }: CloudListState, mailboxes: readonly Mailbox[]): string {
  const here = mailboxes.flatMap(({ folders }) => folders).find(({ id }) => id === folder);
  if (here) return `${CLOUD}/new?groupIds=${here.id}`;
  const box = mailboxOf(mailboxes, mailbox);
  return box ? `${CLOUD}/new?mailbox=${box.id}` : `${CLOUD}/new`;
}

function sortField(words: Words, sort: CloudListState['sort']) {
  return select(words, {
    ...{ name: 'sort', labelKey: 'cloud-contacts.sort', value: sort === 'name' ? '' : sort },
    options: cloudSorts.map((each) => ({
      value: each === 'name' ? '' : each,
      labelKey: `cloud-contacts.sort.${each.replace('-name', 'name-back')}`,
    })),
  });
}

/** Exact where that costs nothing: a place, or a list that fits on one page, or all of it are selected. */
function statusOf(words: Words, state: CloudListState, { page, counts, matching }: CloudRead): string {
  if (matching !== null) return words.t('common.search.results', { count: matching });
  const { q, letter, ids, mailbox, folder, starred } = state;
  const narrowings = [mailbox, folder, state.state, starred ? 'starred' : ''].filter((each) => each !== '');
  const counted =
    narrowings.length > 1
      ? null
      : folder !== ''
        ? (counts.folders.get(folder) ?? 0)
        : mailbox !== ''
          ? (counts.mailboxes.get(mailbox) ?? 0)
          : starred
            ? counts.starred
            : state.state === ''
              ? counts.all
              : counts[state.state];
  if (q === '' && letter === '' && ids === '' && counted !== null)
    return counted === 0 ? '' : words.t('cloud-contacts.count', { count: counted });
  return page.previous || page.next
    ? words.t('common.search.results-or-more', { count: limits.page })
    : words.t('common.search.results', { count: page.rows.length });
}

function columnsOf(words: Words, state: CloudListState, mailboxes: readonly Mailbox[]) {
  const { sort } = state;
  const shown = { ...state, place: {}, all: false };
  const byName = sort === 'name' || sort === '-name';
  return [
    { label: words.t('cloud-contacts.star'), hidden: true },
    {
      label: words.t('cloud-contacts.name'),
      href: listPath({ ...shown, sort: sort === 'name' ? '-name' : 'name' }),
      ...(byName ? { sort: sort === 'name' ? 'ascending' : 'descending' } : {}),
    },
    {
      label: words.t('cloud-contacts.organization'),
      href: listPath({ ...shown, sort: 'organization' }),
      wide: true,
      ...(sort === 'organization' ? { sort: 'ascending' } : {}),
    },
    { label: words.t('cloud-contacts.email') },
    { label: words.t('cloud-contacts.phone') },
    { label: words.t(`cloud-contacts.${placeWord(mailboxes)}`), wide: true },
    { label: words.t('reach.column'), hidden: true },
  ];
}

/** The bar: for ticked rows, or for all that the list shows, with its address to find them by. */
function selectionOf(
  words: Words,
  state: CloudListState,
  page: KeysetPage<ListedCloudContact>,
  matching: number | null,
  { editable, labels }: { editable: boolean; labels: boolean },
) {
  return {
    editable,
    menu: [
      ...(labels
        ? [
            { act: 'label', icon: 'folder', label: words.t('cloud-contacts.bar.label') },
            { act: 'unlabel', icon: 'folder', label: words.t('cloud-contacts.bar.unlabel') },
          ]
        : []),
      { act: 'unstar', icon: 'star', label: words.t('cloud-contacts.bar.unstar') },
      { act: 'export', icon: 'download', label: words.t('cloud-contacts.bar.export') },
    ],
    ...selectedRows(state, page, matching, listPath),
  };
}

/** Some of the mailboxes whose contacts are shown have labels, and take changes. */
function hasLabelsHere({ mailbox, folder }: CloudListState, mailboxes: readonly Mailbox[]): boolean {
  return mailboxes.some(
    ({ id, labels, writable, folders }) =>
      labels &&
      writable &&
      (mailbox === '' || mailbox === id) &&
      (folder === '' || folders.some((each) => each.id === folder)),
  );
}

function rowOf(
  words: Words,
  contact: ListedCloudContact,
  { folder: chosen }: CloudListState,
  { mailboxes, matching, reader }: CloudRead,
) {
  const { id, displayName, email, organization, starred, isPrivate, folderIds } = contact;
  const phone = firstNumber(contact);
  const mailbox = mailboxOf(mailboxes, contact.connectionId);
  const inFolders = (mailbox?.folders ?? []).filter((each) => folderIds.includes(each.id));
  // Within a folder its label would stand in every row.
  const folders = inFolders.filter((each) => each.id !== chosen);
  const state = mailbox ? standingOf(words, contact, mailbox.provider) : null;
  return {
    id,
    displayName,
    organization,
    tickable: matching === null,
    href: `${CLOUD}/${id}`,
    editHref: mayChange(mailbox, inFolders) ? `${CLOUD}/${id}/edit` : null,
    avatar: { initials: initialsIn(displayName), colour: colourOf(id), photoUrl: null },
    star: {
      action: `${CLOUD}/${id}/star`,
      icon: starred ? 'star-full' : 'star',
      // What the button sends: the other state.
      value: starred ? '' : 'on',
      pressed: starred ? 'true' : 'false',
      label: words.named('cloud-contacts.star-what', displayName),
    },
    badge: isPrivate ? { icon: 'lock', text: words.t('cloud-contacts.private') } : null,
    state,
    email,
    phone: phone && phoneText(phone.number),
    copy: phone && phone.number,
    ways: reachOf(words, reader, cloudReachable(words, contact)),
    groups: folders
      .slice(0, LABELS)
      .map(({ id: folderId, name }) => ({ name, href: listPath({ folder: folderId }) })),
    more:
      folders.length > LABELS
        ? words.t('cloud-contacts.more-folders', { count: folders.length - LABELS })
        : '',
  };
}

/** Read-only mailboxes and folders take no changes. */
export function mayChange(mailbox: Mailbox | undefined, inFolders: readonly Folder[]): boolean {
  return mailbox !== undefined && mailbox.writable && !inFolders.some(({ readOnly }) => readOnly);
}

function emptyOf(
  words: Words,
  state: CloudListState,
  { mailboxes, withoutContacts, counts }: CloudRead,
  place?: string,
) {
  const { q, sort } = state;
  if (withoutContacts.length > 0)
    return {
      ...{ icon: 'lock', title: words.t('cloud-contacts.empty.no-permission') },
      text: words.t('cloud-contacts.empty.no-permission-text', {
        mailboxes: words.list(
          withoutContacts.map(
            ({ provider, accountName }) => `${providerName(words, provider)} (${accountName})`,
          ),
        ),
      }),
      ...{ href: '/integrations', label: words.t('cloud-contacts.empty.allow'), main: true },
    };
  if (mailboxes.length === 0)
    return {
      ...{ icon: 'link', title: words.t('cloud-contacts.empty.no-connection') },
      text: words.t('cloud-contacts.empty.no-connection-text'),
      ...{ href: '/integrations', label: words.t('cloud-contacts.empty.connect'), main: true },
    };
  const whole = { href: CLOUD, label: words.t('cloud-contacts.show-all') };
  if (counts.all === 0 && !isNarrowed(state)) {
    if (mailboxes.some(({ lastSuccessAt, state: now }) => lastSuccessAt === null && now === 'connected'))
      return {
        ...{ icon: 'refresh', title: words.t('cloud-contacts.empty.first') },
        text: words.t('cloud-contacts.empty.first-text'),
      };
    return {
      ...{ icon: 'contacts', title: words.t('cloud-contacts.empty.nobody') },
      text: words.t('cloud-contacts.empty.nobody-text'),
      ...(mailboxes.some(({ writable }) => writable)
        ? { href: `${CLOUD}/new`, label: words.t('cloud-contacts.add'), main: true }
        : {}),
    };
  }
  if (isUnsearchable(q))
    return {
      ...{ icon: 'search', title: words.t('cloud-contacts.unsearchable.title') },
      text: words.t('cloud-contacts.unsearchable.text'),
      ...{ href: listPath({ ...state, q: '', place: {} }), label: words.t('cloud-contacts.show-all') },
    };
  const { starred, letter, mailbox, folder } = state;
  if (place !== undefined && !isNarrowed({ ...state, mailbox: '', folder: '' }))
    return {
      ...{ icon: 'folder', text: '', ...whole },
      title: words.t(
        isLabel(folder, mailboxes) ? 'cloud-contacts.empty.label' : 'cloud-contacts.empty.folder',
      ),
    };
  if (starred && !isNarrowed({ ...state, starred: false }))
    return {
      ...{ icon: 'star', title: words.t('cloud-contacts.empty.starred') },
      ...{ text: words.t('cloud-contacts.empty.starred-text'), ...whole },
    };
  if (state.state !== '' && !isNarrowed({ ...state, state: '' }))
    return {
      icon: 'check-circle',
      title: words.t(
        counts.removals > 0 && state.state === 'waiting'
          ? 'cloud-contacts.empty.removals'
          : 'cloud-contacts.empty.waiting',
      ),
      // What is said above of deletions is enough.
      text:
        counts.removals > 0 && state.state === 'waiting' ? '' : words.t('cloud-contacts.empty.waiting-text'),
      ...whole,
    };
  const filtered = [mailbox, folder, state.state, letter, state.ids].some((each) => each !== '') || starred;
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text:
      q === ''
        ? words.t('cloud-contacts.no-match.filtered')
        : words.t(filtered ? 'cloud-contacts.no-match.both' : 'cloud-contacts.no-match.text', { q }),
    // Filters are the likelier reason: take them away first and keep what was typed.
    href: filtered ? listPath({ q, sort }) : CLOUD,
    label: words.t(filtered ? 'common.action.clear-filters' : 'cloud-contacts.show-all'),
  };
}

function isLabel(folder: string, mailboxes: readonly Mailbox[]): boolean {
  return mailboxes.some(({ labels, folders }) => labels && folders.some(({ id }) => id === folder));
}

function withQuery(path: string, query: Record<string, string>): string {
  const added = new URLSearchParams(query).toString();
  return added === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${added}`;
}
