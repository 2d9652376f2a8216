import { features, type GroupFeatures } from '../../accounts/features.js';
import { chatGroupKinds, type ChatGroupKind } from '../../accounts/group.entities.js';
import { type GroupKind } from '../../accounts/group-tables.js';
import { type Group } from '../../accounts/group-rows.js';
import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { field, problemsOf, radioGroup, type AnyField } from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type GroupForm } from './group.forms.js';
import { type DeletedGroup, type ListedGroup } from './groups.query.js';

/** The pages and the words of a kind: `/user-groups` says `user-groups.title`. */
export const areas = { userGroups: 'user-groups', chatGroups: 'chat-groups' } as const;

/** Badges of chat groups, so that colour is never alone. */
const kindIcons: Record<ChatGroupKind, string> = { normal: 'users', shared: 'globe', restricted: 'lock' };

export interface GroupList {
  q: string;
  page: KeysetPage<ListedGroup>;
  total: number;
}

export function groupListView(words: Words, kind: GroupKind, { q, page, total }: GroupList) {
  const area = areas[kind];
  const found = page.previous || page.next ? 'common.search.results-or-more' : 'common.search.results';
  return {
    ...shared(words, kind, false, total),
    text: words.t(`${area}.text`),
    q,
    action: `/${area}`,
    clearHref: q === '' ? '' : `/${area}`,
    status:
      q === '' ? words.t('groups.count', { count: total }) : words.t(found, { count: page.rows.length }),
    columns: [
      { label: words.t('groups.column.name') },
      { label: words.t(kind === 'chatGroups' ? 'groups.column.kind' : 'groups.column.features') },
      { label: words.t('groups.column.members'), number: true },
    ],
    chat: kind === 'chatGroups',
    rows: page.rows.map((group) => ({
      href: `/${area}/${group.id}`,
      editHref: `/${area}/${group.id}/edit`,
      deleteAction: `/${area}/${group.id}/deletion`,
      name: group.name,
      members: words.number(group.members),
      badges: group.kind ? [kindBadge(words, group.kind)] : featureBadges(words, group.features),
    })),
    pagination: paginationOf(page, (place) => listHref(`/${area}`, { q, place })),
    empty: page.rows.length > 0 ? null : emptyList(words, kind, q),
  };
}

export function deletedGroupsView(words: Words, kind: GroupKind, total: number, groups: DeletedGroup[]) {
  const area = areas[kind];
  return {
    ...shared(words, kind, true, total),
    text: words.t('groups.deleted.text'),
    first: groups.length < limits.page ? '' : words.t('groups.deleted.first', { max: limits.page }),
    chat: kind === 'chatGroups',
    rows: groups.map(({ batchId, name, kind: chatKind, members, at, actor }) => ({
      name,
      badges: chatKind ? [kindBadge(words, chatKind)] : [],
      members: words.number(members),
      at: words.dateTime(at),
      actor,
      action: `/${area}/restorations/${batchId}`,
      label: words.t('groups.restore-what', { name }),
    })),
    empty: {
      icon: 'trash',
      title: words.t('groups.deleted.none'),
      text: words.t('groups.deleted.none-text'),
    },
  };
}

/** @param taken the group that has the name already */
export function newGroupView(
  words: Words,
  kind: GroupKind,
  submission?: Submission<GroupForm>,
  taken?: Taken,
) {
  const area = areas[kind];
  return {
    ...form(words, nameFields(words, kind, submission), submission, taken && `/${area}/${taken.id}`),
    title: words.t(`${area}.new`),
    text: words.t(`${area}.text`),
    back: { href: `/${area}`, label: words.t(`${area}.title`) },
    action: `/${area}`,
    once: submission?.once ?? newId(),
    send: words.t('groups.create'),
    takenName: taken?.name,
  };
}

export function editGroupView(
  words: Words,
  kind: GroupKind,
  group: Group,
  submission?: Submission<GroupForm>,
  taken?: Taken,
) {
  const area = areas[kind];
  const fields = [nameField(words, group.name, submission)];
  return {
    ...form(words, fields, submission, taken && `/${area}/${taken.id}`),
    title: words.t('groups.rename-what', { name: group.name }),
    back: { href: `/${area}/${group.id}`, label: group.name },
    action: `/${area}/${group.id}`,
    revision: group.revision,
    send: words.t('common.action.save'),
    takenName: taken?.name,
  };
}

