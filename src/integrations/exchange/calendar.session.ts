import { limits } from '../../config/limits.js';
import {
  type CalendarSession,
  type CalendarWindow,
  type EventsPage,
  type RemoteCalendar,
  type RemoteEvent,
} from '../calendar-connector.js';
import { type Cursor } from '../contacts-connector.js';
import { AccessDenied, ContactGone, ProviderBusy } from '../provider-errors.js';
import {
  calendarView,
  EVENTS_A_VIEW,
  findCalendars,
  getCalendarAndBin,
  getMeetings,
} from './calendar-requests.js';
import { organizerOf, readListed, withPeople, type ListedEvent } from './calendar.mapping.js';
import { mayBeOfOne } from './errors.js';
import { HIDDEN, syncFolderItems } from './ews-requests.js';
import { type EwsClient, type EwsRequest } from './ews.client.js';
import { isHidden } from './exchange-folders.js';
import { LARGEST_BATCH } from './exchange-items.js';
import { readPage } from './exchange.session.js';
import { idOf } from './ids.js';
import { type XmlElement } from './reader.js';
import { type ExchangeVersion } from './versions.js';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Calendars of one mailbox. Changes of a folder name masters of series and not what they come to: they only tell that something
 * changed, and then the window is read anew.
 */
export class ExchangeCalendarSession implements CalendarSession {
  /** @param own addresses known to be the person's, in small letters; meetings teach more */
  constructor(
    private readonly client: EwsClient,
    private readonly own: Set<string>,
    private readonly end: () => void,
  ) {}

  async calendars(): Promise<RemoteCalendar[]> {
    const [calendar, bin] = await this.all(getCalendarAndBin());
    const [found] = await this.all(findCalendars());
    const [ownId, binId] = [calendar, bin].map((each) => idOf(each.find('FolderId')));
    if (!ownId || !binId) throw new ProviderBusy({ operation: 'GetFolder', code: 'INCOMPLETE' });
    const listed = found.at('RootFolder', 'Folders')?.children ?? [];
    const deleted = new Set([binId]);
    // Parents may come after their children: what lies in a deleted calendar is found in as many rounds as it is deep.
    for (let before = 0; deleted.size > before;) {
      before = deleted.size;
      for (const folder of listed)
        if (deleted.has(idOf(folder.child('ParentFolderId')) ?? ''))
          deleted.add(idOf(folder.child('FolderId')) ?? '');
    }
    const others = listed
      .map((folder) => ({ remoteId: idOf(folder.child('FolderId')) ?? '', folder }))
      .filter(({ remoteId }) => remoteId !== '' && remoteId !== ownId && !deleted.has(remoteId))
      .filter(({ folder }) => !isHidden(folder, HIDDEN));
    return [
      calendarOf(ownId, calendar.find('DisplayName')?.text, true),
      ...others.map(({ remoteId, folder }) => calendarOf(remoteId, folder.textAt('DisplayName'), false)),
    ];
  }

  async *events(
    calendarId: string,
    window: CalendarWindow,
    cursor: Cursor | null,
  ): AsyncGenerator<EventsPage> {
    // The state of before the window is read: what changes meanwhile is told once more.
    const { state, isChanged } = await this.stateOf(calendarId, cursor);
    if (cursor !== null && !isChanged) {
      yield { changes: [], cursor, last: true, whole: false };
      return;
    }
    const listed = new Map<string, ListedEvent>();
    // Whole days of zones far east and west reach into the window too.
    const from = new Date(window.from.getTime() - 14 * HOUR_MS);
    const to = new Date(window.to.getTime() + 12 * HOUR_MS);
    await this.view(calendarId, { from, to }, listed);
    const events = await this.withPeople([...listed.values()]);
    yield {
      changes: events.map((event) => ({ kind: 'event', event })),
      ...{ cursor: state, last: true, whole: true },
    };
  }

  close(): void {
    this.end();
  }

  private async stateOf(calendarId: string, cursor: Cursor | null) {
    let state = cursor;
    let isChanged = false;
    for (;;) {
      const page = readPage(
        await this.client.askOne(syncFolderItems(calendarId, state)),
        'IncludesLastItemInRange',
        state,
      );
      state = page.state;
      // That somebody has read an invitation changes nothing.
      isChanged ||= page.changes.some(({ name }) => name !== 'ReadFlagChange');
      if (page.last) return { state, isChanged };
    }
  }

