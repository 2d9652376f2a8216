import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type SettingName } from './settings.js';

type Listener<News> = (news: News) => Promise<void>;

/** News for modules above, told inside the transaction it belongs to: a listener that fails undoes the cause. */
export class Announcement<News> {
  private readonly listeners: Listener<News>[] = [];

  subscribe(listener: Listener<News>): void {
    this.listeners.push(listener);
  }

  async tell(news: News): Promise<void> {
    for (const listener of this.listeners) await listener(news);
  }
}

export interface AccessEnded {
  manager: EntityManager;
  accountId: Id;
  userIds: readonly Id[];
  reason: 'deactivated' | 'role' | 'erased';
}

/** These people may sign in again. */
export interface AccessBack {
  manager: EntityManager;
  accountId: Id;
  userIds: readonly Id[];
}

/** The end of the 30 days: nothing brings these people back. */
export interface PeopleErased {
  manager: EntityManager;
  accountId: Id;
  userIds: readonly Id[];
}

/** From now on this address signs in this person: what waited for somebody of that address is theirs. */
export interface AddressTaken {
  manager: EntityManager;
  accountId: Id;
  userId: Id;
  /** Normalised. */
  address: string;
}

/** A person of a personal account went over to a company, whose person has the same address. */
export interface PersonMoved {
  manager: EntityManager;
  from: { accountId: Id; userId: Id };
  to: { accountId: Id; userId: Id };
}

/** Administrators decided something else for the whole company, or took that back. */
export interface SettingsSaved {
  manager: EntityManager;
  accountId: Id;
  changed: readonly SettingName[];
}

@Injectable()
export class AccountEvents {
  /** These people may no longer do what their sessions were opened for. */
  readonly accessEnded = new Announcement<AccessEnded>();
  /** Active again, with this transaction: what rested for them may go on. */
  readonly accessBack = new Announcement<AccessBack>();
  /** Erased for good: whoever keeps something of theirs deletes it now, in this transaction. */
  readonly erased = new Announcement<PeopleErased>();
  readonly addressTaken = new Announcement<AddressTaken>();
  /** Whoever keeps something of theirs moves it over now, in this transaction. */
  readonly moved = new Announcement<PersonMoved>();
  readonly settingsSaved = new Announcement<SettingsSaved>();
}
