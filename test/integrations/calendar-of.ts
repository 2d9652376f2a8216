import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { Calendar, CalendarEvent, CalendarSharing } from '../../src/integrations/calendar.entities.js';
import { type Connection } from '../../src/integrations/connection.entities.js';
import { type TestApp } from '../support/app.js';
import { MailboxOf } from './mailbox-of.js';

const DAY_MS = 86_400_000;

type Owner = Pick<User, 'id' | 'accountId'>;

/** The calendar of somebody's mailbox as readings leave it here; there is no provider behind it. */
export class CalendarOf {
  private constructor(
    private readonly app: TestApp,
    private readonly owner: Owner,
    readonly connectionId: Id,
    /** Their own one. */
    readonly id: Id,
  ) {}

  static async connect(app: TestApp, owner: Owner, fields: Partial<Connection> = {}): Promise<CalendarOf> {
    const now = new Date();
    const mailbox = await MailboxOf.connect(app, owner, {
      calendar: 'read',
      calendarsListedAt: now,
      ...fields,
    });
    return CalendarOf.of(app, owner, mailbox.id);
  }

  /** Of a connection there is. */
  static async of(app: TestApp, owner: Owner, connectionId: Id): Promise<CalendarOf> {
    const calendar = new CalendarOf(app, owner, connectionId, newId());
    await calendar.addCalendar('Work', { id: calendar.id, isPrimary: true });
    return calendar;
  }

  async addCalendar(name: string, fields: Partial<Calendar> = {}): Promise<Id> {
    const { accountId, id: ownerId } = this.owner;
    const [id, now] = [fields.id ?? newId(), new Date()];
    const midnight = new Date(now.getTime() - (now.getTime() % DAY_MS));
    await this.app.database.manager.insert(Calendar, {
      ...{ id, accountId, ownerId, connectionId: this.connectionId, remoteId: id, name, colour: '#0b8043' },
      ...{ isPrimary: false, access: 'details', chosen: true, createdAt: now, updatedAt: now },
      windowFrom: new Date(midnight.getTime() - DAY_MS),
      windowTo: new Date(midnight.getTime() + 35 * DAY_MS),
      ...{ readWholeAt: now, readAt: now, ...fields },
    });
    return id;
  }

  /** An event of an hour in an hour, unless it says so. */
  async add(fields: Partial<CalendarEvent> = {}): Promise<Id> {
    const { accountId, id: ownerId } = this.owner;
    const id = fields.id ?? newId();
    const startsAt = fields.startsAt ?? inHours(1);
    const attendees = fields.attendees ?? [];
    await this.app.database.manager.insert(CalendarEvent, {
      ...{ id, accountId, ownerId, connectionId: this.connectionId, calendarId: this.id, remoteId: id },
      ...{ title: 'Meeting', startsAt, endsAt: new Date(startsAt.getTime() + 3_600_000), allDay: false },
      ...{ isPrivate: false, shownAs: 'busy', response: 'accepted', organizer: null, attendees },
      ...{ attendeeCount: attendees.length, ...fields },
    });
    return id;
  }

  async agree(freeBusy = true): Promise<void> {
    const { accountId, id: userId } = this.owner;
    await this.app.database.manager.save(CalendarSharing, {
      userId,
      accountId,
      freeBusy,
      updatedAt: new Date(),
    });
  }
}

export function inHours(hours: number, from = new Date()): Date {
  return new Date(from.getTime() + hours * 3_600_000);
}

/** A moment of a day from now on, in UTC. @param time `09:30` */
export function onDay(days: number, time: string): Date {
  const day = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  return new Date(`${day}T${time}:00Z`);
}
