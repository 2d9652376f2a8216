/**
 * Text as it is searched and sorted: without accents, case or spelling variants of letters. Databases disagree on
 * these things (unicode_ci tells Łukasz from lukasz and takes two emoji for one), so we fold ourselves and store
 * the result in byte-compared columns.
 */

/** Raised when `fold`, `searchKeyOf` or `sortKeyOf` answer differently for the same text: stored keys of an older version are made anew. */
export const FOLD_VERSION = 1;

/** Folded words of a query beyond this many are not looked for. */
export const QUERY_WORDS = 8;

/**
 * NFKD, accents dropped, letters that have no decomposition spelled out (`œ` → `oe`, `Đ` → `d`), lower case.
 * Other scripts stay: vowel signs of Indic scripts and kana voicing carry meaning and are kept, Hebrew points and
 * Arabic vowel marks are dropped as accents are. Spaces and punctuation stay where they are.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  return lower
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(SPELLED_OUT, (letter) => spelledOut.get(letter) ?? letter)
    .normalize('NFC');
}

/** What a person typed into a search box as folded words, each once, at most `QUERY_WORDS`. */
export function searchWords(query: string): string[] {
  return [...new Set(wordsOf(query.slice(0, QUERY_CHARACTERS)))].slice(0, QUERY_WORDS);
}

export interface Searchable {
  names?: readonly (string | null | undefined)[];
  emails?: readonly (string | null | undefined)[];
  /** E.164 numbers and extensions; only their digits are kept. */
  phones?: readonly (string | null | undefined)[];
  /** Title, department and the like: what is cut first when the key is full. */
  texts?: readonly (string | null | undefined)[];
}

/**
 * Everything a person or contact is found by: folded words in the order names, addresses, phone digits, texts,
 * each once, separated by one space. Only whole words are kept.
 * @param maxLength in UTF-16 units, so never more characters than the column holds
 */
export function searchKeyOf({ names, emails, phones, texts }: Searchable, maxLength = 1000): string {
  const words = new Set<string>();
  for (const name of names ?? []) addWords(words, name);
  for (const email of emails ?? []) addWords(words, email);
  for (const phone of phones ?? []) {
    const digits = phone?.replace(/\D/g, '');
    if (digits) words.add(digits);
  }
  for (const text of texts ?? []) addWords(words, text);
  let key = '';
  for (const word of words) {
    const longer = key === '' ? word : `${key} ${word}`;
    if (longer.length <= maxLength) key = longer;
  }
  return key;
}

/** Folded `family given`, at most 191 UTF-16 units. */
export function sortKeyOf(givenName: string, familyName: string): string {
  const folded = `${fold(familyName)} ${fold(givenName)}`.trim();
  if (PLAIN.test(folded)) return cut(folded, 191);
  const key = folded
    .replace(APOSTROPHES, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
  return cut(key, 191);
}

/**
 * The digits to look for inside stored E.164 digits when a query looks like a phone number in any notation:
 * `06 12 34` → `61234`, `+33 (0)6 12` and `0033 6 12` → `33612`. Null for anything else, and for fewer than three
 * digits.
 */
export function phoneQueryDigits(query: string): string | null {
  const text = query
    .normalize('NFKC')
    .replace(/[\p{Cf}'‘’]/gu, '')
    .trim();
  if (!/^\+?[\d\s().\-‐-―/]+$/u.test(text)) return null;
  const digits = text
    .replace(/\(\s*0\s*\)/, '')
    .replace(/\D/g, '')
    .replace(text.startsWith('+') ? /^/ : /^0{1,2}/, '');
  return digits.length >= 2 && text.replace(/\D/g, '').length >= 3 ? digits : null;
}

/** `%word%` for LIKE, with `%`, `_` and `\` taken literally. */
export function likePattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

const QUERY_CHARACTERS = 200;

/** Marks shared by scripts (accents), but for kana voicing; Hebrew points, Arabic vowel marks; and what is not seen. */
const ACCENTS =
  /(?![\u3099\u309a])(?=\p{Script=Inherited})\p{M}|[\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|\p{Cf}/gu;

const spelledOut = new Map(
  Object.entries({
    æ: 'ae',
    ð: 'd',
    ø: 'o',
    þ: 'th',
    ß: 'ss',
    đ: 'd',
    ħ: 'h',
    ı: 'i',
    ĸ: 'k',
    ł: 'l',
    ŋ: 'n',
    œ: 'oe',
    ŧ: 't',
    ƀ: 'b',
    ƒ: 'f',
    ɓ: 'b',
    ɗ: 'd',
    ɖ: 'd',
    ƙ: 'k',
    ɲ: 'n',
    ƴ: 'y',
    ɛ: 'e',
    ɔ: 'o',
    ə: 'e',
    ɨ: 'i',
    ʉ: 'u',
    ɵ: 'o',
    ƶ: 'z',
    ȥ: 'z',
    ʻ: '',
    ʼ: '',
    ς: 'σ',
  }),
);
const SPELLED_OUT = new RegExp(`[${[...spelledOut.keys()].join('')}]`, 'gu');

/** Straight, typographic, and what keyboards offer for them: `O’Reilly`, `O'Reilly` and `oreilly` find each other. */
const APOSTROPHES = /['‘’‛`´′ʹ]/gu;

function addWords(words: Set<string>, text: string | null | undefined): void {
  if (text) for (const word of wordsOf(text)) words.add(word);
}

/** Split at spaces and punctuation, but for addresses, which stay whole. */
function wordsOf(text: string): string[] {
  const folded = fold(text);
  if (PLAIN.test(folded)) return folded.split(' ');
  if (PLAIN_ADDRESS.test(folded)) return [folded];
  return folded
    .replace(APOSTROPHES, '')
    .split(/\s+/u)
    .flatMap((word) => (word.includes('@') ? [word.replace(AROUND_ADDRESS, '')] : word.split(BETWEEN_WORDS)))
    .filter((word) => word !== '');
}

/** What most words and addresses are, told quickly. */
const PLAIN = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
const PLAIN_ADDRESS = /^[a-z0-9._-]+@[a-z0-9.-]*[a-z0-9]$/;
const AROUND_ADDRESS = /^[<("]+|[>)",;.]+$/g;
/** `&`, `+` and `#` carry meaning in names of teams and skills (R&D, C++). */
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}&+#]+/u;

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 1]) ? length - 1 : length;
  return text.slice(0, end).trimEnd();
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
