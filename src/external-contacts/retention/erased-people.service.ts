import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { AccountEvents, type PeopleErased } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { requestPurposes } from '../requests/request-links.js';
import { forgetInCompanyHistories } from './company-histories.js';

/** Pairs of people, and subjects of the journal, of one statement: from 1,000 in a list on MariaDB plans it otherwise. */
const CHUNK = 200;

/** Templates whose mails say who asks, or are to whom was asked; `<template> <request> <sending>` is their key. */
const TEMPLATES = ['external-request', 'external-pending', 'external-invitation'];

/** What is between an erased person and somebody else, whose rows say whom they knew. */
interface Pair {
  linkId: Id;
  erasedId: Id;
  erasedAccountId: Id;
  otherId: Id;
  otherAccountId: Id;
}

/** A request one of a pair sent the other, as it was brought. */
interface Brought {
  requestId: Id;
  senderId: Id;
  receiverId: Id;
  timesSent: number;
}

/**
 * Somebody who is erased for good goes from external contacts on both sides: links, cards, requests with who asked and
 * what they wrote, blocks, news, mails, and what the journal says of it. Others keep of it what they typed themselves and
 * nobody has answered (an address they asked): were it gone, they would learn that it was somebody's here.
 */
@Injectable()
export class ErasedExternalPeople implements OnModuleInit {
  constructor(private readonly events: AccountEvents) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
  }

  /** Locks in the order of everybody: the links, requests sent, requests received, contacts. */
  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    const pairs = await pairsOf(manager, userIds);
    for (let from = 0; from < pairs.length; from += CHUNK)
      await forgetPairs(manager, pairs.slice(from, from + CHUNK));
    await forgetOwn(manager, accountId, userIds);
  }
}

/** All of these people, locked until the transaction ends. */
async function pairsOf(manager: EntityManager, userIds: readonly Id[]): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const [own, other] of [
    ['low', 'high'],
    ['high', 'low'],
  ])
    pairs.push(
      ...(await manager.query<Pair[]>(
        `SELECT id AS linkId, ${own}UserId AS erasedId, ${own}AccountId AS erasedAccountId,
                ${other}UserId AS otherId, ${other}AccountId AS otherAccountId
         FROM external_links WHERE ${own}UserId IN (?) ORDER BY id FOR UPDATE`,
        [userIds],
      )),
    );
  return pairs;
}

async function forgetPairs(manager: EntityManager, pairs: readonly Pair[]): Promise<void> {
  const both = pairs.flatMap(({ erasedId, otherId }) => [
    [erasedId, otherId],
    [otherId, erasedId],
  ]);
  await forgetRequests(manager, pairs, both);
  await forgetInCompanyHistories(
    manager,
    pairs.map(({ erasedId }) => erasedId),
    pairs.map(({ otherId }) => otherId),
  );
  await manager.query('DELETE FROM external_blocks WHERE (ownerId, blockedUserId) IN (?)', [both]);
  const linkIds = pairs.map(({ linkId }) => linkId);
  const cards = await manager.query<{ id: Id; accountId: Id; ownerId: Id }[]>(
    'SELECT id, accountId, ownerId FROM external_contacts WHERE linkId IN (?) ORDER BY id FOR UPDATE',
    [linkIds],
  );
  const subjects = [
    ...cards.map(({ id, accountId }) => [accountId, id] as const),
    // A block, or its end, is told of the link.
    ...pairs.flatMap(({ linkId, erasedAccountId, otherAccountId }) => [
      [erasedAccountId, linkId] as const,
      [otherAccountId, linkId] as const,
    ]),
  ];
  for (const [accountId, ids] of byAccount(subjects)) await emptyInChunks(manager, accountId, ids);
  if (cards.length > 0) {
    const cardIds = cards.map(({ id }) => id);
    await manager.query('DELETE FROM external_folder_members WHERE contactId IN (?)', [cardIds]);
    await manager.query('DELETE FROM external_contacts WHERE id IN (?)', [cardIds]);
    await manager.query('DELETE FROM notifications WHERE (userId, href) IN (?)', [
      cards.map(({ id, ownerId }) => [ownerId, `${EXTERNAL}/${id}`]),
    ]);
  }
  await manager.query('DELETE FROM external_links WHERE id IN (?)', [linkIds]);
}

