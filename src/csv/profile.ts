import { headerKey } from './header-names.js';

/** A program's file: which header names it writes, and which of our fields each one fills. */
export interface Profile<Field extends string> {
  id: string;
  /** Language of its header names. */
  locale?: 'en' | 'fr';
  /** Another program's file: what it cannot say our way is proposed where ours would be refused. */
  foreign?: boolean;
  /** A dictionary of what people write themselves: chosen when nothing else fits, asked for what a program's file adds. */
  generic?: boolean;
  columns: Columns<Field>;
  /**
   * Names the program writes more than once, with what each occurrence is, from left to right. Where a file has fewer of
   * them (somebody deleted a column), `columns` says what the name is: best nothing sure.
   */
  repeated?: ReadonlyMap<string, readonly Field[]>;
  /** Names that mean something else beside others: `Nom` is the family name where a `Prénom` stands too. */
  beside?(fields: ReadonlySet<Field>): Columns<Field> | null;
  /** Names only this program writes; they decide between profiles that know a header equally well, unless one of them is there whole. */
  markers?: readonly string[];
  /** Rows the program puts below its header to show how it is filled in. */
  isExample?: (cells: readonly string[]) => boolean;
}

/** By `headerKey`. */
export type Columns<Field extends string> = ReadonlyMap<string, ColumnMeaning<Field>>;

export type ColumnMeaning<Field extends string> =
  | { field: Field }
  /** Known and left out: `secret` is never read at all. */
  | { why: 'secret' | 'not-taken' }
  /** Could be one of these; the reader has to say. */
  | { why: 'ambiguous'; proposals: readonly Field[] };

type Names<Field extends string> = { [name in Field | 'secret' | 'not-taken']?: readonly string[] } & {
  ambiguous?: Readonly<Record<string, readonly Field[]>>;
};

/** `{ Titre: ['prefix', 'title'] }` by header key. */
export function repeated<Field extends string>(
  names: Readonly<Record<string, readonly Field[]>>,
): ReadonlyMap<string, readonly Field[]> {
  return new Map(Object.entries(names).map(([name, fields]) => [headerKey(name), fields]));
}

/** `{ email: ['E-mail', 'Courriel'], secret: ['Mot de passe'] }` as a dictionary by header key. */
export function columns<Field extends string>({ ambiguous = {}, ...named }: Names<Field>): Columns<Field> {
  const meanings = new Map<string, ColumnMeaning<Field>>();
  for (const [meaning, names] of Object.entries(named as Record<string, readonly string[]>))
    for (const name of names)
      meanings.set(
        headerKey(name),
        meaning === 'secret' || meaning === 'not-taken' ? { why: meaning } : { field: meaning as Field },
      );
  for (const [name, proposals] of Object.entries(ambiguous))
    meanings.set(headerKey(name), { why: 'ambiguous', proposals });
  return meanings;
}
