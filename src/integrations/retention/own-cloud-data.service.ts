import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OwnData } from '../../accounts/own-data.js';
import { contactFields, type ContactFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { CalendarConsents } from '../calendar/calendar-consents.service.js';
import { type Attendee } from '../calendar-connector.js';
import { type Calendar, type CalendarEvent } from '../calendar.entities.js';
import { type CloudConflict, type CloudContact } from '../cloud-contact.entities.js';
import { type Connection, type SyncRun } from '../connection.entities.js';
import { furtherIn } from '../contacts/further.js';

/** Below `/integrations`. */
export const OWN_DATA = 'my-data.json';

/** Rows of one read. */
const AT_ONCE = 500;

/**
 * What somebody has connected and what Carnet holds of it, for themselves (GDPR, article 20): nothing they could not see on their
 * pages, and never what signs in.
 */
@Injectable()
export class OwnCloudData implements OnModuleInit {
  constructor(
    private readonly own: OwnData,
    private readonly database: DataSource,
    private readonly consents: CalendarConsents,
  ) {}

  onModuleInit(): void {
    this.own.offer({
      ...{ labelKey: 'own-data.integrations', textKey: 'own-data.integrations-text' },
      ...{ href: `/integrations/${OWN_DATA}`, feature: 'integrations' },
    });
  }

  /** One JSON text, piece by piece: a mailbox may hold tens of thousands of contacts. */
  async *pieces(ownerId: Id): AsyncGenerator<string, void> {
    const connections = await this.database.query<Row<Connection>[]>(
      `SELECT id, provider, accountName, state, contacts, calendar, createdAt, lastSuccessAt, endedAt FROM connections
       WHERE userId = ? ORDER BY id`,
      [ownerId],
    );
    const mailboxes = new Map(connections.map(({ id, accountName }) => [id, accountName]));
    yield `{\n"exportedAt": ${JSON.stringify(new Date())},\n"connections": `;
    yield JSON.stringify(
      connections.map(({ id: _, ...connection }) => connection),
      null,
      2,
    );
    yield ',\n"contacts": [';
    yield* listed(this.contacts(ownerId, mailboxes));
    yield '],\n"conflicts": [';
    yield* listed(this.conflicts(ownerId, mailboxes));
    yield '],\n"runs": [';
    yield* listed(this.runs(ownerId, mailboxes));
    yield '],\n"calendars": [';
    yield* listed(this.calendars(ownerId, mailboxes));
    yield '],\n"events": [';
    yield* listed(this.events(ownerId, mailboxes));
    yield `],\n"colleaguesSeeFreeAndBusy": ${String((await this.consents.of(ownerId)).freeBusy)}\n}\n`;
  }

  private async *contacts(ownerId: Id, mailboxes: ReadonlyMap<Id, string>): AsyncGenerator<object> {
    const columns = [
      ...contactFields,
      'typedPhones',
      'memory',
      'starred',
      'isPrivate',
      'pending',
      'updatedAt',
      'deletedAt',
    ];
    for await (const set of this.sets<ContactRow>('cloud_contacts', columns, ownerId)) {
      const folders = await this.foldersOf(set.map(({ id }) => id));
      for (const { id, connectionId, typedPhones, memory, starred, isPrivate, pending, ...row } of set)
        yield {
          mailbox: mailboxes.get(connectionId) ?? null,
          folders: folders.get(id) ?? [],
          ...row,
          asProviderHasNumbers: JSON.parse(typedPhones) as Partial<Record<PhoneField, string>>,
          further: furtherIn(memory === null ? null : (JSON.parse(memory) as Record<string, unknown>)),
          ...{ starred: Boolean(starred), private: Boolean(isPrivate), waitsToBeSent: pending !== null },
        };
    }
  }

  private async *conflicts(ownerId: Id, mailboxes: ReadonlyMap<Id, string>): AsyncGenerator<object> {
    const columns = ['contactId', 'kind', 'fields', 'createdAt', 'resolvedAt'];
    for await (const set of this.sets<ConflictRow>('cloud_conflicts', columns, ownerId)) {
      const contacts = await this.database.query<{ id: Id; displayName: string }[]>(
        'SELECT id, displayName FROM cloud_contacts WHERE id IN (?)',
        [set.map(({ contactId }) => contactId)],
      );
      const names = new Map(contacts.map(({ id, displayName }) => [id, displayName]));
      for (const { id: _, connectionId, contactId, fields, ...row } of set)
        yield {
          mailbox: mailboxes.get(connectionId) ?? null,
          contact: names.get(contactId) ?? null,
          ...row,
          fields: JSON.parse(fields) as CloudConflict['fields'],
        };
    }
  }

  private async *runs(ownerId: Id, mailboxes: ReadonlyMap<Id, string>): AsyncGenerator<object> {
    const columns = ['kind', 'outcome', 'problem', 'counts', 'startedAt', 'endedAt'];
    for await (const set of this.sets<RunRow>('sync_runs', columns, ownerId))
      for (const { id: _, connectionId, problem, counts, ...row } of set)
        yield {
          mailbox: mailboxes.get(connectionId) ?? null,
          ...row,
          problem: problem === null ? null : (JSON.parse(problem) as { key: string }).key,
          counts: JSON.parse(counts) as SyncRun['counts'],
        };
  }

  private async *calendars(ownerId: Id, mailboxes: ReadonlyMap<Id, string>): AsyncGenerator<object> {
    const columns = ['name', 'colour', 'isPrimary', 'access', 'chosen', 'readAt'];
    for await (const set of this.sets<CalendarRow>('calendars', columns, ownerId))
      for (const { id: _, connectionId, isPrimary, chosen, ...row } of set)
        yield {
          mailbox: mailboxes.get(connectionId) ?? null,
          ...{ ...row, isPrimary: Boolean(isPrimary), chosen: Boolean(chosen) },
        };
  }

  private async *events(ownerId: Id, mailboxes: ReadonlyMap<Id, string>): AsyncGenerator<object> {
    const columns = [
      ...['calendarId', 'startsAt', 'endsAt', 'allDay', 'title', 'location', 'isPrivate', 'shownAs'],
      ...['response', 'organizer', 'attendees', 'attendeeCount', 'joinUrl', 'webUrl'],
    ];
    const rows = await this.database.query<{ id: Id; name: string }[]>(
      'SELECT id, name FROM calendars WHERE ownerId = ?',
      [ownerId],
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    for await (const set of this.sets<EventRow>('calendar_events', columns, ownerId))
      for (const { id: _, connectionId, calendarId, allDay, isPrivate, ...row } of set)
        yield {
          ...{ mailbox: mailboxes.get(connectionId) ?? null, calendar: names.get(calendarId) ?? null },
          ...{ ...row, allDay: Boolean(allDay), isPrivate: Boolean(isPrivate) },
          organizer: row.organizer === null ? null : (JSON.parse(row.organizer) as Attendee),
          attendees: JSON.parse(row.attendees) as Attendee[],
        };
  }

  private async *sets<Found extends { id: Id }>(
    table: string,
    columns: readonly string[],
    ownerId: Id,
  ): AsyncGenerator<Found[]> {
    for (let after: Id | null = ''; after !== null;) {
      const set: Found[] = await this.database.query<Found[]>(
        `SELECT id, connectionId, ${columns.join(', ')} FROM ${table}
         WHERE ownerId = ? AND id > ? ORDER BY id LIMIT ${AT_ONCE}`,
        [ownerId, after],
      );
      if (set.length > 0) yield set;
      after = set.length === AT_ONCE ? set[AT_ONCE - 1].id : null;
    }
  }

  private async foldersOf(contactIds: readonly Id[]): Promise<Map<Id, string[]>> {
    const rows = await this.database.query<{ contactId: Id; name: string }[]>(
      `SELECT m.contactId, f.name FROM cloud_contact_folders m JOIN cloud_folders f ON f.id = m.folderId
       WHERE m.contactId IN (?) ORDER BY m.contactId, f.id`,
      [contactIds],
    );
    const folders = new Map<Id, string[]>();
    for (const { contactId, name } of rows) folders.set(contactId, [...(folders.get(contactId) ?? []), name]);
    return folders;
  }
}

type Row<Of extends { id: Id }> = Pick<Of, 'id'> & Partial<Of> & { accountName: string };

type ContactRow = ContactFields &
  Pick<CloudContact, 'id' | 'connectionId' | 'pending' | 'updatedAt' | 'deletedAt'> & {
    typedPhones: string;
    memory: string | null;
    starred: number;
    isPrivate: number;
  };

type ConflictRow = Pick<CloudConflict, 'id' | 'connectionId' | 'contactId'> & { fields: string };
type CalendarRow = Pick<Calendar, 'id' | 'connectionId' | 'name'> & { isPrimary: number; chosen: number };
type EventRow = Pick<CalendarEvent, 'id' | 'connectionId' | 'calendarId'> & {
  allDay: number;
  isPrivate: number;
  organizer: string | null;
  attendees: string;
};
type RunRow = Pick<SyncRun, 'id' | 'connectionId'> & { problem: string | null; counts: string };

/** Items of a JSON list. */
async function* listed(items: AsyncGenerator<object>): AsyncGenerator<string> {
  let first = true;
  for await (const item of items) {
    yield `${first ? '\n' : ',\n'}${JSON.stringify(item, null, 2)}`;
    first = false;
  }
}
