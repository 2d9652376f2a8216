import { AccountEvents } from '../../src/accounts/events.js';
import { type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { CalendarAvailability } from '../../src/integrations/calendar/availability.query.js';
import { CalendarConnectors } from '../../src/integrations/calendar/calendar-connectors.js';
import { Calendars } from '../../src/integrations/calendar/calendars.service.js';
import { CalendarEvents } from '../../src/integrations/calendar/events.query.js';
import { CalendarConsents } from '../../src/integrations/calendar/calendar-consents.service.js';
import {
  type CalendarConnector,
  type EventChange,
  type EventsPage,
  type RemoteCalendar,
  type RemoteEvent,
} from '../../src/integrations/calendar-connector.js';
import { Connection } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import {
  AccessDenied,
  CursorExpired,
  FolderGone,
  ProviderBusy,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { KeptIntegrations } from '../../src/integrations/retention/kept-for-days.service.js';
import { ConnectionStandings } from '../../src/integrations/retention/standings.service.js';
import { Lease } from '../../src/integrations/sync/lease.js';
import { SyncTurns } from '../../src/integrations/sync/sync-turns.service.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { LeaseLost } from '../../src/jobs/jobs.service.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { connectedTo, startWithExchange, type ConnectedPerson } from './connected.js';

const logins = Array.from({ length: 30 }, (_, place) => `planner${place}`);
const DAY_MS = 86_400_000;
const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
/** Hours after midnight UTC of tomorrow. */
const hour = (hours: number) => new Date(today + DAY_MS + hours * 3_600_000);

const idOf = (title: string) => `id-${title.replaceAll(' ', '-')}`;
const event = (title: string, parts: Partial<RemoteEvent> = {}): RemoteEvent => ({
  ...{ remoteId: idOf(title), seriesId: null, allDay: false, title, location: null, isPrivate: false },
  ...{ startsAt: hour(9), endsAt: hour(10), shownAs: 'busy', response: 'organizer', organizer: null },
  ...{ attendees: [], attendeeCount: 0, joinUrl: null, webUrl: null, ...parts },
});
const listed = (...titles: string[]): EventChange[] =>
  titles.map((title) => ({ kind: 'event', event: event(title) }));
const removed = (title: string): EventChange => ({ kind: 'removed', remoteId: idOf(title) });

/** A provider whose answers a test writes down: the pages that follow each cursor, or what is thrown instead. */
class Script {
  calendars: RemoteCalendar[] | Error = [
    { remoteId: 'own', name: 'Own', colour: '#336699', isPrimary: true, access: 'details' },
    { remoteId: 'team', name: 'Team', colour: null, isPrimary: false, access: 'details' },
  ];
  /** By calendar and cursor (`''`: from nothing). */
  pages: Record<string, (Error | (Partial<EventsPage> & { during?: () => Promise<unknown> }))[]> = {};
  /** By connection: other ones of the file may be due too. */
  private readonly calls = new Map<Id, string[]>();

  readonly connector: CalendarConnector = {
    provider: 'exchange',
    open: ({ connectionId }) => ({
      calendars: () => {
        this.asked(connectionId).push('calendars');
        return this.calendars instanceof Error
          ? Promise.reject(this.calendars)
          : Promise.resolve(this.calendars);
      },
      events: (calendarId, _, cursor) => this.events(connectionId, calendarId, cursor),
      close: () => undefined,
    }),
  };

  asked(connectionId: Id): string[] {
    const calls = this.calls.get(connectionId) ?? [];
    this.calls.set(connectionId, calls);
    return calls;
  }

  private async *events(
    connectionId: Id,
    calendarId: string,
    cursor: string | null,
  ): AsyncGenerator<EventsPage> {
    const key = `${calendarId}:${cursor ?? ''}`;
    this.asked(connectionId).push(key);
    const pages = this.pages[key];
    if (!pages)
      return yield { changes: [], cursor: cursor ?? `${calendarId}-0`, last: true, whole: cursor === null };
    for (const [at, page] of pages.entries()) {
      if (page instanceof Error) throw page;
      const { during, ...rest } = page;
      await during?.();
      yield {
        changes: [],
        cursor: `${key}-${at}`,
        last: at === pages.length - 1,
        whole: cursor === null,
        ...rest,
      };
    }
  }
}

describe('calendars of a connection', () => {
  let app: TestApp;
  let fake: FakeExchange;
  let script: Script;
  let next = 0;

  beforeAll(async () => {
    ({ app, fake } = await startWithExchange(logins));
  });
  afterAll(async () => {
    await app.close();
    await fake.close();
  });
  beforeEach(() => {
    script = new Script();
    jest.spyOn(app.get(CalendarConnectors), 'find').mockImplementation(() => script.connector);
  });
  afterEach(() => jest.restoreAllMocks());

  const connect = (permissions: Partial<Pick<Connection, 'contacts' | 'calendar'>> = {}) =>
    connectedTo(app, fake, logins[next++], { permissions: { calendar: 'read', ...permissions } });
  const connectionOf = ({ connectionId }: ConnectedPerson) =>
    app.database.manager.findOneByOrFail(Connection, { id: connectionId });
  /** By the clock, not because somebody asked. */
  const turn = async ({ connectionId }: ConnectedPerson) => {
    await app.database.query(
      `UPDATE connections SET askedAt = NULL, nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3), leaseUntil = NULL,
         leaseToken = NULL WHERE id = ?`,
      [connectionId],
    );
    await app.get(SyncWorker).runDue();
  };
  const titles = async ({ connectionId }: ConnectedPerson) =>
    (
      await app.database.query<{ title: string | null }[]>(
        'SELECT title FROM calendar_events WHERE connectionId = ? ORDER BY title',
        [connectionId],
      )
    ).map(({ title }) => title);
  const calendarsOf = async ({ user }: ConnectedPerson) => (await app.get(Calendars).of(user))[0].calendars;
  const choose = async (person: ConnectedPerson, ...names: string[]) => {
    const all = await calendarsOf(person);
    const ids = (some: typeof all) => some.map(({ id }) => id);
    await app
      .get(Calendars)
      .choose(person.user, ids(all), ids(all.filter(({ name }) => names.includes(name))));
  };
  const rows = async (table: string, column: string, id: Id) => {
    const [{ found }] = await app.database.query<[{ found: string }]>(
      `SELECT COUNT(*) AS found FROM ${table} WHERE ${column} = ?`,
      [id],
    );
    return Number(found);
  };
  /** Statements that wrote to events while `body` ran. */
  const writesDuring = async (body: () => Promise<unknown>) => {
    const writes: string[] = [];
    const prototype = Object.getPrototypeOf(app.database.manager) as { query: (sql: string) => unknown };
    const query = prototype.query;
    const spy = jest.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...args) {
      if (/^\s*(INSERT|UPDATE|DELETE)/.test(args[0]) && args[0].includes('calendar_events'))
        writes.push(args[0]);
      return query.apply(this, args);
    });
    await body();
    spy.mockRestore();
    return writes;
  };

  it('are read at the end of a turn, the own one alone until others are chosen', async () => {
    const person = await connect();
    script.pages['own:'] = [{ changes: listed('Budget', 'Lunch') }];
    script.pages['team:'] = [{ changes: listed('Retreat') }];
    await turn(person);
    expect(await titles(person)).toEqual(['Budget', 'Lunch']);
    expect((await calendarsOf(person)).map(({ name, chosen }) => [name, chosen])).toEqual([
      ['Own', true],
      ['Team', false],
    ]);
    await choose(person, 'Own', 'Team');
    await app.get(SyncWorker).runDue();
    expect(await titles(person)).toEqual(['Budget', 'Lunch', 'Retreat']);
    await choose(person, 'Team');
    expect(await titles(person)).toEqual(['Retreat']);
    expect((await connectionOf(person)).lastSuccessAt).not.toBeNull();
  });

  it('are read where a connection is for nothing else, and not where it may not', async () => {
    const [only, never] = [await connect({ contacts: 'none' }), await connect({ calendar: 'none' })];
    script.pages['own:'] = [{ changes: listed('Budget') }];
    await turn(only);
    await turn(never);
    expect([await titles(only), await titles(never)]).toEqual([['Budget'], []]);
    expect(await rows('calendars', 'connectionId', never.connectionId)).toBe(0);
    expect(await connectionOf(only)).toMatchObject({ problem: null, calendarProblem: null });
  });

  it('take what changed since, and write nothing when nothing did', async () => {
    const person = await connect();
    script.pages['own:'] = [{ changes: listed('Budget', 'Lunch'), cursor: 'one' }];
    await turn(person);
    expect(await writesDuring(() => turn(person))).toEqual([]);
    // The same again is no change, from nothing either.
    script.pages['own:one'] = [{ changes: listed('Budget'), cursor: 'two' }];
    expect(await writesDuring(() => turn(person))).toEqual([]);
    script.pages['own:two'] = [{ changes: listed('Budget', 'Lunch'), cursor: 'three', whole: true }];
    expect(await writesDuring(() => turn(person))).toEqual([]);
    const moved = event('Budget', { title: 'Budget, moved', startsAt: hour(11), endsAt: hour(12) });
    script.pages['own:three'] = [
      { changes: [{ kind: 'event', event: moved }, removed('Lunch'), ...listed('Tea')], cursor: 'four' },
    ];
    await turn(person);
    expect(await titles(person)).toEqual(['Budget, moved', 'Tea']);
    expect(script.asked(person.connectionId).filter((each) => each === 'calendars')).toHaveLength(1);
  });

  it('forget a whole series, and what left the window', async () => {
    const person = await connect();
    const inSeries = (place: number) => event(`Course ${place}`, { seriesId: 'series' });
    script.pages['own:'] = [
      {
        changes: [
          ...[0, 1, 2].map((place) => ({ kind: 'event' as const, event: inSeries(place) })),
          ...listed('Tea'),
        ],
        cursor: 'one',
      },
    ];
    await turn(person);
    const away = event('Tea', { startsAt: hour(24 * 90), endsAt: hour(24 * 90 + 1) });
    script.pages['own:one'] = [
      {
        changes: [
          { kind: 'removed', remoteId: 'series' },
          { kind: 'event', event: inSeries(1) },
          { kind: 'event', event: away },
        ],
        cursor: 'two',
      },
    ];
    await turn(person);
    expect(await titles(person)).toEqual(['Course 1']);
  });

  it('are whole after a process died before any save', async () => {
    const person = await connect();
    script.pages['own:'] = [{ changes: listed('Gone', 'Stays'), cursor: 'old' }];
    await turn(person);
    script.pages['own:old'] = [new CursorExpired()];
    const pages = [listed('A', 'B'), listed('C', 'Stays'), listed('D')];
    script.pages['own:'] = pages.map((changes, at) => ({ changes, cursor: `p${at}` }));
    script.pages['own:p0'] = script.pages['own:'].slice(1).map((page) => ({ ...page, whole: true }));
    script.pages['own:p1'] = script.pages['own:p0'].slice(1);
    const save = Lease.prototype.save;
    for (let nth = 1, died = true; died; nth++) {
      let saves = 0;
      died = false;
      const spy = jest.spyOn(Lease.prototype, 'save').mockImplementation(function (this: Lease, work) {
        if (++saves < nth) return save.call(this, work) as Promise<never>;
        died = true;
        return Promise.reject(new LeaseLost('The process died'));
      });
      await turn(person);
      spy.mockRestore();
      expect(nth).toBeLessThan(20);
    }
    expect(await titles(person)).toEqual(['A', 'B', 'C', 'D', 'Stays']);
    expect(script.asked(person.connectionId)).toContain('own:p0');
    expect(await connectionOf(person)).toMatchObject({ problem: null, calendarProblem: null });
  });

  it('are saved by nobody who has lost the turn', async () => {
    const person = await connect();
    const takeAway = () =>
      app.database.query('UPDATE connections SET fence = fence + 1 WHERE id = ?', [person.connectionId]);
    script.pages['own:'] = [{ changes: listed('A') }, { changes: listed('B'), during: takeAway }];
    await turn(person);
    expect(await titles(person)).toEqual(['A']);
  });

  it('keep nothing of one that is given up while it is read', async () => {
    const person = await connect();
    await turn(person);
    await choose(person, 'Own', 'Team');
    const giveUp = async () => {
      delete script.pages['team:'];
      await choose(person, 'Own');
      await choose(person, 'Own', 'Team');
    };
    // Given up and chosen anew, it is read anew: what came before is not taken for all there was.
    script.pages['team:'] = [{ changes: listed('A') }, { changes: listed('B'), during: giveUp }];
    await turn(person);
    expect(await titles(person)).toEqual([]);
    expect(script.asked(person.connectionId).filter((each) => each === 'team:')).toHaveLength(2);
  });

  it('go on in another turn when their time is over, and keep others waiting no longer', async () => {
    const person = await connect({ contacts: 'none' });
    script.pages['own:'] = [{ changes: listed('A'), cursor: 'p0' }, { changes: listed('B') }];
    script.pages['own:p0'] = [{ changes: listed('B'), whole: true }];
    const late = performance.now() + app.get(SyncTurns).turnMs + 60_000;
    let clock: jest.SpyInstance | undefined;
    const during = async () => (clock = jest.spyOn(performance, 'now').mockReturnValue(late));
    script.pages['own:'][0] = { changes: listed('A'), cursor: 'p0', during };
    await turn(person);
    clock?.mockRestore();
    await app.get(SyncWorker).runDue();
    expect(await titles(person)).toEqual(['A', 'B']);
    expect(script.asked(person.connectionId).filter((each) => each.startsWith('own'))).toEqual([
      'own:',
      'own:p0',
    ]);
  });

  it('are read anew for the window of another day', async () => {
    const person = await connect();
    script.pages['own:'] = [{ changes: listed('Yesterday’s', 'Budget'), cursor: 'one' }];
    await turn(person);
    await app.database.query(
      'UPDATE calendars SET windowFrom = DATE_SUB(windowFrom, INTERVAL 2 DAY) WHERE connectionId = ?',
      [person.connectionId],
    );
    script.pages['own:'] = [{ changes: listed('Budget', 'Tea'), cursor: 'two' }];
    await turn(person);
    expect(await titles(person)).toEqual(['Budget', 'Tea']);
  });

  it('hold no more than there is room for', async () => {
    const person = await connect();
    const many = Array.from({ length: 2_050 }, (_, place) => `Event ${place}`);
    script.pages['own:'] = [{ changes: listed(...many), cursor: 'one' }];
    await turn(person);
    expect(await rows('calendar_events', 'connectionId', person.connectionId)).toBe(2_000);
    expect((await calendarsOf(person))[0].problem).toMatchObject({
      key: 'calendar-full',
      values: { max: 2_000 },
    });
    script.pages['own:one'] = [{ changes: [removed('Event 0'), ...listed('New 1', 'New 2')], cursor: 'two' }];
    await turn(person);
    expect(await rows('calendar_events', 'connectionId', person.connectionId)).toBe(2_000);
  });

  it('leave the others alone where one cannot be read', async () => {
    const person = await connect();
    script.pages['own:'] = [{ changes: listed('Budget'), cursor: 'one' }];
    script.pages['team:'] = [{ changes: listed('Retreat'), cursor: 'one' }];
    await turn(person);
    await choose(person, 'Own', 'Team');
    await app.get(SyncWorker).runDue();
    script.pages['team:one'] = [new AccessDenied()];
    script.pages['team:'] = [new AccessDenied()];
    script.pages['own:one'] = [{ changes: listed('Tea'), cursor: 'two' }];
    await turn(person);
    expect(await titles(person)).toEqual(['Budget', 'Tea']);
    expect((await calendarsOf(person)).map(({ problem }) => problem?.key)).toEqual([
      undefined,
      'calendar-denied',
    ]);
    script.pages['team:'] = [new FolderGone()];
    script.calendars = [(script.calendars as RemoteCalendar[])[0]];
    await turn(person);
    expect((await calendarsOf(person)).map(({ name }) => name)).toEqual(['Own']);
    expect(await connectionOf(person)).toMatchObject({ problem: null, calendarProblem: null });
  });

  it('do no harm to contacts, and are left alone for as long as the provider says', async () => {
    const person = await connect();
    person.mailbox.addContact({ DisplayName: 'Ana' });
    script.calendars = new Throttled(120_000);
    await turn(person);
    const told = await connectionOf(person);
    expect(told).toMatchObject({ problem: null, failures: 0, calendarProblem: { key: 'throttled' } });
    expect(told.lastSuccessAt).not.toBeNull();
    expect(told.leaseUntil!.getTime() - Date.now()).toBeGreaterThan(60_000);
    expect(await rows('cloud_contacts', 'connectionId', person.connectionId)).toBe(1);
    script.calendars = new ProviderBusy();
    await turn(person);
    expect(await connectionOf(person)).toMatchObject({
      problem: null,
      calendarProblem: { key: 'busy' },
      leaseUntil: null,
    });
    expect((await app.get(Calendars).of(person.user))[0].problem).toMatchObject({ key: 'busy' });
    const only = await connect({ contacts: 'none' });
    await turn(only);
    expect(await connectionOf(only)).toMatchObject({
      problem: { key: 'busy' },
      failures: 1,
      lastSuccessAt: null,
    });
  });

  describe('show', () => {
    it('their owner what overlaps a range, whole days where their days do', async () => {
      const person = await connect();
      const other = await connect({ calendar: 'none' });
      const day = (days: number) => new Date(today + days * DAY_MS);
      const holiday = event('Holiday', { allDay: true, startsAt: day(1), endsAt: day(2) });
      script.pages['own:'] = [{ changes: [{ kind: 'event', event: holiday }, ...listed('Budget')] }];
      await turn(person);
      const between = (from: Date, to: Date, timeZone: string, who = person) =>
        app
          .get(CalendarEvents)
          .between(who.user, { from, to, timeZone })
          .then(({ events }) => events);
      const names = (found: Awaited<ReturnType<typeof between>>) => found.map(({ title }) => title);
      expect(names(await between(day(1), day(2), 'UTC'))).toEqual(['Holiday', 'Budget']);
      expect(names(await between(hour(10), hour(11), 'UTC'))).toEqual(['Holiday']);
      expect(names(await between(hour(9), hour(9.5), 'UTC'))).toEqual(['Holiday', 'Budget']);
      // 13:00 of that day in UTC is the day after in Auckland.
      expect(names(await between(hour(13), hour(14), 'Pacific/Auckland'))).toEqual([]);
      expect(await between(day(0), day(9), 'UTC', other)).toEqual([]);
      const [{ id }] = await between(day(1), day(2), 'UTC');
      expect(await app.get(CalendarEvents).one(person.user, id)).toMatchObject({
        title: 'Holiday',
        allDay: true,
      });
      expect(await app.get(CalendarEvents).one(other.user, id)).toBeNull();
    });

    it('colleagues when somebody who agreed is busy, and nobody else', async () => {
      const person = await connect();
      const { user, account } = person;
      const changes = [
        event('A', { startsAt: hour(9), endsAt: hour(10) }),
        event('B', { startsAt: hour(10), endsAt: hour(11), isPrivate: true, shownAs: 'away' }),
        event('C', { startsAt: hour(9.5), endsAt: hour(9.75), response: 'accepted', shownAs: 'tentative' }),
        event('Unanswered', { startsAt: hour(12), endsAt: hour(13), response: 'none', shownAs: 'tentative' }),
        event('Declined', { startsAt: hour(13), endsAt: hour(14), response: 'declined' }),
        event('Free', { startsAt: hour(14), endsAt: hour(15), shownAs: 'free' }),
      ].map((each) => ({ kind: 'event' as const, event: each }));
      script.pages['own:'] = [{ changes }];
      script.pages['team:'] = [
        { changes: [{ kind: 'event', event: event('Of others', { startsAt: hour(16), endsAt: hour(17) }) }] },
      ];
      await turn(person);
      await choose(person, 'Own', 'Team');
      await app.get(SyncWorker).runDue();
      const ask = (accountId = account.id) =>
        app.get(CalendarAvailability).of(accountId, [user.id], { from: hour(0), to: hour(24), now: hour(9) });
      expect((await ask()).size).toBe(0);
      await app.get(CalendarConsents).agree(user, true);
      expect((await ask()).get(user.id)).toMatchObject({
        ...{ state: 'known', busy: [{ from: hour(9), to: hour(11) }], busyUntil: hour(11) },
      });
      const stranger = await app.signedIn();
      expect((await ask(stranger.account.id)).size).toBe(0);
      // Not read for an hour: nothing is said, and nothing is made up.
      const set = (what: string) =>
        app.database.query(`UPDATE calendars SET ${what} WHERE connectionId = ?`, [person.connectionId]);
      await set('readAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 61 MINUTE)');
      expect((await ask()).get(user.id)).toEqual({ state: 'unknown' });
      await set('readAt = UTC_TIMESTAMP(3)');
      await app.database.query(`UPDATE connections SET state = 'needs-sign-in' WHERE id = ?`, [
        person.connectionId,
      ]);
      expect((await ask()).get(user.id)).toEqual({ state: 'unknown' });
      await app.database.query(`UPDATE connections SET state = 'connected' WHERE id = ?`, [
        person.connectionId,
      ]);
      await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [user.id]);
      expect((await ask()).size).toBe(0);
      await app.database.query(`UPDATE users SET status = 'active' WHERE id = ?`, [user.id]);
      await app.get(CalendarConsents).agree(user, false);
      expect((await ask()).size).toBe(0);
    });
  });

  describe('go', () => {
    const read = async () => {
      const person = await connect();
      script.pages['own:'] = [{ changes: listed('Xenophora') }];
      await turn(person);
      await app.get(CalendarConsents).agree(person.user, true);
      expect(await rows('calendar_events', 'connectionId', person.connectionId)).toBe(1);
      return person;
    };
    const left = async ({ connectionId, user }: ConnectedPerson) => [
      await rows('calendar_events', 'connectionId', connectionId),
      await rows('calendars', 'connectionId', connectionId),
      await rows('calendar_sharing', 'userId', user.id),
    ];

    it('with the connection, whose calendars stay chosen for who comes back', async () => {
      const person = await read();
      await choose(person, 'Team');
      await app.get(Connections).disconnect(person.user, person.connectionId, { keep: false });
      expect(await left(person)).toEqual([0, 2, 1]);
      expect(await app.get(Calendars).of(person.user)).toEqual([]);
    });

    it('with the permission, and come back with it', async () => {
      const person = await read();
      const change = async (calendar: 'none' | 'read') => {
        const { revision } = await connectionOf(person);
        await app
          .get(Connections)
          .change(person.user, person.connectionId, { contacts: 'write', calendar }, revision);
      };
      await change('none');
      expect(await left(person)).toEqual([0, 0, 1]);
      await change('read');
      await app.get(SyncWorker).runDue();
      expect(await titles(person)).toEqual(['Xenophora']);
    });

    it('with what signs in, thirty days after it was paused', async () => {
      const person = await read();
      await inTransaction(app.database, (manager) =>
        app.get(Connections).pause(manager, [person.connectionId], 'person'),
      );
      expect((await left(person))[0]).toBe(1);
      await app.database.query(
        `UPDATE connections SET pausedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 31 DAY) WHERE id = ?`,
        [person.connectionId],
      );
      await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [person.user.id]);
      await app.get(ConnectionStandings).sweep();
      expect((await left(person))[0]).toBe(0);
    });

    it('with their owner, or over to another company without what colleagues were told', async () => {
      const [erased, moved] = [await read(), await read()];
      const { account, user } = erased;
      await inTransaction(app.database, (manager) =>
        app.get(AccountEvents).erased.tell({ manager, accountId: account.id, userIds: [user.id] }),
      );
      expect(await left(erased)).toEqual([0, 0, 0]);
      const there = await app.signedIn();
      const [from, to] = [moved, there].map((each) => ({ accountId: each.account.id, userId: each.user.id }));
      await inTransaction(app.database, (manager) =>
        app.get(AccountEvents).moved.tell({ manager, from, to }),
      );
      expect(await left(moved)).toEqual([1, 2, 0]);
      expect(await rows('calendar_events', 'accountId', there.account.id)).toBe(1);
      expect(await rows('calendars', 'ownerId', moved.user.id)).toBe(0);
    });

    it('once they are over, also where nobody reads the calendar any more', async () => {
      const person = await read();
      const set = (table: string, column: string) =>
        app.database.query(
          `UPDATE ${table} SET ${column} = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 5 DAY) WHERE connectionId = ?`,
          [person.connectionId],
        );
      await set('calendar_events', 'endsAt');
      await app.get(KeptIntegrations).sweep();
      expect((await left(person))[0]).toBe(1);
      await set('calendars', 'windowFrom');
      await app.get(KeptIntegrations).sweep();
      expect(await left(person)).toEqual([0, 2, 1]);
    });

    it('along in the file of what is one’s own', async () => {
      const person = await read();
      const file = JSON.parse((await person.browser.get('/integrations/my-data.json')).text) as Record<
        string,
        unknown
      >;
      expect(file).toMatchObject({
        events: [expect.objectContaining({ title: 'Xenophora', calendar: 'Own' })],
        calendars: [
          expect.objectContaining({ name: 'Own', chosen: true }),
          expect.objectContaining({ name: 'Team' }),
        ],
        colleaguesSeeFreeAndBusy: true,
      });
    });
  });

  it('are read at a real mailbox', async () => {
    jest.restoreAllMocks();
    const person = await connect();
    const start = hour(9).getTime();
    const everyDay = { every: 'day', times: 3 } as const;
    person.mailbox.addEvent({ title: 'Stand-up', start, end: start + 1_800_000, repeat: everyDay });
    await turn(person);
    const { events } = await app
      .get(CalendarEvents)
      .between(person.user, { from: hour(0), to: hour(96), timeZone: 'UTC' });
    expect(events.map(({ title, startsAt, inSeries }) => [title, startsAt, inSeries])).toEqual(
      [0, 24, 48].map((hours) => ['Stand-up', hour(9 + hours), true]),
    );
  });
});
