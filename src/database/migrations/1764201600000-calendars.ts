import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Calendars of connected mailboxes, the window of events kept of them, and who lets colleagues see free and busy times. */
export class Calendars1764201600000 implements MigrationInterface {
  name = 'Calendars1764201600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(tables))
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(tables).reverse()) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const opaque = 'mediumtext COLLATE utf8mb4_bin';

const tables: Record<string, string> = {
  calendars: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    remoteId ${word(512)} NOT NULL,
    name varchar(255) NOT NULL,
    colour ${word(7)} NULL,
    isPrimary tinyint NOT NULL DEFAULT 0,
    access ${word(7)} NOT NULL,
    chosen tinyint NOT NULL DEFAULT 0,
    \`cursor\` ${opaque} NULL,
    windowFrom datetime(3) NULL,
    windowTo datetime(3) NULL,
    readWholeAt datetime(3) NULL,
    pass int UNSIGNED NOT NULL DEFAULT 0,
    passing tinyint NOT NULL DEFAULT 0,
    problem ${opaque} NULL,
    createdAt datetime(3) NOT NULL,
    updatedAt datetime(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_calendars_remote (connectionId, remoteId),
    INDEX ix_calendars_owner (ownerId),
    INDEX ix_calendars_account (accountId)`,
  calendar_events: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    calendarId ${id} NOT NULL,
    remoteId ${word(512)} NOT NULL,
    seriesId ${word(512)} NULL,
    startsAt datetime(3) NOT NULL,
    endsAt datetime(3) NOT NULL,
    allDay tinyint NOT NULL DEFAULT 0,
    title varchar(1024) NULL,
    location varchar(1024) NULL,
    isPrivate tinyint NOT NULL DEFAULT 0,
    shownAs ${word(9)} NOT NULL,
    response ${word(9)} NOT NULL,
    organizer ${opaque} NULL,
    attendees ${opaque} NOT NULL,
    attendeeCount int UNSIGNED NOT NULL DEFAULT 0,
    joinUrl varchar(2048) NULL,
    webUrl varchar(2048) NULL,
    pass int UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_calendar_events_remote (calendarId, remoteId),
    INDEX ix_calendar_events_owner (ownerId, startsAt),
    INDEX ix_calendar_events_connection (connectionId),
    INDEX ix_calendar_events_account (accountId)`,
  calendar_sharing: `
    userId ${id} NOT NULL,
    accountId ${id} NOT NULL,
    freeBusy tinyint NOT NULL DEFAULT 0,
    updatedAt datetime(3) NOT NULL,
    PRIMARY KEY (userId),
    INDEX ix_calendar_sharing_account (accountId)`,
};
