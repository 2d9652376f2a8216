import { type PeopleChange, type ChosenGroup } from '../../accounts/people-changes.service.js';
import { type Actor } from '../../journal/actor.js';
import { type Role, type Status } from '../../accounts/user.entity.js';

/** What can be done to many people at once. */
export const acts = [
  ...(['groups', 'type', 'features', 'role', 'deactivate', 'reactivate', 'erase', 'restore'] as const),
  ...(['resend', 'cancel'] as const),
] as const;
export type Act = (typeof acts)[number];

/** What each tab offers, the most wanted first. */
const offered: Record<Status, readonly Act[]> = {
  active: ['groups', 'type', 'deactivate', 'features', 'role'],
  pending: ['resend', 'cancel', 'groups', 'type', 'features', 'role'],
  deactivated: ['reactivate', 'groups', 'erase', 'type', 'features'],
  erased: ['restore'],
};

/** Only owners give roles. */
export function actsOffered(status: Status, { role }: Pick<Actor, 'role'>): readonly Act[] {
  return offered[status].filter((act) => act !== 'role' || role === 'owner');
}

/** Groups that people join and leave, with the names they had when they were chosen. */
export interface ChosenGroups {
  add: ChosenGroup[];
  remove: ChosenGroup[];
}

/** What was chosen for an act. */
export interface Choice {
  type?: PeopleChange['type'];
  features?: PeopleChange['features'];
  userGroups?: ChosenGroups;
  chatGroups?: ChosenGroups;
  role?: Role;
}

/** Acts that change what is said of people, and leave an entry with before and after for each. */
export const changing: readonly Act[] = ['groups', 'type', 'features'];

/** Whether what an act did can be taken back: a mail cannot. */
export function isUndoable(act: Act): boolean {
  return act !== 'resend';
}

/** What the journal calls the batch of an act, or of the one that takes it back. */
export function kindOf(act: Act, reversed: boolean): string {
  const [forth, back] = kinds[act];
  return reversed ? back : forth;
}

const edit: [string, string] = ['users.edit', 'users.edit.undo'];
const kinds: Record<Act, [forth: string, back: string]> = {
  groups: edit,
  type: edit,
  features: edit,
  role: ['users.role', 'users.role'],
  deactivate: ['users.deactivate', 'users.reactivate'],
  reactivate: ['users.reactivate', 'users.deactivate'],
  erase: ['users.erase', 'users.erase-restore'],
  restore: ['users.erase-restore', 'users.erase'],
  resend: ['users.resend', 'users.resend'],
  cancel: ['users.invitation-cancel', 'users.invitation-cancel.undo'],
};
