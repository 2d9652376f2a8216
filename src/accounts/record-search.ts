import { likePattern, phoneQueryDigits, searchWords } from '../text/fold.js';
import { type Condition } from '../web/list-search.js';

/**
 * How well somebody answers a search, told alike by a database and here: who is called just so, then whose name begins so,
 * then who has words of the name, then any words, that begin so, and last who has the words somewhere.
 */
export const ranks = { whole: 0, beginning: 1, nameWords: 2, words: 3, within: 4 } as const;

/** The folded words, or alone the digits, that a search looks for; none when nothing can be looked for. */
export function wordsOf(q: string): string[] {
  const digits = phoneQueryDigits(q);
  return digits === null ? searchWords(q) : [digits];
}

/** The extension a search may be: of two digits too, which are no part of a number yet. */
export function extensionIn(q: string): string | null {
  const typed = q.trim();
  return /^[0-9*#]{1,20}$/.test(typed) ? typed : null;
}

/** @returns null for whom the search does not find */
export function rankOf(
  words: readonly string[],
  { sortKey, searchKey }: { sortKey: string; searchKey: string },
): number | null {
  if (words.length === 0 || !words.every((word) => searchKey.includes(word))) return null;
  const names = namesOf(words);
  if (names.includes(sortKey)) return ranks.whole;
  if (sortKey.startsWith(names[0]) || searchKey.startsWith(names[0])) return ranks.beginning;
  if (words.every((word) => ` ${sortKey}`.includes(` ${word}`))) return ranks.nameWords;
  return words.every((word) => ` ${searchKey}`.includes(` ${word}`)) ? ranks.words : ranks.within;
}

/**
 * The same as an expression, for rows that have every word. Bytes are compared, as `searchConditions` does: of a search that
 * finds a company it takes half the time. @param alias of a table with `sortKey` and `searchKey`
 */
export function rankSql(words: readonly string[], alias: string): Condition {
  const names = namesOf(words);
  const [sortKey, searchKey] = ['sortKey', 'searchKey'].map((key) => `CAST(${alias}.${key} AS BINARY)`);
  const eachBegins = (column: string) =>
    words.map(() => `(${column} LIKE ? OR ${column} LIKE ?)`).join(' AND ');
  const beginnings = words.flatMap((word) => [likePattern(word).slice(1), likePattern(` ${word}`)]);
  const beginning = likePattern(names[0]).slice(1);
  return {
    sql: `CASE WHEN ${sortKey} IN (?) THEN ${ranks.whole}
               WHEN ${sortKey} LIKE ? OR ${searchKey} LIKE ? THEN ${ranks.beginning}
               WHEN ${eachBegins(sortKey)} THEN ${ranks.nameWords}
               WHEN ${eachBegins(searchKey)} THEN ${ranks.words}
               ELSE ${ranks.within} END`,
    values: [names, beginning, beginning, ...beginnings, ...beginnings],
  };
}

/** The words as a name: as they were typed, and with the last first. */
function namesOf(words: readonly string[]): string[] {
  const turned = [...words.slice(-1), ...words.slice(0, -1)];
  return [...new Set([words.join(' '), turned.join(' '), [...words.slice(1), words[0]].join(' ')])];
}
