import { type PersonLineSource } from '../../accounts/person-lines.js';
import { placeText } from './person-card.view.js';
import { cardHref } from './person.js';
import { type Persons } from './persons.service.js';
import { keyOf } from './same-person.js';

/** Where else somebody is kept; with one entry alone, how it is linked with another. */
export function personLines(persons: Persons): PersonLineSource {
  return async (words, reader, ref) => {
    const found = await persons.find(reader, ref);
    if (!found) return null;
    const { person } = found;
    const others = person.records.filter((record) => keyOf(record) !== keyOf(ref));
    const href = cardHref(ref);
    if (others.length === 0)
      return { text: '', href: `${href}#link`, label: words.t('person-card.link-other') };
    const places = [...new Set(others.map((record) => placeText(words, record)))];
    return {
      text: words.t('person-card.also', { places: words.list(places) }),
      ...{ href, label: words.t('person-card.also-link', { name: person.name }) },
    };
  };
}
