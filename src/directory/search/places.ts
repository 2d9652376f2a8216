import { type Action } from '../../web/add-menu.js';
import { type NavigationSection } from '../../web/navigation.js';
import { fold, searchWords } from '../../text/fold.js';

/** A page or an action, as a line of the search. */
export type Place = Pick<Action, 'href' | 'label' | 'icon'>;

/** Pages and actions with every word of a search in what they are called, or beginning a word they are found by; those that begin so first. */
export function placesFor(
  q: string,
  navigation: readonly NavigationSection[],
  actions: readonly Action[],
): Place[] {
  const words = searchWords(q);
  if (words.length === 0) return [];
  const pages = navigation.flatMap(({ items }) => items.map((item) => ({ ...item, also: '' })));
  const found = [...pages, ...actions]
    .map(({ href, label, icon, also }) => ({
      ...{ place: { href, label, icon }, key: fold(label), by: ` ${fold(also)}` },
    }))
    .filter(({ key, by }) => words.every((word) => key.includes(word) || by.includes(` ${word}`)));
  const begins = found.filter(({ key }) => key.startsWith(words[0]));
  return [...begins, ...found.filter((each) => !begins.includes(each))].map(({ place }) => place);
}
