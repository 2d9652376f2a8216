import { isId } from '../../database/id.js';
import { type RemoteContact } from '../contacts-connector.js';
import {
  AccessDenied,
  ContactGone,
  ProviderBusy,
  Throttled,
  type ProviderError,
} from '../provider-errors.js';
import { mayBeOfOne, wantsLess } from './errors.js';
import { type EwsMessage } from './ews-answer.js';
import { getItems, MARKER_NAME } from './ews-requests.js';
import { type EwsClient } from './ews.client.js';
import { remoteContact } from './exchange-memory.js';
import { chooseSlots, readContact } from './exchange.mapping.js';
import { changeKeyOf, idOf } from './ids.js';
import { type XmlElement } from './reader.js';

export const LARGEST_BATCH = 50;
const SMALLEST_BATCH = 10;
/** How often what nobody can explain is tried. */
export const TRIES = 3;

/** How many items are read at once: less where the server was too busy for more, growing again when it is not. */
export class BatchSize {
  private size = LARGEST_BATCH;

  get now(): number {
    return this.size;
  }
  get isUsual(): boolean {
    return this.size === LARGEST_BATCH;
  }

  /** @returns whether there is less to try */
  less(): boolean {
    const before = this.size;
    this.size = Math.max(SMALLEST_BATCH, Math.floor(this.size / 2));
    return this.size < before;
  }

  more(): void {
    this.size = Math.min(LARGEST_BATCH, this.size * 2);
  }
}

/** `gone`: not there, or not to be seen. `unreadable`: there, and the server cannot say it. `other`: no contact. */
export type ItemRead =
  { kind: 'contact'; contact: RemoteContact } | { kind: 'gone' | 'unreadable' | 'other' };

/** Reads contacts in batches, each thing of a batch on its own. */
export async function readItems(
  client: EwsClient,
  ids: readonly string[],
  batch: BatchSize,
): Promise<Map<string, ItemRead>> {
  const read = new Map<string, ItemRead>();
  const failures = new Map<string, number>();
  let waiting = [...ids];
  while (waiting.length > 0) {
    const asked = waiting.slice(0, batch.now);
    const request = getItems(asked);
    let messages: EwsMessage[];
    try {
      messages = await client.ask(request);
    } catch (error) {
      const smaller = isTooMuch(error) && batch.less() && asked.length > batch.now;
      if (smaller && error instanceof ProviderBusy && error.facts['code'] !== 'CALL_TIMEOUT') continue;
      throw error;
    }
    const again: string[] = [];
    asked.forEach((id, at) => {
      const message = messages[at];
      if (message.ok) return read.set(id, itemOf(id, message.element));
      if (message.stopped) return again.push(id);
      const outcome = outcomeOf(client.errorOf(message, request), message.failure.code);
      const failed = (failures.get(id) ?? 0) + 1;
      if (outcome) return read.set(id, outcome);
      failures.set(id, failed);
      return failed < TRIES ? again.push(id) : read.set(id, { kind: 'unreadable' });
    });
    // A batch that was stopped before its first would go round for ever.
    if (again.length === asked.length && !asked.some((id) => failures.has(id)))
      throw new ProviderBusy({ operation: 'GetItem', code: 'ErrorBatchProcessingStopped' });
    waiting = [...again, ...waiting.slice(asked.length)];
  }
  return read;
}

/** A server that had no time, or took too long: the next batch is smaller, now or in the next run. */
function isTooMuch(error: unknown): boolean {
  if (error instanceof Throttled) return true;
  const code = error instanceof ProviderBusy ? String(error.facts['code'] ?? '') : '';
  return wantsLess(code) || code === 'CALL_TIMEOUT';
}

/** null: to be tried again; one contact must not keep back all others of its folder. @throws what stops the whole reading */
function outcomeOf(error: ProviderError, code: string): ItemRead | null {
  if (error instanceof ContactGone) return { kind: 'gone' };
  if (error instanceof AccessDenied) return { kind: 'unreadable' };
  if (error instanceof ProviderBusy && mayBeOfOne(code)) return null;
  throw error;
}

function itemOf(id: string, message: XmlElement): ItemRead {
  const item = message.childrenOf('Items')[0];
  if (!item) throw new ProviderBusy({ operation: 'GetItem', code: 'INCOMPLETE' });
  if (item.name !== 'Contact') return { kind: 'other' };
  const key = item.child('ItemId');
  const [remoteId, revision] = [key?.attribute('Id'), changeKeyOf(key)];
  // An answer about something else than was asked for is none.
  if (remoteId !== id || !key?.attribute('ChangeKey'))
    throw new ProviderBusy({ operation: 'GetItem', code: 'INCOMPLETE' });
  if (revision === null) return { kind: 'unreadable' };
  const contact = readContact(item, markerOf);
  const whereabouts = {
    ...{ remoteId, revision },
    folderId: idOf(item.child('ParentFolderId')),
    isPrivate: item.textAt('Sensitivity') === 'Private',
  };
  return { kind: 'contact', contact: remoteContact(whereabouts, contact, chooseSlots(contact)) };
}

function markerOf(contact: XmlElement): string | null {
  const ours = contact.children.find(
    (property) =>
      property.name === 'ExtendedProperty' &&
      property.child('ExtendedFieldURI')?.attribute('PropertyName') === MARKER_NAME,
  );
  const marker = ours?.textAt('Value')?.trim();
  // Ours are ids; whatever else stands there, no row of ours is meant.
  return marker && isId(marker) ? marker : null;
}
