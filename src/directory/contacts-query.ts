import { type Place } from '../database/keyset.js';
import { tidy } from '../text/tidy.js';
import { placeOf, textOf } from '../web/list-address.js';
import { orders, type PeopleFilters, type PeopleOrder } from './people-visible.query.js';

/** The state of the list as its address carries it. What is not understood counts as not given. */
export class ContactsQuery {
  readonly filters: PeopleFilters;
  readonly order: PeopleOrder;
  readonly place: Place;

  constructor(query: Record<string, unknown>) {
    this.filters = {
      q: typed(query['q']),
      department: typed(query['department']),
      location: typed(query['location']),
      group: typed(query['group']),
      manager: typed(query['manager']),
      starred: typed(query['starred']) === '1' ? '1' : '',
    };
    const sort = typed(query['sort']);
    this.order = Object.hasOwn(orders, sort) ? (sort as PeopleOrder) : 'name';
    this.place = placeOf(query);
  }
}

function typed(value: unknown): string {
  return tidy(textOf(value)).slice(0, 200);
}
