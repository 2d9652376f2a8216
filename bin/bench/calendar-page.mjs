/* The page of the coming days, out of 500 events, beside its bare query. */
import mysql from 'mysql2/promise';
import { newId } from '../../dist/src/database/new-id.js';
import { startApplication } from './application.mjs';
import { Client } from './client.mjs';
import { settingsOf } from './database.mjs';
import { milliseconds, quantile, timed } from './figures.mjs';

const EVENTS = 500;
const DAYS = 36;
const TIMES = 300;

/** @param {{ env: Record<string, string>, owner: { email: string, password: string }, add: Function }} bench */
export async function measureCalendarPage({ env, owner, add }) {
  const database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
  const application = await startApplication({ ...env, WORKER: 'off' });
  try {
    const [[user]] = await database.query('SELECT id, accountId FROM users WHERE email = ?', [owner.email]);
    await fill(database, user);
    const client = new Client(application.origin);
    await client.signIn(owner.email, owner.password);
    const bare = () => database.query(STATEMENT, [user.id]);
    const page = () => client.get('/calendar', { discard: true });
    const [ours, floors] = [[], []];
    for (let i = -30; i < TIMES; i++) {
      // In turn, so that a slow moment of the machine meets both.
      const [spent, least] = [await timed(page), await timed(bare)];
      if (i < 0) continue;
      ours.push(spent);
      floors.push(least);
    }
    const [[rows]] = [await bare()];
    add(`/calendar, ${rows.length} of ${EVENTS} events, p99 (floor: the bare query)`, {
      ...{ measured: milliseconds(quantile(ours, 0.99)), floor: milliseconds(quantile(floors, 0.99)) },
      ratio: quantile(ours, 0.99) / quantile(floors, 0.99),
      atMost: 3,
    });
    client.close();
  } finally {
    await application.stop();
    await database.end();
  }
}

/** The application's own statement (src/integrations/calendar/events.query.ts) for the coming fourteen days. */
const STATEMENT = `SELECT e.id, e.connectionId, e.calendarId, e.seriesId IS NOT NULL AS inSeries, e.startsAt, e.endsAt, e.allDay,
    e.title, e.location, e.isPrivate, e.shownAs, e.response, e.organizer, e.attendees, e.attendeeCount, e.joinUrl, e.webUrl,
    k.name AS calendarName, k.colour
  FROM calendar_events e JOIN calendars k ON k.id = e.calendarId JOIN connections c ON c.id = e.connectionId
  WHERE e.ownerId = ? AND e.startsAt < UTC_DATE() + INTERVAL 14 DAY
    AND k.chosen = 1 AND c.state <> 'ended' AND c.calendar <> 'none' AND e.endsAt > UTC_DATE()
  ORDER BY e.startsAt, e.allDay DESC, e.endsAt, e.id LIMIT 501`;

async function fill(database, { id: ownerId, accountId }) {
  const [connectionId, calendarId] = [newId(), newId()];
  await database.query(
    `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, slotKey, state, contacts, calendar,
       details, createdAt)
     VALUES (?, ?, ?, 'google', 'bench', 'bench', 'one', 'connected', 'none', 'read', '{}', UTC_TIMESTAMP(3))`,
    [connectionId, accountId, ownerId],
  );
  await database.query(
    `INSERT INTO calendars (id, accountId, ownerId, connectionId, remoteId, name, isPrimary, access, chosen, createdAt,
       updatedAt)
     VALUES (?, ?, ?, ?, 'bench', 'Bench', 1, 'details', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [calendarId, accountId, ownerId, connectionId],
  );
  const attendees = JSON.stringify(
    Array.from({ length: 4 }, (_, i) => ({
      name: `Person ${i}`,
      email: `person.${i}@many.example`,
      response: 'accepted',
    })),
  );
  const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const events = Array.from({ length: EVENTS }, (_, i) => {
    const startsAt = midnight + Math.floor((i * DAYS * 86_400_000) / EVENTS);
    return [
      ...[newId(), accountId, ownerId, connectionId, calendarId, `bench${i}`, new Date(startsAt)],
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
