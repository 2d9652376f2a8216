import { Injectable } from '@nestjs/common';
import { Remembered } from '../database/remembered.js';
import { PeopleVisible, type Choices, type Viewer } from './people-visible.query.js';

/** How long a menu may be behind. */
const MILLISECONDS = 5_000;

/**
 * What one reader's filters offer, for the seconds in which a reader types a search: each letter asks for the whole
 * page, and the menus cost more than the people. Remembered for that reader alone, and not beyond a change in whether
 * their company hides anybody; which people a filter finds is read afresh each time.
 */
@Injectable()
export class RecentChoices {
  private readonly readers = new Remembered<Choices>(MILLISECONDS);

  constructor(private readonly people: PeopleVisible) {}

  of(viewer: Viewer): Promise<Choices> {
    return this.readers.of(viewer.id, () => this.people.choices(viewer), viewer.account.restrictedGroups);
  }
}
