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
  /** Fields both sides changed, and not alike: what stands in `fields` is the provider's. */
  conflicts: Partial<Record<ContactField, FieldConflict>>;
}

/**
 * Three ways, field by field, against the copy last agreed on: whoever alone changed a field has it. Where both did, the
 * provider's value stands and ours is a conflict. Folders are merged one by one, as labels are; a provider that has one
 * folder a contact (`several` false) keeps its own when both moved it, because a place is chosen again with one click.
 */
export function merge(agreed: Side, here: Side, there: Side, same: Same, several: boolean): Merged {
  const fields = { ...there.fields };
  const conflicts: Merged['conflicts'] = {};
  for (const field of contactFields) {
    const [before, ours, theirs] = [agreed.fields[field], here.fields[field], there.fields[field]];
    if (same(field, ours, before) || same(field, ours, theirs)) continue;
    if (same(field, theirs, before)) fields[field] = ours;
    else conflicts[field] = { agreed: before, here: ours, there: theirs };
  }
  return { fields, folderIds: mergedFolders(agreed, here, there, several), conflicts };
}

function mergedFolders(agreed: Side, here: Side, there: Side, several: boolean): string[] {
  const [before, ours, theirs] = [agreed, here, there].map(({ folderIds }) => new Set(folderIds));
  if (!several) {
    const moved = !sameFolders([...before], [...theirs]);
    return [...(moved ? theirs : ours)].sort();
  }
  const merged = [...ours, ...theirs].filter(
    // Nobody took it away: what one side lacks, it never had.
    (id) => (ours.has(id) && theirs.has(id)) || !before.has(id),
  );
  return [...new Set(merged)].sort();
}

export function sameFolders(one: readonly string[], other: readonly string[]): boolean {
  const set = new Set(one);
  return set.size === new Set(other).size && other.every((id) => set.has(id));
}
