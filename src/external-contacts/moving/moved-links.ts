import { type EntityManager } from 'typeorm';
import { type PersonMoved } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';
import { type ExternalLink } from '../external-link.entity.js';

export type Move = Omit<PersonMoved, 'manager'>;

/** Rows of one statement. */
const CHUNK = 500;

/** Everything there is between one person and others, locked until the transaction ends. */
export async function linksOf(manager: EntityManager, userId: Id): Promise<ExternalLink[]> {
  const links: ExternalLink[] = [];
  for (const column of ['lowUserId', 'highUserId'])
    links.push(
      ...(await manager.query<ExternalLink[]>(
        `SELECT * FROM external_links WHERE ${column} = ? ORDER BY id FOR UPDATE`,
        [userId],
      )),
    );
  return links;
}

/** The other one of a link. */
export function otherOf(link: ExternalLink, userId: Id): { accountId: Id; userId: Id } {
  return link.lowUserId === userId
    ? { accountId: link.highAccountId, userId: link.highUserId }
    : { accountId: link.lowAccountId, userId: link.lowUserId };
}

/**
 * Puts the person into their links and cards as whom they are now, on both sides: `external_links` is keyed by the two
 * ids, so its rows are written anew under their own.
 */
export async function moveLinks(
  manager: EntityManager,
  { from, to }: Move,
  links: readonly ExternalLink[],
): Promise<void> {
  for (let start = 0; start < links.length; start += CHUNK) {
    const chunk = links.slice(start, start + CHUNK);
    await manager.query(
      `INSERT INTO external_links (id, lowUserId, highUserId, lowAccountId, highAccountId, state, askedBy, endedBy)
       VALUES ${chunk.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}
       ON DUPLICATE KEY UPDATE lowUserId = VALUES(lowUserId), highUserId = VALUES(highUserId),
         lowAccountId = VALUES(lowAccountId), highAccountId = VALUES(highAccountId),
         askedBy = VALUES(askedBy), endedBy = VALUES(endedBy), revision = revision + 1`,
      chunk.flatMap((link) => {
        const other = otherOf(link, from.userId);
        const [low, high] = other.userId < to.userId ? [other, to] : [to, other];
        const now = (id: Id | null) => (id === from.userId ? to.userId : id);
        return [
          ...[link.id, low.userId, high.userId, low.accountId, high.accountId, link.state],
          ...[now(link.askedBy), now(link.endedBy)],
        ];
      }),
    );
    const ids = chunk.map(({ id }) => id);
    await manager.query(
      'UPDATE external_contacts SET otherUserId = ?, otherAccountId = ? WHERE linkId IN (?) AND otherUserId = ?',
      [to.userId, to.accountId, ids, from.userId],
    );
    await manager.query(
      'UPDATE external_contacts SET ownerId = ?, accountId = ? WHERE linkId IN (?) AND ownerId = ?',
      [to.userId, to.accountId, ids, from.userId],
    );
  }
}

/** What the others of these links keep of the person in rows of their own: whom they were asked by, and whom they block. */
export async function moveMentions(
  manager: EntityManager,
  { from, to }: Move,
  links: readonly ExternalLink[],
): Promise<void> {
  for (let start = 0; start < links.length; start += CHUNK) {
    const others = links.slice(start, start + CHUNK).map((link) => otherOf(link, from.userId).userId);
    // What they asked of others, in the others' rows, which say who asked as it was then.
    await manager.query(
      `UPDATE external_requests_received SET senderId = ?, senderAccountId = ?
       WHERE receiverId IN (?) AND senderId = ?`,
      [to.userId, to.accountId, others, from.userId],
    );
    // Whoever wants to hear nothing of them hears nothing.
    await manager.query(
      `DELETE b FROM external_blocks b JOIN external_blocks t ON t.ownerId = b.ownerId AND t.blockedUserId = ?
       WHERE b.ownerId IN (?) AND b.blockedUserId = ?`,
      [to.userId, others, from.userId],
    );
    await manager.query(
      'UPDATE external_blocks SET blockedUserId = ? WHERE ownerId IN (?) AND blockedUserId = ?',
      [to.userId, others, from.userId],
    );
    // Blocked in the moment of the move, while the request was somebody else's already.
    await manager.query(
      `UPDATE external_requests_received r
       JOIN external_blocks b ON b.ownerId = r.receiverId AND b.blockedUserId = r.senderId
       SET r.state = 'blocked', r.answeredAt = UTC_TIMESTAMP(3)
       WHERE r.receiverId IN (?) AND r.senderId = ? AND r.state = 'waiting'`,
      [others, to.userId],
    );
  }
}

