import { type RemoteContact } from '../contacts-connector.js';
import { ContactGone, ProviderBusy, Throttled, type ProviderError } from '../provider-errors.js';
import { type BatchAnswer, type GraphClient, MOST_PARTS } from './graph.client.js';
import { remoteContact } from './office365-memory.js';
import { chooseSlots, isPrivate, readContact } from './office365.mapping.js';
import { paths } from './office365-paths.js';
import { usableId } from './usable-id.js';

/** How often what nobody can explain is tried. */
export const TRIES = 3;

/** `gone`: not there, or not to be seen. `unreadable`: there, and the service cannot say it. */
export type ContactRead = { kind: 'contact'; contact: RemoteContact } | { kind: 'gone' | 'unreadable' };

/**
 * Reads contacts in batches, each contact of a batch on its own.
 * @param kept what was read is put here, and what is here already in this revision is not read: a mailbox that is throttled in the
 * middle of a page goes on from there
 * @param listed ids with the revision the listing has
 */
export async function readContacts(
  client: GraphClient,
  listed: ReadonlyMap<string, string>,
  kept: Map<string, RemoteContact>,
): Promise<Map<string, ContactRead>> {
  const read = new Map<string, ContactRead>();
  const failures = new Map<string, number>();
  for (const [id, revision] of listed) {
    const contact = kept.get(id);
    if (contact?.revision === revision) read.set(id, { kind: 'contact', contact });
  }
  let waiting = [...listed.keys()].filter((id) => !read.has(id));
  while (waiting.length > 0) {
    const asked = waiting.slice(0, MOST_PARTS);
    const answers = await client.batch(
      asked.map((id) => ({ operation: 'contacts.get' as const, path: paths.wholeContact(id) })),
    );
    const again: string[] = [];
    const stops: ProviderError[] = [];
    asked.forEach((id, at) => {
      const outcome = outcomeOf(id, answers[at]);
      if (outcome.kind === 'stops') return stops.push(outcome.error);
      if (outcome.kind === 'contact') kept.set(id, outcome.contact);
      if (outcome.kind !== 'failed') return read.set(id, outcome);
      const failed = (failures.get(id) ?? 0) + 1;
      failures.set(id, failed);
      return failed < TRIES ? again.push(id) : read.set(id, { kind: 'unreadable' });
    });
    if (stops.length > 0) throw longestOf(stops);
    waiting = [...again, ...waiting.slice(asked.length)];
  }
  return read;
}

/** A contact as an answer has it, with its folder as far as it is said; null where it names no contact a row can hold. */
export function contactOf(body: unknown, remoteId = idOf(body)): RemoteContact | null {
  const said = (body ?? {}) as Record<string, unknown>;
  const revision = usableId(said['changeKey']);
  if (remoteId === null || revision === null) return null;
  const folder = usableId(said['parentFolderId']);
  const contact = readContact(said);
  const place = {
    remoteId,
    revision,
    folderIds: folder === null ? [] : [folder],
    isPrivate: isPrivate(said),
  };
  return remoteContact(place, contact, chooseSlots(contact));
}

export function idOf(body: unknown): string | null {
  return usableId((body as { id?: unknown } | null)?.id);
}

type Outcome = ContactRead | { kind: 'failed' } | { kind: 'stops'; error: ProviderError };

/** `failed`: to be tried again; one contact must not keep back all others of its folder. `stops`: it is so of the whole mailbox. */
function outcomeOf(id: string, answer: BatchAnswer): Outcome {
  if (answer.ok) {
    const contact = contactOf(answer.body, id);
    return contact ? { kind: 'contact', contact } : { kind: 'unreadable' };
  }
  const { status, error } = answer;
  if (error instanceof ContactGone) return { kind: 'gone' };
  if (error instanceof Throttled || WHOLE_MAILBOX.has(status)) return { kind: 'stops', error };
  if (status === 403) return { kind: 'unreadable' };
  if (error instanceof ProviderBusy) return { kind: 'failed' };
  return { kind: 'stops', error };
}

const WHOLE_MAILBOX = new Set([401, 408, 424, 429, 502, 503, 504]);

/** Of several waits the longest is the mailbox's. */
function longestOf(errors: readonly ProviderError[]): ProviderError {
  const throttled = errors.filter((error) => error instanceof Throttled);
  return throttled.sort((one, other) => other.waitMs - one.waitMs)[0] ?? errors[0];
}
