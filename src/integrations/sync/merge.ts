import { contactFields, type ContactField } from '../../contact-card/contact-fields.js';
import { type FieldConflict } from '../cloud-contact.entities.js';
import { type RemoteFields } from '../contacts-connector.js';

/** What one side, or the last agreed copy, has of a contact. */
export interface Side {
  fields: RemoteFields;
  /** Remote ids. */
  folderIds: readonly string[];
}

/** Whether two texts of a field say the same (a number spelled in two ways does). */
export type Same = (field: ContactField, one: string | null, other: string | null) => boolean;

export interface Merged {
  fields: RemoteFields;
  /** Sorted. */
  folderIds: string[];
  /** Fields that are as they are here: changed here alone. */
  ours: ReadonlySet<ContactField>;
  /** Fields both sides changed, and not alike: what stands in `fields` is the provider's. `folderIds` in JSON lists. */
  conflicts: Record<string, FieldConflict>;
}

/**
 * Three ways, field by field, against the copy last agreed on: whoever alone changed a field has it. Where both did, the
 * provider's value stands and ours is a conflict. Labels are merged one by one; of a provider that has one folder a contact
 * (`several` false) the place is a field like the others.
 */
export function merge(agreed: Side, here: Side, there: Side, same: Same, several: boolean): Merged {
  const fields = { ...there.fields };
  const ours = new Set<ContactField>();
  const conflicts: Merged['conflicts'] = {};
  for (const field of contactFields) {
    const [before, mine, theirs] = [agreed.fields[field], here.fields[field], there.fields[field]];
    if (same(field, mine, before) || same(field, mine, theirs)) continue;
    if (same(field, theirs, before)) {
      fields[field] = mine;
      ours.add(field);
    } else conflicts[field] = { agreed: before, here: mine, there: theirs };
  }
  const places = [agreed, here, there].map(({ folderIds }) => [...new Set(folderIds)].sort());
  const [before, mine, theirs] = places;
  if (several) return { fields, folderIds: mergedLabels(before, mine, theirs), ours, conflicts };
  const moved = !sameFolders(mine, before) && !sameFolders(mine, theirs);
  const keeps = moved && sameFolders(theirs, before);
  if (moved && !keeps) {
    const [was, here, there] = places.map((place) => JSON.stringify(place));
    conflicts['folderIds'] = { agreed: was, here, there };
  }
  return { fields, folderIds: keeps ? mine : theirs, ours, conflicts };
}

/** What one side lacks and the other has was given by the one or taken by the other: it was there before, or not. */
function mergedLabels(
  before: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  const all = [...new Set([...mine, ...theirs])];
  return all.filter((id) => (mine.includes(id) && theirs.includes(id)) || !before.includes(id)).sort();
}

export function sameFolders(one: readonly string[], other: readonly string[]): boolean {
  const set = new Set(one);
  return set.size === new Set(other).size && other.every((id) => set.has(id));
}
