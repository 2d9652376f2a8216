import { Injectable } from '@nestjs/common';
import { type Id } from '../database/id.js';
import { PeopleVisible, type Choices, type Viewer } from './people-visible.query.js';

/** How long a menu may be behind, and how many readers' menus are remembered at once. */
const MILLISECONDS = 5_000;
const READERS = 500;

/**
 * What one reader's filters offer, for the seconds in which a reader types a search: each letter asks for the whole
 * page, and the menus cost more than the people. Remembered for that reader alone, and not beyond a change in whether
 * their company hides anybody; which people a filter finds is read afresh each time.
 */
@Injectable()
export class RecentChoices {
  private readonly readers = new Map<Id, Remembered>();

  constructor(private readonly people: PeopleVisible) {}

  of(viewer: Viewer): Promise<Choices> {
    const { restrictedGroups } = viewer.account;
    const known = this.readers.get(viewer.id);
    if (known && known.until > Date.now() && known.restrictedGroups === restrictedGroups)
      return known.choices;
    const choices = this.people.choices(viewer);
    if (this.readers.size >= READERS) this.readers.clear();
    this.readers.set(viewer.id, { choices, restrictedGroups, until: Date.now() + MILLISECONDS });
    // A failure is this request's own; the next one asks again.
    choices.catch(() => this.readers.delete(viewer.id));
    return choices;
  }
}

interface Remembered {
  choices: Promise<Choices>;
  restrictedGroups: number;
  until: number;
}