/**
 * Somebody both of whom they were have something with: rare, for whoever a company has just let in has nothing yet. The
 * connected one of the two links stays, of two such the company's; what was kept beside the other goes over to it.
 * @returns those of `links` that are still to be moved
 */
export async function mergeDoubles(
  manager: EntityManager,
  { from, to }: Move,
  links: readonly ExternalLink[],
): Promise<ExternalLink[]> {
  const theirs = await linksOf(manager, to.userId);
  const byOther = new Map(theirs.map((link) => [otherOf(link, to.userId).userId, link]));
  const left: ExternalLink[] = [];
  for (const link of links) {
    const double = byOther.get(otherOf(link, from.userId).userId);
    if (!double) {
      left.push(link);
      continue;
    }
    const keepsOld = link.state === 'connected' && double.state !== 'connected';
    const [kept, dropped] = keepsOld ? [link, double] : [double, link];
    await joinCards(
      manager,
      { kept, keptId: keepsOld ? from.userId : to.userId },
      {
        ...{ dropped, droppedId: keepsOld ? to.userId : from.userId },
      },
    );
    if (keepsOld) left.push(link);
  }
  return left;
}

/** One card of somebody instead of two, on both sides: with either's star, both notes and all folders. */
async function joinCards(
  manager: EntityManager,
  { kept, keptId }: { kept: ExternalLink; keptId: Id },
  { dropped, droppedId }: { dropped: ExternalLink; droppedId: Id },
): Promise<void> {
  const other = otherOf(kept, keptId).userId;
  for (const [keptCard, droppedCard] of [
    [
      [kept.id, keptId],
      [dropped.id, droppedId],
    ],
    [
      [kept.id, other],
      [dropped.id, other],
    ],
  ]) {
    const [a] = await manager.query<Card[]>(CARD, keptCard);
    const [b] = await manager.query<Card[]>(CARD, droppedCard);
    if (!a || !b) continue;
    const notes = [...new Set([a.note, b.note].filter((note) => note !== null))];
    await manager.query(
      'UPDATE external_contacts SET starred = GREATEST(starred, ?), note = ?, revision = revision + 1 WHERE id = ?',
      [b.starred, notes.length === 0 ? null : [...notes.join('\n\n')].slice(0, 2000).join(''), a.id],
    );
    await manager.query(
      `INSERT INTO external_folder_members (folderId, contactId, accountId, ownerId)
       SELECT m.folderId, ?, m.accountId, m.ownerId FROM external_folder_members m WHERE m.contactId = ?
       ON DUPLICATE KEY UPDATE accountId = VALUES(accountId)`,
      [a.id, b.id],
    );
    await manager.query('DELETE FROM external_folder_members WHERE contactId = ?', [b.id]);
    await manager.query('DELETE FROM external_contacts WHERE id = ?', [b.id]);
  }
  await manager.query('DELETE FROM external_contacts WHERE linkId = ?', [dropped.id]);
  await manager.query('DELETE FROM external_links WHERE id = ?', [dropped.id]);
}

const CARD = 'SELECT id, starred, note FROM external_contacts WHERE linkId = ? AND ownerId = ?';

interface Card {
  id: Id;
  starred: number;
  note: string | null;
}
