import { type Id } from '../../database/new-id.js';
import { type KeptSubject } from '../../imports/import-kind.js';

/** Why something was left: edited or deleted by another act since, erased for good, or a group with contacts in it. */
export type KeptReason = 'edited' | 'deleted' | 'gone' | 'not-empty';

/** What was left as it is. `fields` are those of `journaled`, or `name` of a group. */
export interface Kept extends KeptSubject {
  reason: KeptReason;
}

export interface Undone {
  /** Contacts that are another way than before, by what became of them. */
  restored: Id[];
  removed: Id[];
  changed: Id[];
  /** Groups brought back, renamed or deleted, as they are called now; `wasCalled` where somebody had taken the name. */
  groups: { id: Id; name: string; wasCalled: string; action: 'restored' | 'changed' | 'removed' }[];
  kept: Kept[];
}

export function nothingUndone(): Undone {
  return { restored: [], removed: [], changed: [], groups: [], kept: [] };
}

export function add(all: Undone, more: Undone): void {
  all.restored.push(...more.restored);
  all.removed.push(...more.removed);
  all.changed.push(...more.changed);
  all.groups.push(...more.groups);
  all.kept.push(...more.kept);
}
