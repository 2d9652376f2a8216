import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { contactFields, type CardProperty } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { storedContacts } from '../contact-writes.js';
import { type StoredContact } from '../contact-row.js';
import { areOwn } from '../owner.js';
import { findDuplicates, pairOf, type Candidate, type Duplicates } from './find-duplicates.js';

/** Contacts that were said to be different people, by one answer. */
export interface Distinction {
  answerId: Id;
  at: Date;
  contacts: { id: Id; displayName: string }[];
}

/** Who may be there twice, and who was said not to be. */
@Injectable()
export class DuplicatesQuery {
  constructor(private readonly database: DataSource) {}

  find(ownerId: Id): Promise<Duplicates> {
    return duplicatesOf(this.database, ownerId);
  }

  /** Living contacts of the owner among these ids. */
  contacts(ownerId: Id, ids: readonly Id[]): Promise<Map<Id, StoredContact>> {
    return storedContacts(this.database, ownerId, { ids });
  }

  /** True when the owner has or had all of these: one in the bin is known. */
  knows(ownerId: Id, ids: readonly string[]): Promise<boolean> {
    return areOwn(this.database, ownerId, ids);
  }

  async groupNames(ownerId: Id, ids: readonly Id[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<{ name: string }[]>(
      'SELECT name FROM personal_contact_groups WHERE ownerId = ? AND id IN (?) ORDER BY nameKey',
      [ownerId, ids],
    );
    return rows.map(({ name }) => name);
  }

  /** The last answers first, a page of them, as far as at least two of the contacts are living. */
  async distinctions(ownerId: Id, page: number): Promise<{ answers: Distinction[]; total: number }> {
    const answers = await this.database.query<{ answerId: Id; at: Date }[]>(
      `SELECT d.answerId, MAX(d.at) AS at FROM personal_contact_distinctions d
       JOIN personal_contacts l ON l.id = d.lowId AND l.deletedAt IS NULL
       JOIN personal_contacts h ON h.id = d.highId AND h.deletedAt IS NULL
       WHERE d.ownerId = ? GROUP BY d.answerId ORDER BY d.answerId DESC`,
      [ownerId],
    );
    const shown = answers.slice((page - 1) * limits.page, page * limits.page);
    if (shown.length === 0) return { answers: [], total: answers.length };
    const rows = await this.database.query<{ answerId: Id; id: Id; displayName: string }[]>(
      `SELECT DISTINCT d.answerId, c.id, c.displayName FROM personal_contact_distinctions d
       JOIN personal_contacts c ON c.id IN (d.lowId, d.highId) AND c.deletedAt IS NULL
       WHERE d.ownerId = ? AND d.answerId IN (?) ORDER BY c.id`,
      [ownerId, shown.map(({ answerId }) => answerId)],
    );
    return {
      total: answers.length,
      answers: shown.map((answer) => ({
        ...answer,
        contacts: rows.filter(({ answerId }) => answerId === answer.answerId),
      })),
    };
  }
}

/** Contacts of one statement: of each there may be a card of a hundred kilobytes, and pages wait while they are read. */
const TOGETHER = 500;
/** Further e-mails and numbers of one contact that are looked at. Nobody has more, but a file may say anything. */
const MOST_KEYS = 50;

/** Read anew each time, and of cards only those that have a key in them. */
export async function duplicatesOf(database: Statements, ownerId: Id): Promise<Duplicates> {
  const contacts: Candidate[] = [];
  for (let after = ''; ;) {
    const rows = await database.query<(Omit<Candidate, 'extra'> & { extra: string })[]>(
      `SELECT id, revision, ${contactFields.join(', ')},
         CASE WHEN extra LIKE '%["email",%' OR extra LIKE '%["tel",%' OR extra LIKE '%["bday",%' THEN extra ELSE '[]' END AS extra
       FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL AND id > ? ORDER BY id LIMIT ${TOGETHER}`,
      [ownerId, after],
    );
    for (const row of rows) contacts.push({ ...row, extra: keysIn(row.extra) });
    if (rows.length < TOGETHER) break;
    after = rows[TOGETHER - 1].id;
  }
  const pairs = await database.query<{ lowId: Id; highId: Id }[]>(
    'SELECT lowId, highId FROM personal_contact_distinctions WHERE ownerId = ?',
    [ownerId],
  );
  return findDuplicates(contacts, new Set(pairs.map(({ lowId, highId }) => pairOf(lowId, highId))));
}

/** What the safe list was when somebody looked at it: a press on "merge all" merges this and nothing else. */
export function digestOf(groups: readonly (readonly Candidate[])[]): string {
  const hash = createHash('sha256');
  for (const group of groups) hash.update(`${group.map(stateOf).join(' ')}\n`);
  return hash.digest('base64url');
}

/** A contact as a form was shown it. */
export function stateOf({ id, revision }: { id: Id; revision: number }): string {
  return `${id}.${revision}`;
}

/** Notes and pictures of ten thousand contacts are not held in memory. */
function keysIn(extra: string): CardProperty[] {
  if (extra === '[]') return [];
  const properties = JSON.parse(extra) as CardProperty[];
  const keys = properties.filter(([name]) => name === 'email' || name === 'tel' || name === 'bday');
  return keys.length <= MOST_KEYS
    ? keys
    : [...keys.filter(([name]) => name === 'bday').slice(0, 1), ...keys.slice(0, MOST_KEYS)];
}
