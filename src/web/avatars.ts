/** How many colours `avatar.css` has. */
export const AVATAR_COLOURS = 8;

/** One or two capital letters, by code points so that no character is cut in half. */
export function initialsOf(givenName: string, familyName: string): string {
  const [given] = givenName.trim();
  const [family] = familyName.trim();
  return `${given ?? ''}${family ?? ''}`.toLocaleUpperCase() || '?';
}

/** The same for a name in one piece: first letters of the first and last word that begin with one. */
export function initialsIn(displayName: string): string {
  const letters = displayName
    .split(/[\s\p{P}]+/u)
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const [first = [...displayName.trim()][0] ?? '?'] = letters;
  return `${first}${letters.length > 1 ? (letters.at(-1) ?? '') : ''}`.toLocaleUpperCase();
}

/** 1 to 8, always the same for one person: the last digits of a UUIDv7 are random. */
export function colourOf(id: string): number {
  return (parseInt(id.slice(-4), 16) % AVATAR_COLOURS) + 1;
}
