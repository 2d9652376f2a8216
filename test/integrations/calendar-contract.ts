import {
  type CalendarSession,
  type CalendarWindow,
  type EventsPage,
  type RemoteEvent,
} from '../../src/integrations/calendar-connector.js';
import {
  AccessDenied,
  CursorExpired,
  FolderGone,
  ProviderBusy,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { type CalendarHarness, type EventParts, type RemoteCalendars } from './calendar-harness.js';

/** With the end of summer time in Europe (25 October) and in America (1 November). */
const WINDOW: CalendarWindow = { from: at('2026-10-20T00:00Z'), to: at('2026-11-25T00:00Z') };
const MEETING = { from: at('2026-10-21T08:00Z'), to: at('2026-10-21T08:30Z') };

/** What a calendar connector must do, whatever its provider. */
export function calendarContract(harness: CalendarHarness): void {
  const { connector, traits } = harness;
  const open: RemoteCalendars[] = [];
  const sessions: CalendarSession[] = [];

  const start = async (options?: { pageSize?: number }) => {
    const box = await harness.start(options);
    open.push(box);
    const session = connector.open(box.access());
    sessions.push(session);
    return { box, session, copy: new Copy(session, box.own) };
  };
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.close();
    for (const box of open.splice(0)) await box.close();
  });

  describe('lists calendars', () => {
    it('with the own one first, and as they are called', async () => {
      const { box, session } = await start();
      const id = box.addCalendar('Équipe 🛠');
      const listed = await session.calendars();
      expect(listed.map(({ remoteId, isPrimary }) => [remoteId, isPrimary])).toEqual([
        [box.own, true],
        [id, false],
      ]);
      expect(listed[1]).toMatchObject({ name: 'Équipe 🛠', access: 'details' });
      for (const { name, colour } of listed) {
        expect(name).not.toBe('');
        if (colour !== null) expect(colour).toMatch(/^#[0-9a-f]{6}$/i);
      }
      box.renameCalendar(id, 'Atelier');
      expect((await session.calendars())[1]).toMatchObject({ remoteId: id, name: 'Atelier' });
      box.removeCalendar(id);
      expect((await session.calendars()).map(({ remoteId }) => remoteId)).toEqual([box.own]);
    });

    it('and reads each on its own', async () => {
      const { box, session } = await start();
      const id = box.addCalendar('Atelier');
      box.add({ title: 'Mine', ...MEETING });
      box.add({ title: 'Theirs', ...MEETING }, id);
      const other = new Copy(session, id);
      await other.read();
      expect(other.titles()).toEqual(['Theirs']);
    });
  });

  describe('reads a window', () => {
    it('of an empty calendar', async () => {
      const { copy } = await start();
      await copy.read();
      expect(copy.titles()).toEqual([]);
    });

    it('with all Carnet keeps of an event', async () => {
      const { box, copy } = await start();
      const ada = { name: 'Ada Lovelace', email: 'ada@nord.example', response: 'accepted' } as const;
      const grace = { name: 'Grace Hopper', email: 'grace@nord.example', response: 'declined' } as const;
      box.add({
        ...{ title: 'Budget <2027> & “suite”', ...MEETING, location: 'Salle 🌲' },
        ...{ shownAs: 'busy', attendees: [ada, grace] },
      });
      await copy.read();
      expect(copy.events()).toEqual([
        expect.objectContaining({
          ...{ title: 'Budget <2027> & “suite”', location: 'Salle 🌲', allDay: false, isPrivate: false },
          ...{ startsAt: MEETING.from, endsAt: MEETING.to, seriesId: null, shownAs: 'busy' },
          ...{ response: 'organizer', attendeeCount: 2 },
        }),
      ]);
      const [{ attendees, webUrl, joinUrl }] = copy.events();
      expect(attendees.map(({ email }) => email).sort()).toEqual([ada.email, grace.email]);
      expect(attendees.find(({ email }) => email === grace.email)).toEqual(grace);
      for (const url of [webUrl, joinUrl]) if (url !== null) expect(url).toMatch(/^https:\/\//);
    });

    it('with who asked, and what was answered', async () => {
      const { box, copy } = await start();
      const organizer = { name: 'Ada Lovelace', email: 'ada@nord.example' };
      for (const response of ['accepted', 'tentative', 'declined', 'none'] as const)
        box.add({ title: response, ...MEETING, response, organizer });
      await copy.read();
      expect(copy.events()).toHaveLength(4);
      for (const event of copy.events()) {
        expect([event.title, event.response]).toEqual([event.title, event.title]);
        expect(event.organizer).toMatchObject({ email: organizer.email });
        expect(event.attendees.map(({ email }) => email)).not.toContain(box.email);
      }
    });

    it('takes an appointment nobody is asked to for one’s own', async () => {
      const { box, copy } = await start();
      box.add({ title: 'Focus', ...MEETING });
      await copy.read();
      expect(copy.events()).toMatchObject([{ response: 'organizer', attendees: [], attendeeCount: 0 }]);
    });

    it('leaves rooms out, and names a hundred attendees of more', async () => {
      const { box, copy } = await start();
      const attendees = Array.from({ length: 130 }, (_, place) => ({
        name: `Guest ${place}`,
        email: `guest.${place}@nord.example`,
      }));
      const room = { name: 'Salle Érable', email: 'erable@nord.example' };
      box.add({ title: 'Everybody', ...MEETING, attendees, room });
      await copy.read();
      const [event] = copy.events();
      expect(event.attendees).toHaveLength(100);
      expect(event.attendeeCount).toBe(130);
      expect(event.attendees.map(({ email }) => email)).not.toContain(room.email);
    });

    it('says how the time is shown to others', async () => {
      const { box, copy } = await start();
      for (const shownAs of ['free', 'busy'] as const) box.add({ title: shownAs, ...MEETING, shownAs });
      await copy.read();
      expect(copy.events().map(({ title, shownAs }) => [title, shownAs])).toEqual([
        ['busy', 'busy'],
        ['free', 'free'],
      ]);
    });

    it('knows nothing of a private event but its time', async () => {
      const { box, copy } = await start();
      const attendees = [{ name: 'Ada Lovelace', email: 'ada@nord.example' }];
      box.add({ title: 'Oncologist', ...MEETING, location: 'Ward 7', attendees, isPrivate: true });
      await copy.read();
      expect(copy.events()).toMatchObject([
        {
          isPrivate: true,
          title: null,
          location: null,
          organizer: null,
          attendees: [],
          startsAt: MEETING.from,
        },
      ]);
      expect(copy.everSaid).not.toMatch(/Oncologist|Ward 7|Lovelace|ada@nord/);
    });

    it('with what only reaches into it', async () => {
      const { box, copy } = await start();
      const add = (title: string, from: string, to: string) => box.add({ title, from: at(from), to: at(to) });
      add('before', '2026-10-19T22:00Z', '2026-10-19T23:00Z');
      add('into', '2026-10-19T23:00Z', '2026-10-20T01:00Z');
      add('out of', '2026-11-24T23:00Z', '2026-11-25T01:00Z');
      add('after', '2026-11-25T01:00Z', '2026-11-25T02:00Z');
      add('around', '2026-10-01T00:00Z', '2026-12-01T00:00Z');
      await copy.read();
      expect(copy.titles()).toEqual(['around', 'into', 'out of']);
    });

    it('has the days of whole days, wherever they were written', async () => {
      const { box, copy } = await start();
      for (const zone of ['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Pacific/Auckland'])
        box.add({ title: zone, from: '2026-10-24', to: '2026-10-26', zone });
      await copy.read();
      expect(copy.events()).toHaveLength(4);
      for (const event of copy.events())
        expect(event).toMatchObject({
          ...{ allDay: true, startsAt: at('2026-10-24T00:00Z'), endsAt: at('2026-10-26T00:00Z') },
        });
    });

    it('in pages that go on where the last was saved', async () => {
      const { box, session, copy } = await start({ pageSize: 40 });
      for (let place = 0; place < 100; place++)
        box.add({ title: `Event ${place}`, ...later(MEETING, place) });
      const pages = session.events(box.own, WINDOW, null);
      const { value: first } = (await pages.next()) as { value: EventsPage };
      await pages.return(undefined);
      if (traits.pages) expect(first.last).toBe(false);
      copy.take(first);
      if (!first.last) await copy.read();
      expect(copy.titles()).toHaveLength(100);
    });

    it('of five hundred events', async () => {
      const { box, copy } = await start();
      for (let place = 0; place < 500; place++)
        box.add({ title: `Event ${place}`, ...later(MEETING, place) });
      await copy.read();
      expect(new Set(copy.titles()).size).toBe(500);
      const before = box.calls();
      await copy.read();
      expect(box.calls() - before).toBeLessThan(10);
    });
  });

  describe('expands series', () => {
    it('into occurrences at the time of their zone, also when clocks change', async () => {
      const { box, copy } = await start();
      const nine = { from: at('2026-10-21T07:00Z'), to: at('2026-10-21T08:00Z'), zone: 'Europe/Paris' };
      box.addSeries({ title: 'Stand-up', ...nine }, { every: 'week', times: 3 });
      await copy.read();
      expect(copy.events().map(({ startsAt }) => startsAt.toISOString())).toEqual([
        ...['2026-10-21T07:00:00.000Z', '2026-10-28T08:00:00.000Z', '2026-11-04T08:00:00.000Z'],
      ]);
      const ids = copy.events().map(({ seriesId }) => seriesId);
      expect(ids[0]).not.toBeNull();
      expect(new Set(ids).size).toBe(1);
      expect(new Set(copy.events().map(({ remoteId }) => remoteId)).size).toBe(3);
    });

    it('of whole days too', async () => {
      const { box, copy } = await start();
      const day = { from: '2026-10-24', to: '2026-10-25', zone: 'Europe/Paris' };
      box.addSeries({ title: 'On call', ...day }, { every: 'day', times: 3 });
      await copy.read();
      expect(copy.events().map(({ startsAt, endsAt }) => [startsAt.getTime(), endsAt.getTime()])).toEqual(
        ['24', '25', '26'].map((day) => [
          Date.parse(`2026-10-${day}T00:00Z`),
          Date.parse(`2026-10-${Number(day) + 1}T00:00Z`),
        ]),
      );
    });

    it('with what was changed and cancelled of them, and all of them when they end', async () => {
      const { box, copy } = await start();
      const series = box.addSeries({ title: 'Course', ...MEETING }, { every: 'day', times: 4 });
      await copy.read();
      expect(copy.titles()).toHaveLength(4);
      box.editOccurrence(series, 1, { title: 'Course, elsewhere', ...later(MEETING, 24 * 20) });
      box.removeOccurrence(series, 2);
      await copy.read();
      expect(copy.titles().sort()).toEqual(['Course', 'Course', 'Course, elsewhere']);
      expect(copy.events().find(({ title }) => title === 'Course, elsewhere')?.startsAt).toEqual(
        later(MEETING, 24 * 20).from,
      );
      box.remove(series);
      await copy.read();
      expect(copy.titles()).toEqual([]);
    });

    it('as they are after all of a series was moved', async () => {
      const { box, copy } = await start();
      const series = box.addSeries({ title: 'Course', ...MEETING }, { every: 'week', times: 3 });
      await copy.read();
      box.edit(series, { title: 'Seminar', ...later(MEETING, 2) });
      await copy.read();
      expect(copy.events().map(({ title, startsAt }) => [title, startsAt.getTime()])).toEqual(
        [0, 1, 2].map((week) => ['Seminar', later(MEETING, 2 + week * 7 * 24).from.getTime()]),
      );
    });
  });

  describe('says what changed since', () => {
    it('nothing, when nothing did', async () => {
      const { box, copy } = await start();
      box.add({ title: 'Budget', ...MEETING });
      await copy.read();
      const pages = await copy.read();
      expect(pages.flatMap(({ changes }) => changes)).toEqual([]);
      expect(pages.some(({ whole }) => whole)).toBe(false);
      expect(copy.titles()).toEqual(['Budget']);
    });

    it('what was added, changed and deleted', async () => {
      const { box, copy } = await start();
      box.add({ title: 'Stays', ...MEETING });
      const changed = box.add({ title: 'Changes', ...MEETING });
      const gone = box.add({ title: 'Goes', ...MEETING });
      await copy.read();
      const ids = new Map(copy.events().map(({ title, remoteId }) => [title, remoteId]));
      box.add({ title: 'Comes', ...MEETING });
      box.edit(changed, { title: 'Changed', ...later(MEETING, 3) });
      box.remove(gone);
      const pages = await copy.read();
      expect(copy.titles()).toEqual(['Changed', 'Comes', 'Stays']);
      expect(copy.events().find(({ title }) => title === 'Changed')).toMatchObject({
        ...{ remoteId: ids.get('Changes'), startsAt: later(MEETING, 3).from },
      });
      if (traits.deltas) expect(copy.listed(pages)).not.toContain(ids.get('Stays'));
      // And is not told once more.
      expect((await copy.read()).flatMap(({ changes }) => changes)).toEqual([]);
    });

    it('what left the window, and what came into it', async () => {
      const { box, copy } = await start();
      const leaves = box.add({ title: 'Leaves', ...MEETING });
      const comes = box.add({ title: 'Comes', ...later(MEETING, 24 * 90) });
      await copy.read();
      expect(copy.titles()).toEqual(['Leaves']);
      box.edit(leaves, later(MEETING, 24 * 90));
      box.edit(comes, MEETING);
      await copy.read();
      expect(copy.titles()).toEqual(['Comes']);
    });

    it('what became private, without what it was about', async () => {
      const { box, copy } = await start();
      const event = box.add({ title: 'Lunch', ...MEETING });
      await copy.read();
      box.edit(event, { isPrivate: true });
      await copy.read();
      expect(copy.events()).toMatchObject([{ isPrivate: true, title: null }]);
    });
  });

  describe('tells what is wrong', () => {
    it('by a cursor that holds no more', async () => {
      const { box, copy } = await start();
      box.add({ title: 'Budget', ...MEETING });
      await copy.read();
      box.expireCursors();
      await expect(copy.read()).rejects.toThrow(CursorExpired);
      copy.forget();
      await copy.read();
      expect(copy.titles()).toEqual(['Budget']);
    });

    it('by a cursor that never was one', async () => {
      const { box, session } = await start();
      await expect(session.events(box.own, WINDOW, 'no cursor of yours').next()).rejects.toThrow(
        CursorExpired,
      );
    });

    it('of one calendar that is gone, or not to be read', async () => {
      const { box, session } = await start();
      const gone = box.addCalendar('Gone');
      const denied = box.addCalendar('Denied');
      box.removeCalendar(gone);
      box.denyCalendar(denied);
      await expect(session.events(gone, WINDOW, null).next()).rejects.toThrow(FolderGone);
      await expect(session.events(denied, WINDOW, null).next()).rejects.toThrow(AccessDenied);
      const own = new Copy(session, box.own);
      await own.read();
      expect(own.titles()).toEqual([]);
    });

    it('when it has to wait, and how long', async () => {
      const { box, session, copy } = await start();
      box.trouble('throttled', { waitMs: 60_000 });
      const error: unknown = await session.calendars().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Throttled);
      expect((error as Throttled).waitMs).toBeGreaterThan(30_000);
      await expect(copy.read()).rejects.toThrow(Throttled);
      box.heal();
      box.trouble('busy');
      await expect(copy.read()).rejects.toThrow(ProviderBusy);
      box.heal();
      await copy.read();
    });

    it('nothing more, once it is stopped', async () => {
      const { box } = await start();
      const stop = new AbortController();
      const session = connector.open(box.access({ signal: stop.signal }));
      sessions.push(session);
      stop.abort(new Error('The process stops'));
      await expect(session.calendars()).rejects.toThrow('The process stops');
    });
  });
}

