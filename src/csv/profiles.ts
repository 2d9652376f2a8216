import { callProfiles, masterColumns, masterFile, type CallField } from './call-profiles.js';
import { type ContactColumn } from './contact-columns.js';
import { contactProfiles } from './contact-profiles.js';
import { headerKey } from './header-names.js';
import { type ColumnMeaning, type Profile } from './profile.js';
import { userProfiles, userUpdateProfiles, type UserField, type UserUpdateField } from './user-profiles.js';

/** The fields a file of each kind can fill. Another kind of file is one more line here and in `profiles`. */
export interface FieldOf {
  users: UserField;
  'user-updates': UserUpdateField;
  'personal-contacts': ContactColumn;
  calls: CallField;
}
export type FileKind = keyof FieldOf;

export interface Recognised<Field extends string> {
  /** Id of the profile, for example `zoom-fr`, or null when no column was known. */
  profile: string | null;
  locale?: 'en' | 'fr';
  /** It is another program's file. */
  foreign: boolean;
  /** Share of the header's names the profile knows, 0 to 1. */
  score: number;
  /** By position, because names may occur twice; null where the column is not taken. */
  columns: (Field | null)[];
  ignored: IgnoredColumn<Field>[];
}

export interface IgnoredColumn<Field extends string> {
  index: number;
  /** `twice`: an earlier column already fills the same field. */
  why: 'secret' | 'not-taken' | 'unknown' | 'ambiguous' | 'twice';
  /** What an ambiguous column may be; never taken before the reader has chosen. */
  proposals?: readonly Field[];
}

/**
 * The program a header comes from, and what each of its columns is. One dictionary for all would not do: `Bureau` is a
 * place in one program's file and a number in another's.
 */
export function recognise<Kind extends FileKind>(
  header: readonly string[],
  kind: Kind,
): Recognised<FieldOf[Kind]> {
  const known: Profile<FieldOf[Kind]>[] = profiles[kind];
  const keys = header.map(headerKey);
  const named = keys.filter((key) => key !== '');
  let best: { profile: Profile<FieldOf[Kind]>; score: number; certainty: number } | null = null;
  for (const profile of known) {
    const score = named.filter((key) => profile.columns.has(key)).length / Math.max(1, named.length);
    const complete = [...profile.columns.keys()].every((key) => named.includes(key));
    const markers = (profile.markers ?? []).filter((marker) => named.includes(headerKey(marker)));
    const certainty = complete ? Infinity : markers.length;
    if (score === 0) continue;
    if (!best || score > best.score || (score === best.score && certainty > best.certainty))
      best = { profile, score, certainty };
  }
  const dictionaries = [...(best ? [best.profile] : []), ...known.filter(({ generic }) => generic)];
  const meanings = meaningsOf(keys, dictionaries);
  return {
    profile: best?.profile.id ?? null,
    ...(best?.profile.locale ? { locale: best.profile.locale } : {}),
    foreign: best?.profile.foreign ?? false,
    score: best?.score ?? 0,
    ...placed(meanings, keys, best?.profile ?? null),
  };
}

/** The columns of a file without a header whose shape one program alone writes; null for any other. */
export function shapeOf<Kind extends FileKind>(
  rows: readonly (readonly string[])[],
  kind: Kind,
): { profile: string; columns: (FieldOf[Kind] | null)[]; names: readonly string[] } | null {
  const columns = kind === 'calls' ? masterFile(rows) : null;
  return (
    columns && { profile: 'asterisk', columns: columns as (FieldOf[Kind] | null)[], names: masterColumns }
  );
}

/** Whether a row is the example a program puts below its header. */
export function isExampleRow(kind: FileKind, profile: string | null, cells: readonly string[]): boolean {
  return profiles[kind].find(({ id }) => id === profile)?.isExample?.(cells) ?? false;
}

const profiles: { [Kind in FileKind]: Profile<FieldOf[Kind]>[] } = {
  users: userProfiles,
  'user-updates': userUpdateProfiles,
  'personal-contacts': contactProfiles,
  calls: callProfiles,
};

/** By position; the first dictionary that knows a name says what it is. */
function meaningsOf<Field extends string>(
  keys: readonly string[],
  dictionaries: Profile<Field>[],
): (ColumnMeaning<Field> | undefined)[] {
  const [first] = dictionaries;
  const fields = keys.flatMap((key) => {
    const meaning = dictionaries.map(({ columns }) => columns.get(key)).find((each) => each !== undefined);
    return meaning && 'field' in meaning ? [meaning.field] : [];
  });
  const present = new Set(fields);
  const beside = dictionaries.map((profile) => profile.beside?.(present));
  return keys.map((key, index) => {
    if (key === '') return undefined;
    const occurrences = first?.repeated?.get(key);
    if (occurrences && occurrences.length === keys.filter((each) => each === key).length)
      return { field: occurrences[keys.slice(0, index).filter((each) => each === key).length] };
    for (const [place, { columns }] of dictionaries.entries()) {
      const meaning = beside[place]?.get(key) ?? columns.get(key);
      if (meaning) return meaning;
    }
    return undefined;
  });
}

/** Each field filled by one column: by the profile's own name for it before a generic one, then by the first. */
function placed<Field extends string>(
  meanings: (ColumnMeaning<Field> | undefined)[],
  keys: string[],
  profile: Profile<Field> | null,
): Pick<Recognised<Field>, 'columns' | 'ignored'> {
  const holder = new Map<Field, number>();
  const own = (index: number) => profile?.columns.has(keys[index]) ?? false;
  meanings.forEach((meaning, index) => {
    if (!meaning || !('field' in meaning)) return;
    const before = holder.get(meaning.field);
    if (before === undefined || (own(index) && !own(before))) holder.set(meaning.field, index);
  });
  const ignored: IgnoredColumn<Field>[] = [];
  const columns = meanings.map((meaning, index) => {
    if (meaning && 'field' in meaning) {
      if (holder.get(meaning.field) === index) return meaning.field;
      ignored.push({ index, why: 'twice' });
    } else if (meaning?.why === 'ambiguous') {
      ignored.push({ index, why: 'ambiguous', proposals: meaning.proposals });
    } else ignored.push({ index, why: meaning?.why ?? 'unknown' });
    return null;
  });
  return { columns, ignored };
}
