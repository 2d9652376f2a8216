import { type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { CONTACT_SUBJECT, type ContactAct, type Owner } from '../contact-act.js';
import { type ExternalLinks } from '../links/external-links.service.js';
import { type Journal } from '../../journal/journal.service.js';
import { type News, type Notifications } from '../../notifications/notifications.service.js';

/** Who removes contacts: the others are told their name. */
export interface Remover extends Owner {
  displayName: string;
  email: string;
}

/** What ends or begins again between two people needs these. */
export interface Between {
  links: ExternalLinks;
  journal: Journal;
  notifications: Notifications;
}

interface Pair {
  id: Id;
  linkId: Id;
  otherUserId: Id;
}

/**
 * Ends contacts for both sides and tells the others; part of `act`. Each link is held from then on, in the order of
 * their ids, before any contact is.
 * @returns those that were contacts until now
 */
export async function removeContacts(
  manager: EntityManager,
  { links, journal, notifications }: Between,
  remover: Remover,
  act: ContactAct,
  contacts: readonly Pair[],
): Promise<Id[]> {
  const { id: by, accountId } = remover;
  const parted = await links.partAll(manager, linksOf(contacts), { by, for: 'removed', at: act.now });
  const ended = contacts.filter(({ linkId }) => parted.has(linkId));
  await journal.record(
    manager,
    act.batchId,
    accountId,
    ended.map(({ id }) => ({ subjectId: id, subjectType: CONTACT_SUBJECT, action: 'removed' })),
  );
  await notifications.tell(manager, await newsOf(manager, remover, act, ended));
  return ended.map(({ id }) => id);
}

/**
 * Takes removals of this person back, for both; the others need not be told what is as it was.
 * @param undone the batch that had removed them
 * @returns those that are contacts again
 */
export async function rejoinContacts(
  manager: EntityManager,
  { links, journal }: Between,
  owner: Owner,
  act: ContactAct,
  undone: Id,
  contacts: readonly Pair[],
): Promise<Id[]> {
  const { id: by, accountId } = owner;
  // Only one's own removals; whoever else ended one meanwhile has the last word.
  const rejoined = await links.rejoinAll(manager, linksOf(contacts), { by, for: 'removed' });
  const again = contacts.filter(({ linkId }) => rejoined.has(linkId));
  await journal.record(
    manager,
    act.batchId,
    accountId,
    again.map(({ id }) => ({ subjectId: id, subjectType: CONTACT_SUBJECT, action: 'restored' })),
  );
  if (again.length > 0)
    await manager.query('DELETE FROM notifications WHERE userId IN (?) AND onceKey = ?', [
      again.map(({ otherUserId }) => otherUserId),
      onceKeyOf(undone, by),
    ]);
  return again.map(({ id }) => id);
}

function linksOf(contacts: readonly Pair[]): Id[] {
  return contacts.map(({ linkId }) => linkId);
}

/** To each of them, with their own card of the remover. */
async function newsOf(
  manager: EntityManager,
  { id: userId, displayName: name, email: address }: Remover,
  { batchId }: ContactAct,
  ended: readonly Pair[],
): Promise<News[]> {
  if (ended.length === 0) return [];
  const cards = await manager.query<{ id: Id; ownerId: Id; accountId: Id }[]>(
    'SELECT id, ownerId, accountId FROM external_contacts WHERE otherUserId = ? AND ownerId IN (?)',
    [userId, ended.map(({ otherUserId }) => otherUserId)],
  );
  return cards.map(({ id, ownerId, accountId }) => ({
    ...{ accountId, userId: ownerId, kind: 'external.removed', values: { name, address } },
    ...{ href: `/external-contacts/${id}`, onceKey: onceKeyOf(batchId, userId) },
  }));
}

function onceKeyOf(batchId: Id, userId: Id): string {
  return `removed:${batchId}:${userId}`;
}