/** The group that has a name already. */
export interface Taken {
  id: string;
  name: string;
}

export function kindBadge(words: Words, kind: ChatGroupKind) {
  return {
    ...(kind === 'normal' ? {} : { kind: kind === 'restricted' ? 'warn' : 'accent' }),
    icon: kindIcons[kind],
    text: words.t(`chat-groups.kind.${kind}`),
  };
}

/** What a user group decides, one badge a feature. */
export function featureBadges(words: Words, values: GroupFeatures | null) {
  return features.flatMap((feature) => {
    const value = values?.[feature];
    if (!value) return [];
    const said = words.t(value.on ? 'users.feature.said-on' : 'users.feature.said-off', {
      feature: words.t(`users.feature.${feature}`),
    });
    const text = value.locked ? words.t('user-groups.locked-badge', { said }) : said;
    return [
      {
        ...(value.on ? { kind: 'ok' } : {}),
        icon: value.locked ? 'lock' : value.on ? 'check' : 'pause',
        text,
      },
    ];
  });
}

export function kindChoice(words: Words, value: ChatGroupKind, returned?: Submission<object>) {
  return radioGroup(
    words,
    {
      name: 'kind',
      labelKey: 'groups.column.kind',
      value,
      options: chatGroupKinds.map((kind) => ({
        value: kind,
        labelKey: `chat-groups.kind.${kind}`,
        hintKey: `chat-groups.kind.${kind}-hint`,
      })),
    },
    returned,
  );
}

export function paginationOf<Row>(page: KeysetPage<Row>, href: (place: Place) => string, text = '') {
  const link = (place: Place | null) => (place ? href(place) : undefined);
  return {
    first: link(page.first),
    previous: link(page.previous),
    next: link(page.next),
    last: link(page.last),
    text,
  };
}

export function listHref(path: string, { q, place = {} }: { q: string; place?: Place }): string {
  const query = new URLSearchParams({ ...(q === '' ? {} : { q }), ...placeQuery(place) });
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

function shared(words: Words, kind: GroupKind, deleted: boolean, total: number) {
  const area = areas[kind];
  return {
    title: words.t(`${area}.title`),
    newHref: `/${area}/new`,
    newLabel: words.t(`${area}.new`),
    tabs: [
      { href: `/${area}`, label: words.t('groups.tab.all'), count: total, current: !deleted },
      { href: `/${area}/deleted`, label: words.t('groups.tab.deleted'), current: deleted },
    ],
    searchLabel: words.t('groups.search'),
    directoryHref: kind === 'chatGroups' ? '/directory-as' : '',
  };
}

function form(words: Words, fields: AnyField[], submission?: Submission<object>, takenHref?: string) {
  return { fields, problems: problemsOf(words, fields, submission), takenHref };
}

function nameFields(words: Words, kind: GroupKind, submission?: Submission<GroupForm>): AnyField[] {
  const name = nameField(words, '', submission);
  return kind === 'chatGroups' ? [name, kindChoice(words, 'normal', submission)] : [name];
}

function nameField(words: Words, value: string, submission?: Submission<GroupForm>) {
  return field(
    words,
    { name: 'name', labelKey: 'groups.column.name', value, autocomplete: 'off', hintKey: 'groups.name-hint' },
    submission,
  );
}

function emptyList(words: Words, kind: GroupKind, q: string) {
  const area = areas[kind];
  return q === ''
    ? {
        icon: kind === 'chatGroups' ? 'chat-group' : 'user-group',
        title: words.t(`${area}.none`),
        text: words.t(`${area}.none-text`),
        href: `/${area}/new`,
        label: words.t(`${area}.new`),
      }
    : {
        icon: 'search',
        title: words.t('common.empty.no-match'),
        text: words.t('common.empty.no-match-text'),
        href: `/${area}`,
        label: words.t('common.action.clear-filters'),
        quiet: true,
      };
}
