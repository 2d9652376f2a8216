import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { isRespelled, isScientific } from '../../csv/spreadsheet.js';
import { readPhone, type E164, type Region } from '../../phone/e164.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';
import { DETAIL_CHARACTERS, EXTENSION, groupNames } from '../person-rules.js';
import { byKey, type NamedGroup } from './account-groups.js';

/** What a cell says of a value we hold. */
export type Comparison =
  | { is: 'same'; respelled?: boolean }
  | { is: 'empty' }
  | { is: 'other'; value: string; typed?: string | null; proposal?: string }
  | { is: 'wrong'; reason: string; values?: Record<string, string | number> };

/** Words that empty a field whatever is chosen for empty cells. */
const CLEARING = new Set(['(empty)', '(vide)']);

export function clears(value: string): boolean {
  return CLEARING.has(value.toLowerCase());
}

const longest: Record<string, number> = {
  givenName: limits.nameCharacters,
  familyName: limits.nameCharacters,
  department: DETAIL_CHARACTERS,
  jobTitle: DETAIL_CHARACTERS,
  location: DETAIL_CHARACTERS,
};

/** @param value the tidied cell */
export function compareText(field: string, held: string | null, value: string): Comparison {
  if (value === (held ?? '')) return SAME;
  if (value === '' || clears(value)) return EMPTY;
  if (held !== null && isRespelled(held, value)) return RESPELLED;
  const max = longest[field];
  if (value.length > max && codePoints(value) > max)
    return { is: 'wrong', reason: 'too-long', values: { max } };
  if (hasControlCharacters(value)) return { is: 'wrong', reason: 'control-characters' };
  return { is: 'other', value };
}

export function compareExtension(held: string | null, value: string): Comparison {
  if (value === (held ?? '')) return SAME;
  if (value === '' || clears(value)) return EMPTY;
  if (held !== null && isRespelled(held, value)) return RESPELLED;
  const max = limits.extensionCharacters;
  if (isScientific(value)) return { is: 'wrong', reason: 'extension-scientific' };
  if (value.length > max) return { is: 'wrong', reason: 'too-long', values: { max } };
  if (!EXTENSION.test(value)) return { is: 'wrong', reason: 'extension' };
  return { is: 'other', value };
}

export function comparePhone(
  held: E164 | null,
  typed: string | null,
  value: string,
  { region, foreign }: { region: Region; foreign: boolean },
): Comparison {
  if (value === (held ?? '')) return SAME;
  if (value === '' || clears(value)) return EMPTY;
  if (held !== null && value === typed) return SAME;
  if (held !== null && isRespelled(held, value)) return RESPELLED;
  if (isScientific(value)) return { is: 'wrong', reason: 'phone-destroyed' };
  const reading = readPhone(value, { region, from: foreign ? 'foreign-csv' : 'csv' });
  if (reading.kind === 'empty') return EMPTY;
  if (reading.kind === 'refused') return { is: 'wrong', reason: `phone-${reading.reason}` };
  if (reading.number === held) return SAME;
  const beside = value === reading.number ? null : value.slice(0, 64);
  const other = { is: 'other', value: reading.number, typed: beside } as const;
  return reading.kind === 'number' ? other : { ...other, proposal: `phone-${reading.reason}` };
}

export interface GroupsRead {
  is: 'same' | 'other';
  /** Names in the order of their keys; those that exist as they are written here. */
  names: string[];
  respelled: boolean;
  /** Names of groups there are none of yet. */
  made: string[];
}

/**
 * The groups a cell names, beside those a person is in.
 * @param find the account's group of a name
 * @param lost the group whose name a spreadsheet would write so, of all the account's
 */
export function compareGroups(
  held: readonly NamedGroup[],
  value: string,
  { add, find, lost }: GroupRules,
): GroupsRead | Extract<Comparison, { is: 'wrong' }> {
  const wanted = new Map<string, string>(add ? held.map(({ nameKey, name }) => [nameKey, name]) : []);
  const made: string[] = [];
  let respelled = false;
  for (const name of clears(value) ? [] : groupNames(value)) {
    const own =
      held.find((group) => group.name === name) ?? held.find((group) => isRespelled(group.name, name));
    const group = own ?? find(name);
    if (group) {
      if (own && own.name !== name) respelled = true;
      wanted.set(group.nameKey, group.name);
      continue;
    }
    if (name.length > limits.nameCharacters && codePoints(name) > limits.nameCharacters)
      return { is: 'wrong', reason: 'too-long', values: { max: limits.nameCharacters } };
    if (hasControlCharacters(name)) return { is: 'wrong', reason: 'control-characters' };
    const like = name.includes('?') ? lost(name) : undefined;
    if (like) return { is: 'wrong', reason: 'group-letters', values: { group: like.name, value: name } };
    made.push(name);
    wanted.set(nameKeyOf(name), name);
  }
  if (clears(value)) wanted.clear();
  const same = wanted.size === held.length && held.every(({ nameKey }) => wanted.has(nameKey));
  const names = [...wanted]
    .map(([nameKey, name]) => ({ nameKey, name }))
    .sort(byKey)
    .map(({ name }) => name);
  return { is: same ? 'same' : 'other', names, respelled, made };
}

export interface GroupRules {
  add: boolean;
  find: (name: string) => NamedGroup | undefined;
  lost: (name: string) => NamedGroup | undefined;
}

const SAME: Comparison = { is: 'same' };
const EMPTY: Comparison = { is: 'empty' };
const RESPELLED: Comparison = { is: 'same', respelled: true };
