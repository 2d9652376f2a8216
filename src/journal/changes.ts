import { type Changes } from './journal.entities.js';

/**
 * What differs between two states of a subject, in the fields named; null when nothing does. Lists and objects
 * are compared by content, absent counts as null.
 */
export function changesBetween<Subject extends object>(
  before: Subject,
  after: Subject,
  fields: readonly (keyof Subject & string)[],
): Changes | null {
  const changed = fields.filter((field) => !sameValue(before[field], after[field]));
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((field) => [field, [before[field] ?? null, after[field] ?? null]]));
}

/** True when a stored value and one of the journal say the same. */
export function sameValue(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** Keys in order, so that `{a, b}` and `{b, a}` are one value. */
function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
