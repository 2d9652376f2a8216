import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { field, type Field, type Returned } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { type CountedGroup } from './contact-groups.query.js';

/** More than so many nobody looks through in a menu: they are found by typing. */
export const MOST_IN_MENU = limits.page;

interface TypedGroup {
  name: string;
  labelKey: string;
  value?: string;
  /** Beside the groups. */
  others?: readonly string[];
}

/** One of many groups, typed, with names that fit as one types; who has no scripts types all of it. */
export function typedGroup(
  words: Words,
  groups: readonly CountedGroup[],
  { name, labelKey, value = '', others = [] }: TypedGroup,
  returned?: Returned,
): Field {
  return field(
    words,
    {
      ...{ name, labelKey, value, hintKey: 'contact-groups.typed-hint', autocomplete: 'off' },
      ...{ maxlength: limits.nameCharacters, optional: others.length > 0 },
      suggestions: [
        ...groups.map((group) => ({
          value: group.name,
          label: words.t('personal-contacts.regroup.group', { name: group.name, count: group.people }),
        })),
        ...others.map((other) => ({ value: other })),
      ],
    },
    returned,
  );
}

/** The group somebody typed, however they wrote capitals and accents. */
export function groupNamed(groups: readonly CountedGroup[], typed: string): CountedGroup | undefined {
  const key = nameKeyOf(typed);
  return groups.find(({ name }) => nameKeyOf(name) === key);
}
