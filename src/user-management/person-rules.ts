import { limits } from '../config/limits.js';

// What forms and files ask of a person alike; in a file of its own, since the import's thread loads no forms.

/** An internal number as a telephone can dial it. */
export const EXTENSION = new RegExp(`^[0-9*#]{1,${limits.extensionCharacters}}$`);

/** Department, title and location, as their columns hold them. */
export const DETAIL_CHARACTERS = limits.detailCharacters;

/** The names of a cell or field of groups: trimmed, each once, empty ones left out. */
export function groupNames(text: string | null): string[] {
  const names = (text ?? '').split(';').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
