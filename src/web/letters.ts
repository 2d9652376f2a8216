import { type Words } from './words.js';

/** Names that begin with a digit, and those that begin with none of them: other scripts, signs alone. */
export const DIGITS = '0';
export const OTHER = 'other';
export const letters = [...'abcdefghijklmnopqrstuvwxyz', DIGITS, OTHER] as const;

/** The letter a name is listed under, by the first character of its sort key. */
export function letterOf(initial: string): string {
  if (/^[a-z]$/.test(initial)) return initial;
  return /^[0-9]$/.test(initial) ? DIGITS : OTHER;
}

/**
 * Letters above a list, for partial `letters`. Only those that somebody's name begins with lead anywhere; the chosen one
 * leads back to all.
 * @param there letters somebody's name begins with
 * @param href of the list narrowed to a letter, or to none with ''
 */
export function lettersView(
  words: Words,
  { chosen, there, href }: { chosen: string; there: ReadonlySet<string>; href: (letter: string) => string },
) {
  return letters.map((letter) => {
    const current = letter === chosen;
    const label = letter === DIGITS ? '0–9' : letter === OTHER ? '#' : letter.toUpperCase();
    const name =
      letter === DIGITS
        ? words.t('common.letter.digits')
        : letter === OTHER
          ? words.t('common.letter.other')
          : label;
    return {
      ...{ label, current },
      said: words.t(current ? 'common.letter.leave' : 'common.letter.show', { name }),
      href: current || there.has(letter) ? href(current ? '' : letter) : '',
    };
  });
}
