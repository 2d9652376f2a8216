import { type PersonRecord, type RecordKind } from '../../accounts/person-records.js';

/**
 * Of several people with one number, whose it is believed to be: a colleague's, then theirs whom the reader has noted, then
 * theirs who say so. People of other companies type their own numbers, so that what one knows oneself comes before.
 */
const believed: readonly RecordKind[] = ['colleague', 'cloud', 'personal', 'external'];

/** The lower the earlier. @param having those of a person's entries that have the number; at least one */
export function placeOfNumber(having: readonly Pick<PersonRecord, 'kind'>[]): number {
  return Math.min(...having.map(({ kind }) => believed.indexOf(kind)));
}
