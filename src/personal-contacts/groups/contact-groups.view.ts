import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { field, problemsOf, select } from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { CONTACTS, listPath } from '../list/contact-list.state.js';
import { undoPath } from '../undo/undone.view.js';
import { type ContactGroupForm, type MergeForm } from './contact-group.form.js';
import { MOST_IN_MENU, typedGroup } from './typed-group.js';
import { inOrder, type CountedGroup, type DeletedGroup, type KeptGroup } from './contact-groups.query.js';

const GROUPS = `${CONTACTS}/groups`;

/** The group that has a name already. */
export interface Taken {
  id: string;
  name: string;
}

export interface GroupsRead {
  q: string;
  page: KeysetPage<CountedGroup>;
  /** How many there are, whatever is searched for. */
  total: number;
  deleted: readonly DeletedGroup[];
}

export function groupsView(words: Words, { q, page, total, deleted }: GroupsRead) {
  const paged = Boolean(page.previous ?? page.next);
  const href = (place: Place | null) => (place ? listPath({ q, place }, GROUPS) : undefined);
  return {
    title: words.t('contact-groups.title'),
    text: words.t('contact-groups.text'),
    back: CONTACTS,
    backLabel: words.t('personal-contacts.title'),
    newHref: `${GROUPS}/new`,
    // Few are seen at a glance.
    searchable: total > limits.page,
    ...{ q, action: GROUPS, clearHref: q === '' ? '' : GROUPS },
    status:
      q === ''
        ? words.t('contact-groups.count', { count: total })
        : words.t(paged ? 'common.search.results-or-more' : 'common.search.results', {
            count: page.rows.length,
          }),
    columns: [
      { label: words.t('contact-groups.name') },
      { label: words.t('personal-contacts.title'), number: true },
    ],
    rows: (paged ? page.rows : inOrder(page.rows)).map(({ id, name, people }) => ({
      name,
      href: listPath({ group: id }),
      people: words.number(people),
      ...actsOf(id, total > 1),
    })),
    pagination: {
      ...{ first: href(page.first), previous: href(page.previous) },
      ...{ next: href(page.next), last: href(page.last), text: '' },
    },
    empty: page.rows.length > 0 ? null : q === '' ? emptyOf(words) : noMatch(words),
    deleted: deleted.map(({ batchId, name, at }) => ({
      name,
      at: words.dateTime(at),
      action: undoPath(batchId),
      label: words.t('contact-groups.restore-what', { name }),
    })),
  };
}

/** What can be done with one group. @param others there is one to merge it with */
export function actsOf(id: string, others: boolean) {
  return {
    editHref: `${GROUPS}/${id}/edit`,
    mergeHref: others ? `${GROUPS}/${id}/merge` : '',
    deleteAction: `${GROUPS}/${id}/deletion`,
  };
}

/** @param taken the group that has the name already */
export function newGroupView(words: Words, submission?: Submission<ContactGroupForm>, taken?: Taken) {
  return {
    ...formOf(words, '', submission, taken),
    title: words.t('contact-groups.new'),
    back: CONTACTS,
    backLabel: words.t('personal-contacts.title'),
    action: GROUPS,
    once: submission?.once ?? newId(),
    send: words.t('contact-groups.create'),
  };
}

export function editGroupView(
  words: Words,
  group: KeptGroup,
  submission?: Submission<ContactGroupForm>,
  taken?: Taken,
) {
  return {
    ...formOf(words, group.name, submission, taken),
    title: words.t('contact-groups.rename-what', { name: group.name }),
    back: listPath({ group: group.id }),
    backLabel: group.name,
    action: `${GROUPS}/${group.id}`,
    revision: group.revision,
    send: words.t('common.action.save'),
  };
}

export function mergeView(
  words: Words,
  group: KeptGroup,
  groups: readonly CountedGroup[],
  submission?: Submission<MergeForm>,
) {
  const others = groups.filter(({ id }) => id !== group.id);
  const typed = () =>
    typedGroup(words, others, { name: 'intoName', labelKey: 'contact-groups.merge-into' }, submission);
  const menu = () =>
    select(
      words,
      {
        ...{ name: 'into', labelKey: 'contact-groups.merge-into', emptyKey: 'common.field.choose' },
        options: others.map(({ id, name, people }) => ({
          value: id,
          label: words.t('personal-contacts.regroup.group', { name, count: people }),
        })),
      },
      submission,
    );
  const fields = [others.length > MOST_IN_MENU ? typed() : menu()];
  const count = groups.find(({ id }) => id === group.id)?.people ?? 0;
  return {
    title: words.t('contact-groups.merge-what', { name: group.name }),
    text: words.t('contact-groups.merge-text', { name: group.name, count }),
    back: listPath({ group: group.id }),
    backLabel: group.name,
    action: `${GROUPS}/${group.id}/merge`,
    alone: others.length === 0,
    fields,
    problems: problemsOf(words, fields, submission),
  };
}

function formOf(
  words: Words,
  name: string,
  submission: Submission<ContactGroupForm> | undefined,
  taken: Taken | undefined,
) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'name', labelKey: 'contact-groups.name', hintKey: 'contact-groups.name-hint' },
        ...{ value: name, maxlength: limits.nameCharacters, autocomplete: 'off' },
      },
      submission,
    ),
  ];
  return {
    fields,
    problems: problemsOf(words, fields, submission),
    takenHref: taken?.id ? listPath({ group: taken.id }) : '',
    takenName: taken?.name,
  };
}

function noMatch(words: Words) {
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match'), quiet: true },
    text: words.t('common.empty.no-match-text'),
    ...{ href: GROUPS, label: words.t('common.action.clear-filters') },
  };
}

function emptyOf(words: Words) {
  return {
    icon: 'user-group',
    title: words.t('contact-groups.none'),
    text: words.t('contact-groups.none-text'),
    href: `${GROUPS}/new`,
    label: words.t('contact-groups.new'),
  };
}
