import { type Left } from '../accounts/person.js';
import { type Id } from '../database/id.js';
import { type Words } from '../web/words.js';
import { type NamedPerson } from './user-details.query.js';
import { nameOf } from './user.view.js';

interface BulkOutcome {
  /** Says how many were done: a catalogue key with `count`. */
  key: string;
  done: number;
  left: Left[];
  /** When not all of them are named. */
  leftCount?: number;
  named: Map<Id, NamedPerson>;
  back: string;
  undo?: string;
}

/** What a bulk action did, and whom it left out for which reason. */
export function outcomeView(words: Words, { key, done, left, leftCount, named, back, undo }: BulkOutcome) {
  return {
    title: words.t('users.outcome.title'),
    done: words.t(key, { count: done }),
    refused: words.t('users.outcome.refused', { count: leftCount ?? left.length }),
    rows: left.map(({ id, key: reason }) => {
      const person = named.get(id);
      return {
        name: person ? nameOf(person) : words.t('users.history.somebody'),
        ...(person ? { href: `/users/${id}`, email: person.email } : {}),
        reason: words.t(reason),
      };
    }),
    back,
    undo,
  };
}
