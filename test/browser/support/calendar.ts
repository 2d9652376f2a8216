import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { CalendarOf, inHours, onDay } from '../../integrations/calendar-of.js';
import { type TestApp } from '../../support/app.js';

/** What pages of the calendar need to show. */
export interface CalendarPages {
  /** With everything there is to say, and people who are known and who are not. */
  event: Id;
  privateEvent: Id;
  /** On which several overlap. */
  day: string;
}

/** The next weeks of somebody: events of all kinds, in two calendars, one of which is in trouble; colleagues see when. */
export async function calendarPages(app: TestApp, owner: User, colleague: User): Promise<CalendarPages> {
  const calendar = await CalendarOf.connect(app, owner, { provider: 'google', contacts: 'none' });
  const shared = await calendar.addCalendar(
    'Réservations de la salle du conseil et des véhicules de service',
    {
      ...{
        access: 'busy',
        colour: '#f6bf26',
        problem: { key: 'access-denied', since: new Date().toISOString() },
      },
    },
  );
  await calendar.addCalendar('Anniversaires', { chosen: false, colour: null });
  await calendar.agree();
  const people = [
    { name: null, email: colleague.email, response: 'accepted' as const },
    { name: 'Anne-Élisabeth Montgolfier-Rochefoucauld', response: 'declined' as const },
    {
      name: 'Nora New',
      email: 'nora.new@fournisseur-de-longue-date.example',
      response: 'tentative' as const,
    },
    { name: 'Sam', email: 'sam@far.example' },
  ].map((person) => ({ email: null, ...person }));
  const event = await calendar.add({
    title: 'Revue de conception du pont : charpente, appuis et Donaudampfschifffahrtsgesellschaft',
    ...{ startsAt: onDay(2, '08:30'), endsAt: onDay(2, '10:00'), response: 'tentative', attendees: people },
    ...{
      attendeeCount: 130,
      organizer: people[3],
      location: 'Salle Léonard, bâtiment 4, 2e étage, accès par la cour',
    },
    ...{ joinUrl: 'https://meet.example/abc', webUrl: 'https://calendar.example/abc' },
  });
  await calendar.add({ title: 'Point quotidien', startsAt: onDay(2, '08:45'), endsAt: onDay(2, '09:00') });
  await calendar.add({ title: 'Libre', startsAt: onDay(2, '09:00'), shownAs: 'free', calendarId: shared });
  for (const shownAs of ['tentative', 'away', 'elsewhere', 'busy', 'busy', 'busy'] as const)
    await calendar.add({ title: `Atelier ${shownAs}`, startsAt: onDay(2, '13:00'), shownAs });
  await calendar.add({
    title: 'Dîner',
    startsAt: onDay(2, '19:00'),
    response: 'declined',
    attendees: [people[0]],
  });
  const privateEvent = await calendar.add({ title: null, isPrivate: true, startsAt: onDay(3, '14:00') });
  await calendar.add({ title: 'Garde', startsAt: onDay(3, '22:00'), endsAt: onDay(4, '06:00') });
  await calendar.add({
    title: 'Salon',
    startsAt: onDay(2, '00:00'),
    endsAt: onDay(5, '00:00'),
    allDay: true,
  });
  await calendar.add({ title: 'En cours', startsAt: inHours(-0.5), endsAt: inHours(0.5) });
  return { event, privateEvent, day: onDay(2, '00:00').toISOString().slice(0, 10) };
}

/** Somebody whom colleagues see to be busy now. */
export async function busyPerson(app: TestApp, person: User): Promise<void> {
  const calendar = await CalendarOf.connect(app, person);
  await calendar.agree();
  await calendar.add({ startsAt: inHours(-1), endsAt: inHours(0.75) });
  for (const [from, to] of [
    ['09:00', '10:30'],
    ['13:00', '13:30'],
    ['15:00', '18:15'],
  ])
    await calendar.add({ startsAt: onDay(1, from), endsAt: onDay(1, to) });
}
