/* The page of the coming days, out of 500 events, beside its bare query. */
import mysql from 'mysql2/promise';
import { newId } from '../../dist/src/database/new-id.js';
import { CalendarEvents } from '../../dist/src/integrations/calendar/events.query.js';
import { startApplication } from './application.mjs';
import { Client } from './client.mjs';
import { settingsOf } from './database.mjs';
import { milliseconds, quantile, timed } from './figures.mjs';

const EVENTS = 500;
/** Of the page, and of what is kept. */
const AHEAD = 14;
const KEPT = 36;
const TIMES = 300;
const DAY_MS = 86_400_000;

/** @param {{ env: Record<string, string>, owner: { email: string, password: string }, add: Function }} bench */
export async function measureCalendarPage({ env, owner, add }) {
  const database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
  const application = await startApplication({ ...env, WORKER: 'off' });
  try {
    const [[user]] = await database.query('SELECT id, accountId FROM users WHERE email = ?', [owner.email]);
    const calendar = await connect(database, user);
    const client = new Client(application.origin);
    await client.signIn(owner.email, owner.password);
    const statement = await statementOf(user);
    for (const days of [AHEAD, KEPT]) {
      await fill(database, calendar, days);
      const bare = () => database.query(...statement);
      const page = () => client.get('/calendar', { discard: true });
      const [ours, floors] = [[], []];
      for (let i = -30; i < TIMES; i++) {
        // In turn, so that a slow moment of the machine meets both.
        const [spent, least] = [await timed(page), await timed(bare)];
        if (i < 0) continue;
        ours.push(spent);
        floors.push(least);
      }
      const [rows] = await bare();
      if (days === AHEAD && rows.length !== EVENTS) throw new Error(`${rows.length} of ${EVENTS} events`);
      const { text } = await client.get('/calendar');
      const shown = text.split('class="event__title"').length - 1;
      if (shown !== 50) throw new Error(`The page shows ${shown} events`);
      add(
        `/calendar from ${rows.length} events in its ${AHEAD} days, ${EVENTS} kept, ${shown} shown, p99 (floor: the bare query)`,
        {
          ...{ measured: milliseconds(quantile(ours, 0.99)), floor: milliseconds(quantile(floors, 0.99)) },
          ratio: quantile(ours, 0.99) / quantile(floors, 0.99),
          atMost: 3,
        },
      );
    }
    client.close();
  } finally {
    await application.stop();
    await database.end();
  }
}

/** What the application asks of its events for the coming fourteen days, as it asks it. */
async function statementOf(user) {
  const asked = [];
  const events = new CalendarEvents({ query: async (...statement) => (asked.push(statement), []) });
  const from = new Date(midnight());
  await events.between(user, { from, to: new Date(from.getTime() + AHEAD * DAY_MS), timeZone: 'UTC' });
  const [statement] = asked;
  return statement;
}

function midnight() {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS;
}

async function connect(database, { id: ownerId, accountId }) {
  const [connectionId, calendarId] = [newId(), newId()];
  await database.query(
    `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, slotKey, state, contacts, calendar,
       details, createdAt)
     VALUES (?, ?, ?, 'google', 'bench', 'bench', 'one', 'connected', 'none', 'read', '{}', UTC_TIMESTAMP(3))`,
    [connectionId, accountId, ownerId],
  );
  await database.query(
    `INSERT INTO calendars (id, accountId, ownerId, connectionId, remoteId, name, isPrimary, access, chosen, readAt, createdAt,
       updatedAt)
     VALUES (?, ?, ?, ?, 'bench', 'Bench', 1, 'details', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [calendarId, accountId, ownerId, connectionId],
  );
  return [accountId, ownerId, connectionId, calendarId];
}

/** Events of this many days from today on, in place of those that were there. */
async function fill(database, calendar, days) {
  await database.query('DELETE FROM calendar_events');
  const attendees = JSON.stringify(
    Array.from({ length: 4 }, (_, i) => ({
      name: `Person ${i}`,
      email: `person.${i}@many.example`,
      response: 'accepted',
    })),
  );
  const events = Array.from({ length: EVENTS }, (_, i) => {
    const startsAt = midnight() + Math.floor((i * days * DAY_MS) / EVENTS);
    return [
      ...[newId(), ...calendar, `bench${i}`, new Date(startsAt)],
      ...[new Date(startsAt + 1_800_000), 0, `Meeting ${i}`, 'Room 7', 0, 'busy', 'accepted', attendees, 4],
    ];
  });
  await database.query(
    `INSERT INTO calendar_events (id, accountId, ownerId, connectionId, calendarId, remoteId, startsAt, endsAt, allDay, title,
       location, isPrivate, shownAs, response, attendees, attendeeCount) VALUES ?`,
    [events],
  );
  await database.query('ANALYZE TABLE calendar_events');
}
