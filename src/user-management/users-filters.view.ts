import { roles, userTypes } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { field, select, type AnyField } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { FILTER_VALUES, type FilterChoices } from './user-filter-choices.query.js';
import {
  filterFields,
  invitationChoices,
  listPath,
  missingChoices,
  NONE,
  signInChoices,
  type FilterName,
  type UserListState,
} from './user-list.state.js';

interface Option {
  value: string;
  label: string;
}

/** The filters of `/users`, in the panel of its toolbar. */
export function filtersView(words: Words, state: UserListState, choices: FilterChoices) {
  const { status, role, type, userGroup, chatGroup, department, location, manager, missing } = state;
  const chosen = (name: FilterName, value: string | null, options: readonly string[]) =>
    select(words, {
      ...{ name, value: value ?? '', labelKey: labelKeys[name], emptyKey: 'users.filter.any' },
      options: options.map((each) => ({ value: each, label: valueLabel(words, name, each) })),
    });
  const group = (
    name: 'userGroup' | 'chatGroup',
    value: string | null,
    offered: FilterChoices['userGroups'],
  ) =>
    oneOf(words, name, {
      offered: offered.map(({ id, name }) => ({ value: id, label: name })),
      chosen: value && { value, label: choices.chosen[name] ?? words.t('users.filter.gone') },
    });
  const place = (name: 'department' | 'location', value: string | null, offered: string[]) =>
    oneOf(words, name, {
      offered: offered.map((each) => ({ value: each, label: each })),
      chosen: value && { value, label: value },
    });
  const day = (name: 'signedInFrom' | 'signedInTo') =>
    field(words, { name, labelKey: labelKeys[name], type: 'date', value: state[name] });
  return {
    label: words.t('users.filters'),
    fields: [
      ...place('department', department, choices.departments),
      ...place('location', location, choices.locations),
      ...group('userGroup', userGroup, choices.userGroups),
      ...group('chatGroup', chatGroup, choices.chatGroups),
      field(words, {
        ...{
          name: 'manager',
          labelKey: 'users.field.manager',
          placeholder: words.t('users.filter.manager-hint'),
        },
        ...{ value: managerText(manager, choices), maxlength: limits.emailCharacters, autocomplete: 'off' },
      }),
      chosen('missing', missing, missingChoices),
      chosen('role', role, roles),
      chosen('type', type, userTypes),
      ...(status === 'pending'
        ? [chosen('invitation', state.invitation, invitationChoices)]
        : [chosen('signedIn', state.signedIn, signInChoices), day('signedInFrom'), day('signedInTo')]),
    ] satisfies AnyField[],
  };
}

/** What narrows the list besides the search, each with the address of the list without it. */
export function chipsOf(words: Words, state: UserListState, { chosen }: FilterChoices) {
  const known = new Map<string, string | undefined>(
    Object.entries({
      userGroup: chosen.userGroup,
      chatGroup: chosen.chatGroup,
      manager: chosen.manager?.name,
    }),
  );
  return filterFields({ ...state, q: '' }).map(({ name, value }) => {
    const filter = name as FilterName;
    const gone = known.has(name) && value !== NONE && known.get(name) === undefined;
    const said = gone ? words.t('users.filter.gone') : (known.get(name) ?? valueLabel(words, filter, value));
    const label = words.t('users.filter.chip', { filter: words.t(labelKeys[filter]), value: said });
    return {
      ...{ label, gone, remove: words.t('users.filter.remove', { filter: label }) },
      href: listPath({ ...state, [filter]: null, place: {}, all: false }),
    };
  });
}

/** A sentence where a filter names what is not there any more, as one in a saved view may. */
export function goneOf(words: Words, chips: readonly { gone: boolean }[]): string | undefined {
  return chips.some(({ gone }) => gone) ? words.t('users.filter.gone-text') : undefined;
}

const labelKeys: Record<FilterName, string> = {
  role: 'users.field.role',
  type: 'users.field.type',
  userGroup: 'users.field.userGroup',
  chatGroup: 'users.filter.chat-group',
  department: 'users.field.department',
  location: 'users.field.location',
  manager: 'users.field.manager',
  signedIn: 'users.column.signed-in',
  signedInFrom: 'users.filter.signed-in-from',
  signedInTo: 'users.filter.signed-in-to',
  invitation: 'users.invitation.title',
  missing: 'users.filter.missing',
};

/** What a filter's value is called; what people typed is called as it is. */
function valueLabel(words: Words, name: FilterName, value: string): string {
  switch (name) {
    case 'role':
      return words.t(`users.role.${value}`);
    case 'type':
      return words.t(`users.type.${value}`);
    case 'signedIn':
      return words.t(`users.filter.signed-in.${value}`);
    case 'invitation':
      return words.t(`users.filter.invitation.${value}`);
    case 'missing':
      return words.t(`users.field.${value}`);
    case 'manager':
      return value === NONE ? words.t('users.filter.no-manager') : value;
    case 'signedInFrom':
    case 'signedInTo':
      return words.date(new Date(value), 'UTC');
    default:
      return value;
  }
}

/** A menu; beyond its length a text with the first values to choose from. Nothing where there is nothing to choose. */
function oneOf(
  words: Words,
  name: FilterName,
  { offered, chosen }: { offered: Option[]; chosen: Option | '' | null },
): AnyField[] {
  if (offered.length > FILTER_VALUES) {
    return [
      field(words, {
        ...{ name, labelKey: labelKeys[name], value: chosen ? chosen.label : '' },
        ...{ hintKey: 'users.filter.typed', hintValues: { count: FILTER_VALUES } },
        ...{ maxlength: limits.nameCharacters, autocomplete: 'off' },
        suggestions: offered.slice(0, FILTER_VALUES).map(({ label }) => ({ value: label })),
      }),
    ];
  }
  const options = [...offered];
  if (chosen && !options.some(({ value }) => value === chosen.value)) options.unshift(chosen);
  if (options.length === 0) return [];
  const value = chosen ? chosen.value : '';
  return [select(words, { name, value, labelKey: labelKeys[name], emptyKey: 'users.filter.any', options })];
}

/** An address people can read, where the filter holds an id. */
function managerText(manager: string | null, { chosen }: FilterChoices): string {
  if (manager === null || manager === NONE) return '';
  return chosen.manager?.email ?? manager;
}
