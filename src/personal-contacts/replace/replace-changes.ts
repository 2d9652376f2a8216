import { nameKeyOf } from '../../accounts/user-rows.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { type ImportFacts } from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { type Composed } from '../compose/composed.js';
import { groupsOfRow } from '../import/contact-check.js';
import { rowChanges, type Known } from '../import/row-changes.js';

/**
 * What a file that becomes the list makes of a contact it finds again: as an import that updates, and beyond it an empty cell
 * empties its field, and the groups are the file's. Where neither the file nor the person names groups, they stay.
 */
export function replaceChanges(
  composed: Composed,
  present: Known,
  facts: Pick<ImportFacts, 'choices'>,
  groupsOf: (contact: Known) => string[],
): Changes {
  const { groups: _, ...changes } = rowChanges(composed, present, { groupsOf, groups: [] });
  for (const field of contactFields) {
    const emptied = composed.says.has(field) && !composed[field] && present[field];
    if (emptied && field !== 'displayName') changes[field] = [present[field], null];
  }
  const groups = groupsOfRow(composed, facts);
  const held = groupsOf(present);
  return setsGroups(composed, facts) && !sameNames(held, groups)
    ? { ...changes, groups: [held, groups] }
    : changes;
}

/** Whether the groups of a row's contact are said, by the file or for all of it. */
function setsGroups({ says }: Composed, { choices }: Pick<ImportFacts, 'choices'>): boolean {
  return says.has('groups') || (typeof choices.groupName === 'string' && choices.groupName !== '');
}

export function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length === other.length && one.every((name, place) => name === other[place])) return true;
  const keys = new Set(one.map(nameKeyOf));
  return keys.size === new Set(other.map(nameKeyOf)).size && other.every((name) => keys.has(nameKeyOf(name)));
}
