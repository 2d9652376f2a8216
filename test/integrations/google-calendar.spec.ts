import {
  type EventChange,
  type EventsPage,
  type RemoteEvent,
} from '../../src/integrations/calendar-connector.js';
import { GoogleCalendarConnector } from '../../src/integrations/google/google-calendar.connector.js';
import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import {
  AccessDenied,
  CursorExpired,
  NotTheService,
  ProviderBusy,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { answers } from '../fakes/google/server.js';
import { calendarContract } from './calendar-contract.js';
import { googleCalendarHarness } from './google-calendar-harness.js';
import { GoogleAccount, googleEnvironment } from './google-account.js';
import { requestsFollowTheDescription } from './google-requests.js';

const WINDOW = { from: new Date('2026-10-20T00:00Z'), to: new Date('2026-11-25T00:00Z') };
const TEN = {
  start: { dateTime: '2026-10-21T10:00:00+02:00' },
  end: { dateTime: '2026-10-21T11:00:00+02:00' },
};

describe('the Google calendar connector', () => {
  const { environment, use } = googleEnvironment();
  const connector = new GoogleCalendarConnector(environment, new AccessTokens(new OAuthClients(environment)));
  calendarContract(googleCalendarHarness(connector, use));
  requestsFollowTheDescription();

  describe('at Google alone', () => {
    const accounts: GoogleAccount[] = [];
    const start = async (options?: Parameters<typeof GoogleAccount.start>[0]) => {
      const account = await GoogleAccount.start(options);
      accounts.push(account);
      use(account);
      const session = connector.open(account.access());
      const diary = account.google.diary();
      const pages = async (cursor: string | null = null, calendarId = diary.primary.id) => {
        const found: EventsPage[] = [];
        for await (const page of session.events(calendarId, WINDOW, cursor)) found.push(page);
        return found;
      };
      const events = async (calendarId?: string) => eventsIn(await pages(null, calendarId));
      return { ...{ account, google: account.google, session, diary, pages, events } };
    };
    afterEach(async () => {
      for (const account of accounts.splice(0)) await account.close();
    });

    it('finds the video call, of the conference before the old link', async () => {
      const { diary, events } = await start();
      const entryPoints = [
        { entryPointType: 'phone', uri: 'tel:+33199001020' },
        { entryPointType: 'video', uri: 'https://meet.example/abc' },
      ];
      diary.add(diary.primary.id, {
        ...TEN,
        summary: 'Both',
        hangoutLink: 'https://old.example/',
        conferenceData: { entryPoints },
      });
      diary.add(diary.primary.id, { ...TEN, summary: 'Old', hangoutLink: 'https://old.example/' });
      expect((await events()).map(({ title, joinUrl }) => [title, joinUrl])).toEqual([
        ['Both', 'https://meet.example/abc'],
        ['Old', 'https://old.example/'],
      ]);
    });

    it('asks neither for birthdays, nor for where somebody works, nor for what an event is about at length', async () => {
      const { google, diary, events } = await start();
      for (const eventType of ['birthday', 'workingLocation', 'outOfOffice'])
        diary.add(diary.primary.id, { ...TEN, summary: eventType, eventType, description: 'At length' });
      expect((await events()).map(({ title, shownAs }) => [title, shownAs])).toEqual([
        ['outOfOffice', 'away'],
      ]);
      expect(google.asked('events.list')[0].query.get('fields')).not.toContain('description');
    });

    it('knows of calendars that show no more than when somebody is busy', async () => {
      const { diary, session, events } = await start();
      const { id } = diary.addCalendar('Colleague', { accessRole: 'freeBusyReader' });
      diary.add(id, { ...TEN, summary: 'Oncologist', location: 'Ward 7' });
      expect((await session.calendars()).map(({ access }) => access)).toEqual(['details', 'busy']);
      expect(await events(id)).toMatchObject([
        {
          title: null,
          location: null,
          isPrivate: true,
          shownAs: 'busy',
          startsAt: new Date('2026-10-21T08:00Z'),
        },
      ]);
    });

    it('lists more calendars than one page has', async () => {
      const { diary, session } = await start();
      for (let place = 0; place < 260; place++) diary.addCalendar(`Calendar ${place}`);
      const listed = await session.calendars();
      expect(new Set(listed.map(({ remoteId }) => remoteId)).size).toBe(261);
      expect(listed[0].isPrimary).toBe(true);
    });

    it('asks each page of what changed with the token of the run, and never with a window', async () => {
      const { google, diary, pages } = await start({ pageLimit: 2 });
      const [first] = await pages();
      for (let place = 0; place < 5; place++) diary.add(diary.primary.id, { ...TEN, summary: `${place}` });
      google.requests.length = 0;
      const changed = await pages(first.cursor);
      expect(changed.map(({ changes, whole }) => [changes.length, whole])).toEqual([
        ...[
          [2, false],
          [2, false],
          [1, false],
        ],
      ]);
      const asked = google
        .asked('events.list')
        .map(({ query }) => [query.has('syncToken'), query.has('timeMin')]);
      expect(asked).toEqual([1, 2, 3].map(() => [true, false]));
      expect(await pages(changed[2].cursor)).toMatchObject([{ changes: [], last: true }]);
    });

    it('takes a page that is asked too late for a cursor that holds no more', async () => {
      const { diary, session, pages } = await start({ pageLimit: 2 });
      for (let place = 0; place < 5; place++) diary.add(diary.primary.id, { ...TEN, summary: `${place}` });
      const reading = session.events(diary.primary.id, WINDOW, null);
      const { value } = (await reading.next()) as { value: EventsPage };
      diary.expireTokens();
      await expect(pages(value.cursor)).rejects.toThrow(CursorExpired);
    });

    it('calls a permission that is missing a matter of the calendar alone', async () => {
      const { account, google } = await start();
      const access = account.access();
      const granted = account.oauth.grant(['openid', 'https://www.googleapis.com/auth/contacts']);
      const without = connector.open({ ...access, secret: JSON.stringify(granted) });
      await expect(without.calendars()).rejects.toThrow(AccessDenied);
      expect(google.asked()).toHaveLength(1);
    });

    it.each([
      ['the limit of a user', 403, answers.calendarRateLimited, Throttled],
      ['too many requests', 429, answers.tooMany, Throttled],
      ['an API nobody switched on', 403, answers.calendarSwitchedOff, NotTheService],
      ['a fault', 500, answers.internal, ProviderBusy],
    ])('tells %s', async (_what, status, body, error) => {
      const { google, pages } = await start();
      google.trouble({ kind: 'http', status, body });
      await expect(pages()).rejects.toThrow(error);
    });

    it('reads all again where it was given nothing to go on from', async () => {
      const { google, diary, pages } = await start();
      diary.add(diary.primary.id, { ...TEN, summary: 'Kept' });
      google.trouble({ kind: 'lie', times: 1, change: ({ items }) => ({ items }) });
      const [{ cursor, last }] = await pages();
      expect(last).toBe(true);
      expect(await pages(cursor)).toMatchObject([{ whole: true, last: true, changes: [{}] }]);
    });

    it('shows nothing of what is not said to be for others', async () => {
      const { google, diary, events } = await start();
      diary.add(diary.primary.id, { ...TEN, summary: 'Oncologist', location: 'Ward 7' });
      google.trouble({
        kind: 'lie',
        change: (body) => ({
          ...body,
          items: ['private', 'confidential', 'secret', 'constructor', null].map((visibility, place) => ({
            ...{ ...body.items[0], id: `event${place}`, visibility },
          })),
        }),
      });
      const said = (await events()).map(({ title, location, isPrivate }) => [title, location, isPrivate]);
      expect(said).toEqual(Array(5).fill([null, null, true]));
    });

    it('leaves out what has no time or no id, and passes on what is odd', async () => {
      const { google, diary, pages } = await start();
      diary.add(diary.primary.id, { ...TEN, summary: 'Kept' });
      const odd = [
        null,
        7,
        { id: 'x' },
        { id: '', ...TEN },
        { id: 'y', start: { dateTime: 'soon' }, end: {} },
      ];
      google.trouble({ kind: 'lie', change: (body) => ({ ...body, items: [...odd, ...body.items] }) });
      expect(eventsIn(await pages()).map(({ title }) => title)).toEqual(['Kept']);
    });
  });
});

function eventsIn(pages: EventsPage[]): RemoteEvent[] {
  const isEvent = (change: EventChange) => change.kind === 'event';
  return pages.flatMap(({ changes }) => changes.filter(isEvent).map(({ event }) => event));
}
