import { type GroupKind } from '../../accounts/group-tables.js';
import { type Group } from '../../accounts/group-rows.js';
import { limits } from '../../config/limits.js';
import { type KeysetPage } from '../../database/keyset.js';
import { type FileProblem } from '../../imports/reading.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { fileField, problemsOf, textarea } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { photoUrlOf } from '../users.view.js';
import { areas, featureBadges, kindBadge, listHref, paginationOf } from './group-list.view.js';
import { type Candidate, type ListedMember } from './groups.query.js';

export interface MembersRead {
  q: string;
  page: KeysetPage<ListedMember>;
  total: number;
}

/** One group: what it decides or shows, and its members. */
export function groupView(words: Words, kind: GroupKind, group: Group, { q, page, total }: MembersRead) {
  const path = `/${areas[kind]}/${group.id}`;
  const found = page.previous || page.next ? 'common.search.results-or-more' : 'common.search.results';
  return {
    ...headOf(words, kind, group),
    q,
    path,
    membersPath: `${path}/members`,
    status:
      q === '' ? words.t('groups.members', { count: total }) : words.t(found, { count: page.rows.length }),
    clearHref: q === '' ? '' : path,
    columns: memberColumns(words),
    rows: page.rows.map((member) => rowOf(member)),
    from: listHref(path, { q }),
    pagination: paginationOf(page, (place) => listHref(path, { q, place })),
    empty: page.rows.length > 0 ? null : emptyOf(words, path, q),
  };
}

/** What came back of a list: how many came in, and the entries that did not, kept to be put right. */
export interface ListOutcome {
  text: string;
  problem?: FileProblem;
}

/** Where people are put into a group: by search, or by a list. */
export function addMembersView(
  words: Words,
  kind: GroupKind,
  group: Group,
  { q, page }: { q: string; page: KeysetPage<Candidate> },
  returned?: ListOutcome,
) {
  const path = `/${areas[kind]}/${group.id}`;
  const here = `${path}/members/new`;
  const found = page.previous || page.next ? 'common.search.results-or-more' : 'common.search.results';
  const list = listForm(words, returned);
  return {
    title: words.t('groups.add-to', { name: group.name }),
    path,
    name: group.name,
    q,
    action: here,
    membersPath: `${path}/members`,
    listAction: `${path}/members/list`,
    status: q === '' ? '' : words.t(found, { count: page.rows.length }),
    clearHref: q === '' ? '' : here,
    columns: memberColumns(words),
    rows: page.rows.map((person) => ({ ...rowOf(person), member: person.member })),
    from: listHref(here, { q }),
    pagination: paginationOf(page, (place) => listHref(here, { q, place })),
    empty:
      page.rows.length > 0
        ? null
        : {
            icon: 'search',
            title: words.t('common.empty.no-match'),
            text: words.t('groups.add-none-text'),
            href: '/users/new',
            label: words.t('users.invite'),
            quiet: true,
          },
    ...list,
  };
}

/** What a list did: how many came in or were in already, and who was not found. */
export interface AddedOutcome {
  done: number;
  same: number;
  refused: { name: string; href: string; reason: string }[];
  missing: string[];
  undo: string;
}

/** So many of those not found are named one by one; all of them stand in the field. */
const NAMED = 100;

export function addedView(words: Words, kind: GroupKind, group: Group, outcome: AddedOutcome) {
  const path = `/${areas[kind]}/${group.id}`;
  const { done, same, missing, refused, undo } = outcome;
  return {
    title: words.t('groups.added.title', { name: group.name }),
    path,
    name: group.name,
    undo,
    listAction: `${path}/members/list`,
    counts: [
      { value: done, label: words.t('groups.added.done', { count: done }), kind: 'ok', icon: 'check' },
      { value: same, label: words.t('groups.added.same', { count: same }), icon: 'equal' },
      ...(refused.length > 0
        ? [
            {
              ...{ value: refused.length, kind: 'warn', icon: 'alert' },
              label: words.t('groups.added.refused', { count: refused.length }),
            },
          ]
        : []),
      {
        ...{ value: missing.length, icon: 'alert', ...(missing.length > 0 ? { kind: 'danger' } : {}) },
        label: words.t('groups.added.missing', { count: missing.length }),
      },
    ],
    refused,
    missing: missing.slice(0, NAMED),
    missingMore:
      missing.length > NAMED ? words.t('groups.added.more', { count: missing.length - NAMED }) : '',
    hasMissing: missing.length > 0,
    ...listForm(words, { text: missing.join('\n') }),
  };
}

export function headOf(words: Words, kind: GroupKind, group: Group) {
  const area = areas[kind];
  const path = `/${area}/${group.id}`;
  return {
    title: group.name,
    back: { href: `/${area}`, label: words.t(`${area}.title`) },
    badges: group.kind ? [kindBadge(words, group.kind)] : featureBadges(words, group.features),
    kindHint: group.kind ? words.t(`chat-groups.kind.${group.kind}-hint`) : '',
    restricted: group.kind === 'restricted',
    chat: kind === 'chatGroups',
    addHref: `${path}/members/new`,
    editHref: `${path}/edit`,
    kindHref: `${path}/kind`,
    settingsHref: `${path}/settings`,
    deleteAction: `${path}/deletion`,
    directoryHref: '/directory-as',
  };
}

function listForm(words: Words, returned?: ListOutcome) {
  const problems = returned?.problem ? [{ field: 'addresses', ...returned.problem }] : [];
  const back = returned && { typed: { addresses: returned.text }, problems };
  const listFields = [
    textarea(
      words,
      {
        name: 'addresses',
        labelKey: 'groups.list.label',
        hintKey: 'groups.list.hint',
        rows: 6,
        optional: true,
      },
      back,
    ),
    fileField(words, {
      ...{ name: 'file', labelKey: 'groups.list.file', hintKey: 'groups.list.file-hint', optional: true },
      ...{ hintValues: { max: limits.groupAddresses }, accept: '.csv,.txt,text/csv,text/plain' },
      maxBytes: limits.groupFileBytes,
    }),
  ];
  return { listFields, problems: problemsOf(words, listFields, back) };
}

function memberColumns(words: Words) {
  return [
    { label: words.t('users.column.name') },
    { label: words.t('users.column.email') },
    { label: words.t('users.column.department'), wide: true },
    { label: words.t('groups.column.status') },
  ];
}

function rowOf(member: ListedMember) {
  const { id, givenName, familyName, email, department, status } = member;
  return {
    ...{ id, email, department, status },
    href: `/users/${id}`,
    displayName: `${givenName} ${familyName}`.trim() || email,
    avatar: {
      initials: initialsOf(givenName, familyName),
      colour: colourOf(id),
      photoUrl: photoUrlOf(member),
    },
  };
}

function emptyOf(words: Words, path: string, q: string) {
  return q === ''
    ? {
        icon: 'users',
        title: words.t('groups.empty'),
        text: words.t('groups.empty-text'),
        href: `${path}/members/new`,
        label: words.t('groups.add'),
      }
    : {
        icon: 'search',
        title: words.t('common.empty.no-match'),
        text: words.t('common.empty.no-match-text'),
        href: path,
        label: words.t('common.action.clear-filters'),
        quiet: true,
      };
}
