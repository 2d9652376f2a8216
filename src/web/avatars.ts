/** How many colours `avatar.css` has. */
export const AVATAR_COLOURS = 8;

/** One or two capital letters, by code points so that no character is cut in half. */
export function initialsOf(givenName: string, familyName: string): string {
  const [given] = givenName.trim();
  const [family] = familyName.trim();
  return `${given ?? ''}${family ?? ''}`.toLocaleUpperCase() || '?';
}

/** 1 to 8, always the same for one person: the last digits of a UUIDv7 are random. */
export function colourOf(id: string): number {
  return (parseInt(id.slice(-4), 16) % AVATAR_COLOURS) + 1;
}
