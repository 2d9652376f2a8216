import { type Place } from '../database/keyset.js';
import { tidy } from '../text/tidy.js';
import { orders, type PeopleFilters, type PeopleOrder } from './people-visible.query.js';

/** The state of the list as its address carries it. What is not understood counts as not given. */
export class ContactsQuery {
  readonly filters: PeopleFilters;
  readonly order: PeopleOrder;
  readonly place: Place;

  constructor(query: Record<string, unknown>) {
    this.filters = {
      q: textOf(query['q']),
      department: textOf(query['department']),
      location: textOf(query['location']),
      group: textOf(query['group']),
      manager: textOf(query['manager']),
    };
    const sort = textOf(query['sort']);
    this.order = Object.hasOwn(orders, sort) ? (sort as PeopleOrder) : 'name';
    // Cursors are opaque and longer than anything typed; the page checks them itself.
    const { after, before } = query;
    this.place = {
      ...(typeof after === 'string' ? { after } : {}),
      ...(typeof before === 'string' ? { before } : {}),
    };
  }
}

/** A name given twice is a list, which is no text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? tidy(value).slice(0, 200) : '';
}
