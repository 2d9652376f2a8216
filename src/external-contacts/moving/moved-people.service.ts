import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Belongings } from '../../accounts/belongings.js';
import { AccountEvents, type PersonMoved } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { type ExternalLink } from '../external-link.entity.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { ExternalLinks } from '../links/external-links.service.js';
import { linksOf, mergeDoubles, moveLinks, moveMentions, otherOf, type Move } from './moved-links.js';

/**
 * Somebody who moves to a company takes along whom they are in contact with, their folders, notes, blocks and requests;
 * the others have the same contact as before, at another company. With people of that very company it ends: they are
 * colleagues now. Told again, it brings what came in the moment of the move.
 */
@Injectable()
export class MovedExternalPeople implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly belongings: Belongings,
    private readonly links: ExternalLinks,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.events.moved.subscribe((news) => this.bring(news));
    this.belongings.add(
      {
        ...{ name: 'external-contacts', feature: 'external-contacts' },
        count: async (database, userId) =>
          counted(
            await database.query<Counted>(
              'SELECT COUNT(*) AS found FROM external_contacts WHERE ownerId = ? AND endedAt IS NULL',
              [userId],
            ),
          ),
      },
      {
        ...{ name: 'requests', feature: 'external-contacts' },
        count: async (database, userId) =>
          counted(
            await database.query<Counted>(
              `SELECT COUNT(*) AS found FROM external_requests_received
               WHERE receiverId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
              [userId],
            ),
          ) +
          counted(
            await database.query<Counted>(
              `SELECT COUNT(*) AS found FROM external_requests_sent
               WHERE senderId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
              [userId],
            ),
          ),
      },
    );
  }

  /** Locks in the order of everybody: the links, requests sent, requests received, contacts. */
  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    const links = await linksOf(manager, from.userId);
    const colleagues = links.filter((link) => otherOf(link, from.userId).accountId === to.accountId);
    await this.partFromColleagues(manager, { from, to }, colleagues);
    const others = links.filter((link) => !colleagues.includes(link));
    await moveRequests(manager, { from, to });
    await moveLinks(manager, { from, to }, await mergeDoubles(manager, { from, to }, others));
    // Also of those that were merged: no link says what is theirs alone.
    await moveMentions(manager, { from, to }, others);
    await this.partFromBlockers(manager, { from, to }, others);
    await moveFolders(manager, { from, to });
    await moveBlocks(manager, { from, to });
    await manager.query('DELETE FROM external_contact_lists WHERE ownerId = ?', [from.userId]);
  }

  /** What was between them stays behind, with the person who is no more: nobody brings it back between colleagues. */
  private async partFromColleagues(
    manager: EntityManager,
    { from, to }: Move,
    colleagues: readonly ExternalLink[],
  ): Promise<void> {
    const parted: ExternalLink[] = [];
    for (const link of colleagues)
      if (await this.links.part(manager, link, { by: null, for: 'erased' })) parted.push(link);
    await this.tellColleagues(manager, from.userId, parted);
    if (colleagues.length === 0) return;
    const ids = colleagues.map((link) => otherOf(link, from.userId).userId);
    // What one of them still asks of the other has nobody to answer it.
    const asked = await manager.query<{ requestId: Id }[]>(
      `SELECT requestId FROM external_requests_received
       WHERE state = 'waiting' AND ((receiverId = ? AND senderAccountId = ?) OR (receiverId IN (?) AND senderId = ?))`,
      [from.userId, to.accountId, ids, from.userId],
    );
    if (asked.length === 0) return;
    const requestIds = asked.map(({ requestId }) => requestId);
    for (const [table, key] of [
      ['external_requests_sent', 'id'],
      ['external_requests_received', 'requestId'],
    ])
      await manager.query(
        `UPDATE ${table} SET state = IF(senderId = ?, 'withdrawn', 'expired'), answeredAt = UTC_TIMESTAMP(3)
         WHERE ${key} IN (?) AND state = 'waiting'`,
        [from.userId, requestIds],
      );
    await manager.query(`UPDATE external_requests_sent SET openKey = NULL WHERE id IN (?)`, [requestIds]);
  }

  /** Whoever blocked them in the moment of the move, as whom they no longer were, is in contact with nobody they block. */
  private async partFromBlockers(
    manager: EntityManager,
    { from, to }: Move,
    links: readonly ExternalLink[],
  ): Promise<void> {
    if (links.length === 0) return;
    const others = new Map(
      links.map((link) => otherOf(link, from.userId)).map((side) => [side.userId, side]),
    );
    const blockers = await manager.query<{ ownerId: Id }[]>(
      'SELECT ownerId FROM external_blocks WHERE ownerId IN (?) AND blockedUserId = ?',
      [[...others.keys()], to.userId],
    );
    for (const { ownerId: by } of blockers) {
      const other = others.get(by);
      if (!other) continue;
      await this.links.part(manager, await this.links.meet(manager, other, to), { by, for: 'blocked' });
    }
  }

  /** That the contact has ended, and no more: who works in the company, its directory says to those who may know. */
  private async tellColleagues(
    manager: EntityManager,
    userId: Id,
    parted: readonly ExternalLink[],
  ): Promise<void> {
    const [person] = await manager.query<{ givenName: string; familyName: string; email: string }[]>(
      'SELECT givenName, familyName, email FROM users WHERE id = ?',
      [userId],
    );
    if (!person || parted.length === 0) return;
    const values = { name: `${person.givenName} ${person.familyName}`.trim(), address: person.email };
    // Their own notes are there for 30 days.
    const cards = await manager.query<{ id: Id; accountId: Id; ownerId: Id; linkId: Id }[]>(
      'SELECT id, accountId, ownerId, linkId FROM external_contacts WHERE linkId IN (?) AND otherUserId = ?',
      [parted.map(({ id }) => id), userId],
    );
    await this.notifications.tell(
      manager,
      cards.map(({ id, accountId, ownerId, linkId }) => ({
        ...{ accountId, userId: ownerId, kind: 'external.removed', values },
        ...{ href: `${EXTERNAL}/${id}`, onceKey: `moved:${linkId}` },
      })),
    );
  }
}

