import { type CardProperty } from '../../contact-card/contact-fields.js';

/** Parts of a name (RFC 6350 §6.2.2). */
export const nameParts = ['givenName', 'middleName', 'familyName', 'prefix', 'suffix'] as const;

/** Empty where nobody said them. */
export type NameParts = Record<(typeof nameParts)[number], string>;

export const noParts: NameParts = { givenName: '', middleName: '', familyName: '', prefix: '', suffix: '' };

/**
 * A name as people say it: given names before the family name; names in Chinese characters, kana or Hangul the other way
 * round and without a space. Courtesy titles are no part of it, or half of a list would stand under M.
 */
export function nameOf({ givenName, middleName, familyName, suffix }: NameParts): string {
  if (familyName !== '' && givenName !== '' && EAST_ASIAN.test(familyName + givenName + middleName))
    return `${familyName}${givenName}${middleName}`;
  return [givenName, middleName, familyName, suffix].filter((part) => part !== '').join(' ');
}

/** vCard N of the parts, or none when nobody said any. */
export function nameProperty({
  givenName,
  middleName,
  familyName,
  prefix,
  suffix,
}: NameParts): CardProperty[] {
  const parts = [familyName, givenName, middleName, prefix, suffix];
  return parts.some((part) => part !== '') ? [['n', {}, 'text', parts]] : [];
}

const EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ー]+$/u;
