import { limits } from '../config/limits.js';
import { nameKeyOf } from './user-rows.js';

/** The name, or with the first number that makes it free: "Clients (2)"; it is taken from then on. @param taken folded names */
export function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(nameKeyOf(free)); number++) {
    const tail = ` (${number})`;
    free = [...name].slice(0, limits.nameCharacters - tail.length).join('') + tail;
  }
  taken.add(nameKeyOf(free));
  return free;
}