type Counted = { found: number | string }[];

function counted([row]: Counted): number {
  return Number(row?.found ?? 0);
}

async function moveRequests(manager: EntityManager, { from, to }: Move): Promise<void> {
  // One that waits for each address: the company's person may have asked the same.
  await manager.query(
    `UPDATE external_requests_sent m
     JOIN external_requests_sent t ON t.senderId = ? AND t.toAddress = m.toAddress AND t.openKey = 1
     SET m.state = 'withdrawn', m.openKey = NULL, m.answeredAt = UTC_TIMESTAMP(3)
     WHERE m.senderId = ? AND m.openKey = 1`,
    [to.userId, from.userId],
  );
  await manager.query('UPDATE external_requests_sent SET senderId = ?, accountId = ? WHERE senderId = ?', [
    ...[to.userId, to.accountId, from.userId],
  ]);
  await manager.query(
    `UPDATE external_requests_received SET receiverId = ?, accountId = ?
     WHERE receiverId = ? AND senderAccountId <> ?`,
    [to.userId, to.accountId, from.userId, to.accountId],
  );
}

/** Two folders of one name become one. Places of contacts that stay behind stay with them. */
async function moveFolders(manager: EntityManager, { from, to }: Move): Promise<void> {
  const same = await manager.query<{ mine: Id; theirs: Id }[]>(
    `SELECT m.id AS mine, t.id AS theirs FROM external_folders m
     JOIN external_folders t ON t.ownerId = ? AND t.nameKey = m.nameKey AND t.liveKey = 1
     WHERE m.ownerId = ? AND m.liveKey = 1`,
    [to.userId, from.userId],
  );
  for (const { mine, theirs } of same) {
    await manager.query(
      `INSERT INTO external_folder_members (folderId, contactId, accountId, ownerId)
       SELECT ?, m.contactId, m.accountId, m.ownerId FROM external_folder_members m WHERE m.folderId = ?
       ON DUPLICATE KEY UPDATE accountId = VALUES(accountId)`,
      [theirs, mine],
    );
    await manager.query('DELETE FROM external_folder_members WHERE folderId = ?', [mine]);
    await manager.query('DELETE FROM external_folders WHERE id = ?', [mine]);
  }
  await manager.query('UPDATE external_folders SET ownerId = ?, accountId = ? WHERE ownerId = ?', [
    ...[to.userId, to.accountId, from.userId],
  ]);
  await manager.query(
    `UPDATE external_folder_members SET ownerId = ?, accountId = ?
     WHERE ownerId = ? AND contactId NOT IN (SELECT id FROM external_contacts WHERE ownerId = ?)`,
    [to.userId, to.accountId, from.userId, from.userId],
  );
}

async function moveBlocks(manager: EntityManager, { from, to }: Move): Promise<void> {
  await manager.query(
    `DELETE b FROM external_blocks b JOIN external_blocks t ON t.ownerId = ? AND t.blockedUserId = b.blockedUserId
     WHERE b.ownerId = ?`,
    [to.userId, from.userId],
  );
  await manager.query('UPDATE external_blocks SET ownerId = ?, accountId = ? WHERE ownerId = ?', [
    ...[to.userId, to.accountId, from.userId],
  ]);
}
