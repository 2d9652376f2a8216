import {
  type CalendarSession,
  type CalendarWindow,
  type EventChange,
  type EventsPage,
  type RemoteCalendar,
} from '../calendar-connector.js';
import { type Cursor } from '../contacts-connector.js';
import { ContactGone, CursorExpired, ProviderBusy } from '../provider-errors.js';
import { type BatchPart, type GraphClient, MOST_PARTS } from './graph.client.js';
import { deltaPages, isRemoved } from './graph-delta.js';
import {
  hasAttendees,
  isCancelled,
  isPrivateEvent,
  readCalendar,
  readEvent,
  type GraphEvent,
} from './office365-events.js';
import { paths } from './office365-paths.js';
import { usableId } from './usable-id.js';

/** Times come in UTC, whatever zone an event was made in. */
const IN_UTC = ['outlook.timezone="UTC"'];
const PAGE = [...IN_UTC, 'odata.maxpagesize=100'];

/** The service's link, and whether it belongs to a reading of all. */
interface EventsCursor {
  link: string;
  whole: boolean;
}

/** Calendars of one mailbox at Microsoft 365, one call after another. */
export class Office365CalendarSession implements CalendarSession {
  private ownAddresses: Promise<ReadonlySet<string>> | null = null;

  constructor(private readonly client: GraphClient) {}

