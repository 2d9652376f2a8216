import { type CardProperty } from '../contact-card/contact-fields.js';
import { guessedParts } from '../contact-card/read-card.js';
import { tidy } from '../text/tidy.js';
import { fold } from '../text/fold.js';

/**
 * Whether two properties say the same, as far as any file can tell: sheets tidy spaces, part or join the lines of an address
 * in their own ways, and write numbers with and without signs between.
 */
export function saysTheSame(one: CardProperty, other: CardProperty): boolean {
  return one[0] === other[0] && keyOf(one) === keyOf(other);
}

/** Parts of a name that anybody would make of it: whoever writes them adds nothing to it. */
export function addsNothing([name, , , value]: CardProperty, displayName: string): boolean {
  if (name !== 'n' || !Array.isArray(value)) return false;
  const [family = '', given = '', ...others] = value as unknown[];
  const [guessedFamily, guessedGiven] = guessedParts(displayName);
  const guessed = family === guessedFamily && given === guessedGiven;
  return others.every((part) => part === '') && (guessed || (family === '' && given === displayName));
}

function keyOf([name, , , ...values]: CardProperty): string {
  const texts = values.flat(2).map((value) => tidy(String(value ?? ''), { keepLines: true }));
  if (name === 'adr')
    return [...new Set(texts.flatMap((text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []))].sort().join(' ');
  if (name === 'tel')
    return texts.map((text) => text.replace(/^tel:/i, '').replace(/[^\d+*#a-z]/gi, '')).join();
  while (texts.at(-1) === '') texts.pop();
  return JSON.stringify(name === 'email' ? texts.map((text) => text.toLowerCase()) : texts);
}
