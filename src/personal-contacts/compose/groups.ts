import { limits } from '../../config/limits.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';
import { SEVERAL, splitSeveral, type Composing } from './composing.js';

/** The groups a row puts its contact into: labels and categories, without those every contact of a program is in. */
export function groupsOf(composing: Composing): string[] {
  const text = composing.value('groups');
  if (text === '') return [];
  const names = namesIn(text, composing.facts).filter((name) => !SYSTEM.test(name));
  for (const name of names) {
    if (name.length > limits.nameCharacters && codePoints(name) > limits.nameCharacters)
      composing.refuse('groups', 'too-long', { max: limits.nameCharacters });
    else if (hasControlCharacters(name)) composing.refuse('groups', 'control-characters');
  }
  return [...new Set(names.map((name) => name.replace(/^\*\s*/, '')).filter((name) => name !== ''))];
}

/** What Google puts nearly everybody into, and its star. */
const SYSTEM = /^\*?\s*(?:my ?contacts|starred(?: in android)?)$/i;

/** A comma may stand inside a name, but for Outlook, whose older versions part categories by it. */
function namesIn(text: string, { profile, foreign }: Composing['facts']): string[] {
  if (foreign && (text.includes(SEVERAL) || profile === 'google' || profile === 'google-old'))
    return splitSeveral(text);
  // Where a semicolon parts them, a comma is a comma: so Outlook's newer versions write them, and we.
  const commas = profile?.startsWith('outlook-') && !text.includes(';');
  const between = commas ? /[;,\n]/ : /[;\n]/;
  return text
    .split(between)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