  async calendars(): Promise<RemoteCalendar[]> {
    const calendars = (await this.wholeList('calendars.list', paths.calendars))
      .map(readCalendar)
      .filter((calendar) => calendar !== null);
    return calendars.sort((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
  }

  async *events(
    calendarId: string,
    window: CalendarWindow,
    cursor: Cursor | null,
  ): AsyncGenerator<EventsPage> {
    const known = cursor === null ? null : readCursor(cursor);
    if (cursor !== null && (known === null || !this.client.isOurs(known.link)))
      throw new CursorExpired({ operation: 'calendarView.delta' });
    const whole = known?.whole ?? true;
    const from = known?.link ?? paths.calendarViewDelta(calendarId, window.from, window.to);
    const masters = new Map<string, GraphEvent | null>();
    for await (const { values, link, last } of deltaPages(this.client, 'calendarView.delta', from, PAGE)) {
      const listed = values.filter((each): each is GraphEvent => typeof each === 'object' && each !== null);
      const changes = whole
        ? await this.listedChanges(listed, masters)
        : await this.changesSince(listed, window);
      yield {
        changes,
        cursor: JSON.stringify({ link, whole: whole && !last } satisfies EventsCursor),
        last,
        whole,
      };
    }
  }

  close(): void {
    // It has no socket of its own.
  }

  /** Of a series come its master and its occurrences, which say no more than when they are. */
  private async listedChanges(
    listed: readonly GraphEvent[],
    masters: Map<string, GraphEvent | null>,
  ): Promise<EventChange[]> {
    for (const event of listed) if (isMaster(event)) masters.set(String(event['id']), event);
    const missing = listed.flatMap((event) => {
      const seriesId = isOccurrence(event) ? usableId(event['seriesMasterId']) : null;
      return seriesId !== null && !masters.has(seriesId) ? [seriesId] : [];
    });
    for (const [id, master] of await this.readMasters([...new Set(missing)])) masters.set(id, master);
    const changes = await Promise.all(
      listed.map(async (event) => {
        if (!isOccurrence(event)) return this.changesOf(event);
        const master = masters.get(String(event['seriesMasterId']));
        return master ? this.changesOf({ ...master, ...event }) : [];
      }),
    );
    return changes.flat();
  }

  /**
   * That one of a series was deleted is told by nothing but its absence (microsoft-graph-docs #4501, #7632): of each that is listed
   * all there is of it in the window is read.
   */
  private async changesSince(listed: readonly GraphEvent[], window: CalendarWindow): Promise<EventChange[]> {
    const changes: EventChange[] = [];
    const series = new Set<string>();
    for (const event of listed) {
      const seriesId = isMaster(event) ? usableId(event['id']) : usableId(event['seriesMasterId']);
      if (seriesId === null || isRemoved(event)) changes.push(...(await this.changesOf(event)));
      else series.add(seriesId);
    }
    for (const seriesId of series) changes.push({ kind: 'removed', remoteId: seriesId });
    for (const event of await this.instancesOf([...series], window))
      changes.push(...(await this.changesOf(event)));
    return changes;
  }

  private async changesOf(event: GraphEvent): Promise<EventChange[]> {
    const remoteId = usableId(event['id']);
    if (remoteId === null || (isMaster(event) && !isRemoved(event))) return [];
    if (isRemoved(event) || isCancelled(event)) return [{ kind: 'removed', remoteId }];
    const isAsked = hasAttendees(event) && !isPrivateEvent(event);
    const read = readEvent(event, isAsked ? await this.own() : new Set());
    return read ? [{ kind: 'event', event: read }] : [];
  }

  private async readMasters(ids: readonly string[]): Promise<Map<string, GraphEvent | null>> {
    const parts = ids.map((id): BatchPart => ({
      operation: 'events.get',
      path: paths.event(id),
      prefer: IN_UTC,
    }));
    const read = await this.batched(parts);
    return new Map(ids.map((id, at) => [id, read[at] as GraphEvent | null]));
  }

  private async instancesOf(ids: readonly string[], { from, to }: CalendarWindow): Promise<GraphEvent[]> {
    const parts = ids.map((id): BatchPart => {
      return { operation: 'events.instances', path: paths.instances(id, from, to), prefer: IN_UTC };
    });
    const events: GraphEvent[] = [];
    for (const body of await this.batched(parts))
      if (body) events.push(...(await this.restOf('events.instances', body)));
    return events;
  }

  /** @returns bodies in the order of the parts; null for what is gone */
  private async batched(parts: readonly BatchPart[]): Promise<unknown[]> {
    const bodies: unknown[] = [];
    for (let at = 0; at < parts.length; at += MOST_PARTS)
      for (const answer of await this.client.batch(parts.slice(at, at + MOST_PARTS))) {
        if (!answer.ok && !(answer.error instanceof ContactGone)) throw answer.error;
        bodies.push(answer.ok ? answer.body : null);
      }
    return bodies;
  }

  private async wholeList(operation: 'calendars.list', path: string): Promise<GraphEvent[]> {
    return this.restOf(operation, await this.client.json<unknown>({ operation, path }));
  }

  /** A list that was begun, to its end. */
  private async restOf(
    operation: 'calendars.list' | 'events.instances',
    first: unknown,
  ): Promise<GraphEvent[]> {
    const found: GraphEvent[] = [];
    let page = first as { value?: unknown; '@odata.nextLink'?: unknown } | null;
    for (let pages = 1; page; pages++) {
      if (pages > MOST_PAGES) throw new ProviderBusy({ operation, code: 'LIST_WITHOUT_END' });
      found.push(...((Array.isArray(page.value) ? page.value : []) as GraphEvent[]));
      const next = this.client.link(operation, page['@odata.nextLink']);
      page = next === null ? null : await this.client.json({ operation, path: next, prefer: IN_UTC });
    }
    return found;
  }

  /** Asked once, and only where somebody is asked to an event. */
  private own(): Promise<ReadonlySet<string>> {
    this.ownAddresses ??= this.client
      .json<{ mail?: unknown; userPrincipalName?: unknown } | null>({ operation: 'me.get', path: paths.me })
      .then((me) => {
        const said = [me?.mail, me?.userPrincipalName].filter((text) => typeof text === 'string');
        return new Set(said.map((text) => text.toLowerCase()));
      });
    return this.ownAddresses;
  }
}

const MOST_PAGES = 100;

function isMaster(event: GraphEvent): boolean {
  return event['type'] === 'seriesMaster';
}

/** One that was changed (`exception`) is whole. */
function isOccurrence(event: GraphEvent): boolean {
  return event['type'] === 'occurrence' && !isRemoved(event);
}

function readCursor(cursor: string): EventsCursor | null {
  try {
    const { link, whole } = JSON.parse(cursor) as Partial<EventsCursor>;
    return typeof link === 'string' && typeof whole === 'boolean' ? { link, whole } : null;
  } catch {
    return null;
  }
}
