import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { FlagColumn, JsonColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type Attendee, type RemoteCalendar, type RemoteEvent } from './calendar-connector.js';
import { type ConnectionProblem } from './connection.entities.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** A calendar of a connected mailbox, and how far it was read. */
@Entity('calendars')
@Index('uq_calendars_remote', ['connectionId', 'remoteId'], { unique: true })
@Index('ix_calendars_owner', ['ownerId'])
@Index('ix_calendars_account', ['accountId'])
export class Calendar {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  @WordColumn(512) remoteId: string;
  @TextColumn(255) name: string;
  @WordColumn(7, { nullable: true }) colour: string | null;
  @FlagColumn() isPrimary: boolean;
  @WordColumn(7) access: RemoteCalendar['access'];
  /** Its owner wants to see it here; only those are read. */
  @FlagColumn() chosen: boolean;
  @Column({ type: 'mediumtext', charset: 'utf8mb4', collation: 'utf8mb4_bin', nullable: true })
  cursor: string | null;
  /** Of the cursor: another window is read from nothing. */
  @MomentColumn({ nullable: true }) windowFrom: Date | null;
  @MomentColumn({ nullable: true }) windowTo: Date | null;
  /** When its window was last read from nothing, to the end. */
  @MomentColumn({ nullable: true }) readWholeAt: Date | null;
  /** When it was last known to be as it is there. */
  @MomentColumn({ nullable: true }) readAt: Date | null;
  /** Counts readings from nothing. */
  @Column({ type: 'int', unsigned: true, default: 0 }) pass: number;
  /** Such a reading is under way. */
  @FlagColumn() passing: boolean;
  /** Why this calendar alone cannot be read. */
  @JsonColumn({ nullable: true }) problem: Relation<ConnectionProblem> | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
}

/** One event, or one occurrence of a series, inside the window: a copy that is thrown away and read again. */
@Entity('calendar_events')
@Index('uq_calendar_events_remote', ['calendarId', 'remoteId'], { unique: true })
@Index('ix_calendar_events_owner', ['ownerId', 'startsAt'])
@Index('ix_calendar_events_connection', ['connectionId'])
@Index('ix_calendar_events_account', ['accountId'])
export class CalendarEvent {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  @IdColumn() calendarId: Id;
  @WordColumn(512) remoteId: string;
  @WordColumn(512, { nullable: true }) seriesId: string | null;
  /** All-day events: midnight UTC of the day, in whatever time zone it is looked at. */
  @MomentColumn() startsAt: Date;
  @MomentColumn() endsAt: Date;
  @FlagColumn() allDay: boolean;
  /** null of a private event: what it is about is not kept. */
  @TextColumn(1024, { nullable: true }) title: string | null;
  @TextColumn(1024, { nullable: true }) location: string | null;
  @FlagColumn() isPrivate: boolean;
  @WordColumn(9) shownAs: RemoteEvent['shownAs'];
  @WordColumn(9) response: RemoteEvent['response'];
  @JsonColumn({ nullable: true }) organizer: Relation<Attendee> | null;
  @JsonColumn() attendees: Relation<Attendee[]>;
  @Column({ type: 'int', unsigned: true, default: 0 }) attendeeCount: number;
  @TextColumn(2048, { nullable: true }) joinUrl: string | null;
  @TextColumn(2048, { nullable: true }) webUrl: string | null;
  /** Of the last reading from nothing that listed it. */
  @Column({ type: 'int', unsigned: true, default: 0 }) pass: number;
}

/** What a person lets colleagues know of their calendar. Without a row: nothing. */
@Entity('calendar_sharing')
@Index('ix_calendar_sharing_account', ['accountId'])
export class CalendarSharing {
  @PrimaryColumn(id) userId: Id;
  @IdColumn() accountId: Id;
  /** Colleagues who find them see when they are free or busy, and nothing else. */
  @FlagColumn() freeBusy: boolean;
  @MomentColumn() updatedAt: Date;
}