/** What was asked between the two, on both sides, with the news, mails and links that brought it. */
async function forgetRequests(
  manager: EntityManager,
  pairs: readonly Pair[],
  both: readonly (readonly Id[])[],
): Promise<void> {
  const answered = `s.state IN ('accepted', 'declined')`;
  const brought = await manager.query<Brought[]>(
    `SELECT r.requestId, r.senderId, r.receiverId, COALESCE(s.timesSent, 1) AS timesSent
     FROM external_requests_received r LEFT JOIN external_requests_sent s ON s.id = r.requestId
     WHERE (r.receiverId, r.senderId) IN (?)`,
    [both],
  );
  const requestIds = brought.map(({ requestId }) => requestId);
  if (requestIds.length > 0)
    await manager.query(`DELETE s FROM external_requests_sent s WHERE s.id IN (?) AND ${answered}`, [
      requestIds,
    ]);
  // One that was never brought, for both had asked, is known by the address alone.
  await manager.query(
    `DELETE s FROM external_requests_sent s JOIN sign_in_addresses a ON a.address = s.toAddress
     WHERE a.userId IN (?) AND s.senderId IN (?) AND ${answered}`,
    [pairs.map(({ erasedId }) => erasedId), pairs.map(({ otherId }) => otherId)],
  );
  await manager.query('DELETE FROM external_requests_received WHERE (receiverId, senderId) IN (?)', [both]);
  if (requestIds.length === 0) return;
  await manager.query(
    'DELETE FROM one_time_links WHERE userId IN (?) AND purpose IN (?) AND subjectId IN (?)',
    [brought.flatMap(({ senderId, receiverId }) => [senderId, receiverId]), ...[requestPurposes, requestIds]],
  );
  const people = brought.flatMap(({ requestId, senderId, receiverId }) => [
    [receiverId, `external.request:${requestId}`],
    [receiverId, `external.accepted:${requestId}`],
    [senderId, `external.accepted:${requestId}`],
  ]);
  for (let from = 0; from < people.length; from += CHUNK)
    await manager.query('DELETE FROM notifications WHERE (userId, onceKey) IN (?)', [
      people.slice(from, from + CHUNK),
    ]);
  await forgetMails(manager, brought);
}

async function forgetMails(manager: EntityManager, brought: readonly Brought[]): Promise<void> {
  const keys = brought.flatMap(({ requestId, timesSent }) =>
    TEMPLATES.flatMap((template) =>
      Array.from({ length: timesSent }, (_, sending) => `${template} ${requestId} ${sending + 1}`),
    ),
  );
  // Found first without locks: the sender holds those it is sending.
  for (let from = 0; from < keys.length; from += CHUNK) {
    const mails = await manager.query<{ id: Id }[]>('SELECT id FROM mails WHERE onceKey IN (?)', [
      keys.slice(from, from + CHUNK),
    ]);
    if (mails.length > 0)
      await manager.query('DELETE FROM mails WHERE id IN (?)', [mails.map(({ id }) => id)]);
  }
}

const ownTables = [
  'external_contact_lists',
  'external_folder_members',
  'external_folders',
  'external_contacts',
  'external_blocks',
];

/** What was theirs alone: what they asked whoever it was, folders, blocks of people who are no more. */
async function forgetOwn(manager: EntityManager, accountId: Id, userIds: readonly Id[]): Promise<void> {
  const folders = await manager.query<{ id: Id }[]>(
    'SELECT id FROM external_folders WHERE ownerId IN (?) AND accountId = ?',
    [userIds, accountId],
  );
  await emptyInChunks(
    manager,
    accountId,
    folders.map(({ id }) => id),
  );
  await manager.query('DELETE FROM external_requests_sent WHERE senderId IN (?)', [userIds]);
  await manager.query('DELETE FROM external_requests_received WHERE receiverId IN (?)', [userIds]);
  for (const table of ownTables) await manager.query(`DELETE FROM ${table} WHERE ownerId IN (?)`, [userIds]);
}

async function emptyInChunks(manager: EntityManager, accountId: Id, ids: readonly Id[]): Promise<void> {
  for (let from = 0; from < ids.length; from += CHUNK)
    await emptyChanges(manager, accountId, ids.slice(from, from + CHUNK));
}

function byAccount(subjects: readonly (readonly [Id, Id])[]): Map<Id, Id[]> {
  const accounts = new Map<Id, Id[]>();
  for (const [accountId, id] of subjects) accounts.set(accountId, [...(accounts.get(accountId) ?? []), id]);
  return accounts;
}
