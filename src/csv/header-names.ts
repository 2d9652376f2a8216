import { fold } from '../text/fold.js';

/**
 * A column's name as it is compared: accents, case, punctuation, kinds of spaces and apostrophes do not count, nor does
 * what stands in square brackets (`[Required]`, `[mailNickname]`).
 */
export function headerKey(name: string): string {
  return fold(name.replace(/\[[^\]]*\]/g, ' '))
    .replace(/['‘’‛`´′]/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N}+]+/gu, ' ')
    .trim();
}