  /** A view has no second page: one that is not complete is cut in two. */
  private async view(folderId: string, range: CalendarWindow, into: Map<string, ListedEvent>): Promise<void> {
    const message = await this.asked((version) => calendarView(folderId, range, version));
    const root = message.child('RootFolder');
    const isWhole = root?.attribute('IncludesLastItemInRange');
    if (!root || (isWhole !== 'true' && isWhole !== 'false'))
      throw new ProviderBusy({ operation: 'FindItem', code: 'INCOMPLETE' });
    const items = root.childrenOf('Items');
    if (items.length > 2 * EVENTS_A_VIEW)
      throw new ProviderBusy({ operation: 'FindItem', code: 'PAGE_TOO_LONG' });
    const [from, to] = [range.from.getTime(), range.to.getTime()];
    if (isWhole === 'true' || to - from <= HOUR_MS) {
      for (const item of items) {
        const listed = readListed(item);
        if (listed) into.set(listed.event.remoteId, listed);
      }
      return;
    }
    // More than are kept need not be read.
    const middle = new Date(Math.floor((from + to) / 2 / 1000) * 1000);
    await this.view(folderId, { from: range.from, to: middle }, into);
    if (into.size <= limits.eventsPerCalendar)
      await this.view(folderId, { from: middle, to: range.to }, into);
  }

  private async withPeople(listed: readonly ListedEvent[]): Promise<RemoteEvent[]> {
    const meetings = listed.filter(({ isMeeting }) => isMeeting).map(({ event }) => event);
    const read = await this.meetings(meetings.map(({ remoteId }) => remoteId));
    // Whoever organises it as oneself is oneself, in all others too.
    for (const { remoteId, response } of meetings) {
      const item = read.get(remoteId);
      const address = response === 'organizer' && item && item !== 'gone' ? organizerOf(item) : null;
      if (address) this.own.add(address);
    }
    return listed.flatMap(({ event, isMeeting }) => {
      const item = isMeeting ? read.get(event.remoteId) : undefined;
      if (item === 'gone') return [];
      return [item ? withPeople(event, item, this.own) : event];
    });
  }

  /** In batches; one the server cannot open is known by its time alone. */
  private async meetings(ids: readonly string[]): Promise<Map<string, XmlElement | 'gone'>> {
    const read = new Map<string, XmlElement | 'gone'>();
    let waiting = [...ids];
    while (waiting.length > 0) {
      const batch = waiting.slice(0, LARGEST_BATCH);
      const request = getMeetings(batch, this.client.version);
      const messages = await this.client.ask(request);
      const again: string[] = [];
      batch.forEach((id, at) => {
        const message = messages[at];
        const item = message.element.childrenOf('Items')[0];
        if (message.stopped) again.push(id);
        else if (message.ok && item) read.set(id, item);
        else if (!message.ok) {
          const error = this.client.errorOf(message, request);
          if (error instanceof ContactGone) read.set(id, 'gone');
          else if (
            !(error instanceof AccessDenied) &&
            !(error instanceof ProviderBusy && mayBeOfOne(message.failure.code))
          )
            throw error;
        }
      });
      // A batch that was stopped before its first would go round for ever.
      if (again.length === batch.length)
        throw new ProviderBusy({ operation: 'GetItem', code: 'ErrorBatchProcessingStopped' });
      waiting = [...again, ...waiting.slice(batch.length)];
    }
    return read;
  }

  private async all(request: EwsRequest): Promise<XmlElement[]> {
    const messages = await this.client.ask(request);
    const failed = messages.find(({ ok }) => !ok);
    if (failed) throw this.client.errorOf(failed, request);
    return messages.map(({ element }) => element);
  }

  /** A server that turns out to be older does not know all we ask for: it is asked once more, for less. */
  private async asked(request: (version: ExchangeVersion) => EwsRequest): Promise<XmlElement> {
    const { version } = this.client;
    try {
      return await this.client.askOne(request(version));
    } catch (error) {
      if (this.client.version === version || !(error instanceof ProviderBusy)) throw error;
      return this.client.askOne(request(this.client.version));
    }
  }
}

function calendarOf(remoteId: string, name: string | null | undefined, isPrimary: boolean): RemoteCalendar {
  return { remoteId, name: name?.trim() ?? '', colour: null, isPrimary, access: 'details' };
}
