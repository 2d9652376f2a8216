import { nameKeyOf } from '../../accounts/user-rows.js';
import { problemsOf, select, type Returned } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { type CountedGroup } from '../groups/contact-groups.query.js';
import { groupNamed, MOST_IN_MENU, typedGroup } from '../groups/typed-group.js';
import {
  filterFields,
  isNarrowed,
  listPath,
  NONE,
  type ContactListState,
} from '../list/contact-list.state.js';

/** The files there are, what most people want first. */
const files = [
  { name: 'excel', path: 'export.csv', query: { form: 'excel' } },
  { name: 'vcard-3', path: 'export.vcf', query: { version: '3.0' } },
  { name: 'google', path: 'export.csv', query: { form: 'google' } },
  { name: 'outlook', path: 'export.csv', query: { form: 'outlook' } },
  { name: 'plain', path: 'export.csv', query: { form: 'plain' } },
  { name: 'vcard-4', path: 'export.vcf', query: { version: '4.0' } },
] as const;

/** `/personal-contacts/export`: who the file will hold, and a file for each program with what it cannot carry. */
export function contactExportView(
  words: Words,
  state: ContactListState,
  { count, groups, unknown }: { count: number; groups: readonly CountedGroup[]; unknown?: string },
) {
  const listed = { ...state, place: {}, all: false };
  const { group, ids, q, starred, letter, sort } = state;
  const narrowed = isNarrowed(listed);
  const kept = filterFields({ q, starred, letter });
  const returned = unknown === undefined ? undefined : unknownGroup(unknown);
  const typed = groups.length > MOST_IN_MENU ? typedOf(words, group, groups, returned) : null;
  return {
    title: words.t('contact-export.title'),
    problems: typed ? problemsOf(words, [typed], returned) : [],
    text: words.t(narrowed ? 'contact-export.count-some' : 'contact-export.count-all', { count }),
    backHref: listPath({ ...listed, ids: '' }),
    allHref: narrowed ? '/personal-contacts/export' : null,
    said: saidOf(words, state, groups),
    // Ticked contacts are who they are; else one may still choose a group.
    choice:
      ids === '' && (groups.length > 0 || group !== '')
        ? {
            action: '/personal-contacts/export',
            hidden: [...kept, ...(sort === 'name' ? [] : [{ name: 'sort', value: sort }])],
            ...(typed ? { typed } : { menu: menuOf(words, group, groups) }),
          }
        : null,
    nobody: words.t(narrowed ? 'contact-export.nobody' : 'contact-export.nobody-yet'),
    files:
      count === 0
        ? null
        : files.map(({ name, path, query }) => ({
            title: words.t(`contact-export.${name}`),
            text: words.t(`contact-export.${name}-text`),
            lacks: words.t(`contact-export.${name}-lacks`),
            href: withQuery(listPath(listed, `/personal-contacts/${path}`), query),
            label: words.t('contact-export.download'),
            main: name === 'excel',
          })),
  };
}

/** The group that was typed: its id or NONE; undefined where there is none of that name. */
export function typedChoice(
  words: Words,
  groups: readonly CountedGroup[],
  typed: string,
): string | undefined {
  const none = nameKeyOf(typed) === nameKeyOf(words.t('contact-export.no-group')) ? NONE : undefined;
  return groupNamed(groups, typed)?.id ?? none;
}

function unknownGroup(name: string) {
  const problem = { field: 'groupName', key: 'contact-groups.problem.unknown', values: { name } };
  return { typed: { groupName: name }, problems: [problem] };
}

function typedOf(words: Words, group: string, groups: readonly CountedGroup[], returned?: Returned) {
  const value = group === '' ? '' : groupName(words, group, groups);
  const others = [words.t('contact-export.no-group')];
  const control = { name: 'groupName', labelKey: 'contact-export.group', value, others };
  return typedGroup(words, groups, control, returned);
}

function menuOf(words: Words, group: string, groups: readonly CountedGroup[]) {
  return select(words, {
    ...{ name: 'group', labelKey: 'contact-export.group', value: group },
    emptyKey: 'contact-export.every-group',
    options: [
      ...groups.map(({ id, name }) => ({ value: id, label: name })),
      { value: NONE, labelKey: 'contact-export.no-group' },
    ],
  });
}

/** What narrows the file, in words. */
function saidOf(
  words: Words,
  { q, group, starred, letter, ids }: ContactListState,
  groups: readonly CountedGroup[],
) {
  return [
    ...(ids === '' ? [] : [words.t('contact-export.said.ticked')]),
    ...(q === '' ? [] : [words.t('contact-export.said.search', { q })]),
    ...(group === ''
      ? []
      : [words.t('contact-export.said.group', { name: groupName(words, group, groups) })]),
    ...(starred ? [words.t('contact-export.said.starred')] : []),
    ...(letter === '' ? [] : [words.t('contact-export.said.letter', { letter: letter.toUpperCase() })]),
  ];
}

function groupName(words: Words, group: string, groups: readonly CountedGroup[]): string {
  if (group === NONE) return words.t('contact-export.no-group');
  return groups.find(({ id }) => id === group)?.name ?? words.t('contact-export.gone-group');
}

function withQuery(path: string, query: Record<string, string>): string {
  const added = new URLSearchParams(query).toString();
  return `${path}${path.includes('?') ? '&' : '?'}${added}`;
}
