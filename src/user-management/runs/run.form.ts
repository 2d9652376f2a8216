import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import { type ChosenGroup } from '../../accounts/people-changes.service.js';
import { roles, userTypes } from '../../accounts/user.entity.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';
import { type Problem } from '../../web/submitted.js';
import { groupNames } from '../person-rules.js';
import { featureChoices } from '../user.form.js';
import { type Act, type Choice } from './acts.js';
import { type NewGroups } from './user-runs.service.js';

/** The bar of a list: ticked rows or all that match, and what is to be done with them. */
export class SelectionForm {
  act = '';
  ids: string[] = [];
  /** `matching`: not the ticked, but all that the list below shows. */
  all = '';
  /** Address of the list, with its tab, search and filters. */
  list = '';
}

/** What an act asks before it begins; each act reads its own fields. */
export class RunForm {
  type = '';
  /** `phone:on`, `phone:off`, `phone:default`; empty where it stays as it is. */
  features: string[] = [];
  role = '';
  userGroupsAdd: string[] = [];
  userGroupsNew = '';
  userGroupsRemove: string[] = [];
  chatGroupsAdd: string[] = [];
  chatGroupsNew = '';
  chatGroupsRemove: string[] = [];
  confirmed = false;
}

export interface Chosen {
  choice: Choice;
  newGroups: NewGroups;
  problems: Problem[];
}

/** Groups by id, of those the form names. */
export type GroupsById = Record<GroupKind, ReadonlyMap<Id, ChosenGroup>>;

/** What a form chose, and what is to be put right. */
export function choiceOf(act: Act, form: RunForm, groups: GroupsById): Chosen {
  const chosen: Chosen = { choice: {}, newGroups: {}, problems: [] };
  const { choice, problems } = chosen;
  if (act === 'type') {
    choice.type = userTypes.find((type) => type === form.type);
    if (!choice.type) problems.push({ field: 'type', key: 'user-runs.problem.type' });
  }
  if (act === 'role') {
    choice.role = roles.find((role) => role === form.role);
    if (!choice.role) problems.push({ field: 'role', key: 'user-runs.problem.role' });
  }
  if (act === 'features') {
    const features = Object.fromEntries(featureChoices(form.features));
    if (Object.keys(features).length > 0) choice.features = features;
    else problems.push({ field: 'features', key: 'user-runs.problem.features' });
  }
  if (act === 'erase' && !form.confirmed)
    problems.push({ field: 'confirmed', key: 'user-runs.problem.confirmed' });
  if (act === 'groups') chooseGroups(form, groups, chosen);
  return chosen;
}

function chooseGroups(form: RunForm, groups: GroupsById, { choice, newGroups, problems }: Chosen): void {
  for (const kind of groupKinds) {
    const add = form[`${kind}Add`].map((id) => groups[kind].get(id));
    const remove = form[`${kind}Remove`].map((id) => groups[kind].get(id));
    const names = groupNames(form[`${kind}New`]);
    if (add.includes(undefined)) problems.push({ field: `${kind}Add`, key: 'user-runs.problem.group-gone' });
    if (remove.includes(undefined))
      problems.push({ field: `${kind}Remove`, key: 'user-runs.problem.group-gone' });
    const both = add.find((group) => group && remove.includes(group));
    if (both)
      problems.push({ field: `${kind}Remove`, key: 'user-runs.problem.both', values: { group: both.name } });
    if (names.some((name) => codePoints(name) > limits.nameCharacters))
      problems.push({
        ...{ field: `${kind}New`, key: 'users.problem.group-name' },
        values: { max: limits.nameCharacters },
      });
    else if (names.some((name) => hasControlCharacters(name)))
      problems.push({ field: `${kind}New`, key: 'common.problem.control-characters' });
    if (add.length + remove.length + names.length === 0) continue;
    choice[kind] = { add: add.filter(isThere), remove: remove.filter(isThere) };
    newGroups[kind] = names;
  }
  if (problems.length === 0 && !choice.userGroups && !choice.chatGroups)
    problems.push({ field: 'userGroupsAdd', key: 'user-runs.problem.no-group' });
}

function isThere<Item>(item: Item | undefined): item is Item {
  return item !== undefined;
}
