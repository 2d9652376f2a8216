import { type PersonLineSource } from '../../accounts/person-lines.js';
import { isolate } from '../../text/isolate.js';
import { callsWith, nameOf, placeText } from './person-card.view.js';
import { cardHref } from './person.js';
import { type Persons } from './persons.service.js';
import { type Proposals } from './proposals.service.js';
import { keyOf } from './same-person.js';

/** Where else somebody is kept, who may be the same person, and one's calls with them. */
export function personLines(persons: Persons, proposals: Proposals): PersonLineSource {
  return async (words, reader, ref) => {
    const found = await persons.find(reader, ref);
    if (!found) return null;
    const { person, gathered } = found;
    const alike = (await proposals.of(reader, person, gathered)).map((each) => nameOf(words, each.person));
    const others = person.records.filter((record) => keyOf(record) !== keyOf(ref));
    const places = [...new Set(others.map((record) => placeText(words, record)))];
    const text = [
      places.length > 0 ? words.t('person-card.also', { places: words.list(places) }) : '',
      alike.length > 0
        ? words.t('person-card.alike', { names: words.list([...new Set(alike)].map(isolate)) })
        : '',
    ];
    const card = cardHref(ref);
    return {
      text: text.filter(Boolean).join(' '),
      ...(places.length > 0
        ? { href: card, label: words.t('person-card.also-link', { name: person.name }) }
        : alike.length > 0
          ? { href: `${card}#proposals`, label: words.t('person-card.compare') }
          : { href: `${card}#link`, label: words.t('person-card.link-other') }),
      calls: callsWith(words, reader, person),
    };
  };
}