/** What is known of a calendar after its pages, by the rules of calendar-connector.ts. */
class Copy {
  private held = new Map<string, RemoteEvent>();
  private cursor: string | null = null;
  /** What a reading of all has listed so far; null: none is under way. */
  private reading: Set<string> | null = null;
  /** All that came, as text. */
  everSaid = '';

  constructor(
    private readonly session: CalendarSession,
    private readonly calendarId: string,
  ) {}

  async read(): Promise<EventsPage[]> {
    const pages: EventsPage[] = [];
    for await (const page of this.session.events(this.calendarId, WINDOW, this.cursor)) {
      pages.push(page);
      this.take(page);
    }
    expect(pages.at(-1)?.last).toBe(true);
    expect(pages.slice(0, -1).some(({ last }) => last)).toBe(false);
    return pages;
  }

  take({ changes, cursor, last, whole }: EventsPage): void {
    this.everSaid += JSON.stringify(changes);
    if (whole) this.reading ??= new Set();
    for (const change of changes) {
      if (change.kind === 'removed') {
        for (const [id, { seriesId }] of this.held)
          if (id === change.remoteId || seriesId === change.remoteId) this.held.delete(id);
        continue;
      }
      const { event } = change;
      const { remoteId, startsAt, endsAt } = event;
      if (startsAt < WINDOW.to && endsAt > WINDOW.from) {
        this.held.set(remoteId, event);
        this.reading?.add(remoteId);
      } else this.held.delete(remoteId);
    }
    this.cursor = cursor;
    if (!last) return;
    if (this.reading) for (const id of [...this.held.keys()]) if (!this.reading.has(id)) this.held.delete(id);
    this.reading = null;
  }

  forget(): void {
    this.cursor = null;
    this.reading = null;
  }

  listed(pages: EventsPage[]): string[] {
    return pages.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === 'event' ? [change.event.remoteId] : [])),
    );
  }

  /** By start, then title. */
  events(): RemoteEvent[] {
    const key = ({ startsAt, title }: RemoteEvent) => `${startsAt.toISOString()} ${title ?? ''}`;
    return [...this.held.values()].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  }

  titles(): (string | null)[] {
    return this.events()
      .map(({ title }) => title)
      .sort();
  }
}

function at(text: string): Date {
  return new Date(text);
}

function later(
  { from, to }: { from: Date; to: Date },
  hours: number,
): { from: Date; to: Date } & Partial<EventParts> {
  const shifted = (moment: Date) => new Date(moment.getTime() + hours * 3_600_000);
  return { from: shifted(from), to: shifted(to) };
}
