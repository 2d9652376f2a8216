import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { type AuditEntry } from '../../journal/journal.entities.js';
import { likePattern, searchWords } from '../../text/fold.js';
import { OPERATOR, type AuditFilters } from './audit-state.js';

/** One act, as it was written. */
export type AuditRow = Omit<AuditEntry, 'accountId'>;

/** A name that fits more people and groups than this is too short to look for. */
export const NAMED_ALIKE = 200;

/** Acts of a kind up to here are few. */
const FEW = 5_000;

/** Reads the audit log of one account, newest first, at a million rows as at ten. */
@Injectable()
export class AuditList {
  constructor(private readonly database: DataSource) {}

  /** @param about ids of people and groups the acts were done to; null: whoever it was */
  async page(
    accountId: Id,
    filters: AuditFilters,
    about: readonly Id[] | null,
    { place, limit }: { place: Place; limit: number },
  ): Promise<KeysetPage<AuditRow>> {
    const source = await this.source(accountId, filters, about);
    // Keys alone first: every filter has an index that holds them in order.
    const keys = await keysetPage<Key>(newestFirst, place, limit, async (slice) => {
      if (source.length === 0) return [];
      const parts = source.map(
        ({ from, where }) =>
          `(SELECT a.id, a.at FROM ${from} WHERE ${where} AND ${slice.where}
            ORDER BY ${slice.orderBy} LIMIT ${slice.limit})`,
      );
      const values = source.flatMap((part) => [...part.values, ...slice.values]);
      return this.database.query<Key[]>(
        parts.length === 1
          ? parts[0]
          : `SELECT a.id, a.at FROM (${parts.join(' UNION ALL ')}) a ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        values,
      );
    });
    const ids = keys.rows.map(({ id }) => id);
    return { ...keys, rows: await this.rows(accountId, ids) };
  }

  /** One act. @returns null for another account's */
  async one(accountId: Id, id: Id): Promise<AuditRow | null> {
    return (await this.rows(accountId, [id]))[0] ?? null;
  }

  /** Everybody who ever did something that is in the log; null is the operator. */
  async actors(accountId: Id): Promise<(Id | null)[]> {
    const found = await this.database.query<{ actorId: Id | null }[]>(
      'SELECT actorId FROM audit_entries WHERE accountId = ? GROUP BY accountId, actorId LIMIT 500',
      [accountId],
    );
    return found.map(({ actorId }) => actorId);
  }

  /** Every kind of act that is in the log. */
  async actions(accountId: Id): Promise<string[]> {
    const found = await this.database.query<{ action: string }[]>(
      'SELECT action FROM audit_entries WHERE accountId = ? GROUP BY accountId, action LIMIT 500',
      [accountId],
    );
    return found.map(({ action }) => action);
  }

  /** People (those who were removed too) and groups by name. @returns null when too many are called so */
  async named(accountId: Id, q: string): Promise<Id[] | null> {
    const terms = searchWords(q);
    if (terms.length === 0) return [];
    const like = (column: string) => terms.map(() => `${column} LIKE ?`).join(' AND ');
    const values = [accountId, ...terms.map(likePattern)];
    const found = await this.database.query<{ id: Id }[]>(
      `(SELECT u.id FROM users u FORCE INDEX (ix_users_search)
        WHERE u.accountId = ? AND ${like('u.searchKey')} LIMIT ${NAMED_ALIKE + 1})
       UNION ALL (SELECT id FROM user_groups WHERE accountId = ? AND ${like('nameKey')} LIMIT ${NAMED_ALIKE + 1})
       UNION ALL (SELECT id FROM chat_groups WHERE accountId = ? AND ${like('nameKey')} LIMIT ${NAMED_ALIKE + 1})`,
      [...values, ...values, ...values],
    );
    return found.length > NAMED_ALIKE ? null : found.map(({ id }) => id);
  }

  /**
   * Where the rows of a list come from, each part in order by an index of its own: several kinds of act are as many
   * short lists laid together, so that ten rows of one kind are found among a million of others.
   */
  private async source(accountId: Id, filters: AuditFilters, about: readonly Id[] | null): Promise<Source[]> {
    const { who, action } = filters;
    const common = conditionsOf(accountId, filters);
    if (about !== null) {
      return about.length === 0 ? [] : [aboutThese(accountId, about, andAlso(common, actionIs(action)))];
    }
    const known = action === null ? [] : await this.matching(accountId, action);
    if (who !== null && (action === null || !(await this.areFew(accountId, known)))) {
      return [
        {
          from: 'audit_entries a FORCE INDEX (ix_audit_entries_actor)',
          ...andAlso(common, actionIs(action)),
        },
      ];
    }
    if (action === null) {
      return [{ from: 'audit_entries a FORCE INDEX (ix_audit_entries_account)', ...common }];
    }
    return known.map((each) => ({
      from: 'audit_entries a FORCE INDEX (ix_audit_entries_action)',
      ...andAlso(common, { where: 'a.action = ?', values: [each] }),
    }));
  }

  /** The kinds of act that a filter means. */
  private async matching(accountId: Id, action: string): Promise<string[]> {
    if (action.includes('.')) return [action];
    return (await this.actions(accountId)).filter((each) => each.startsWith(`${action}.`));
  }

  /** Rare acts are looked through for a person; common ones are met soon among what the person did. */
  private async areFew(accountId: Id, actions: readonly string[]): Promise<boolean> {
    if (actions.length === 0) return true;
    const found = await this.database.query<unknown[]>(
      `SELECT 1 FROM audit_entries FORCE INDEX (ix_audit_entries_action)
       WHERE accountId = ? AND action IN (?) LIMIT ${FEW + 1}`,
      [accountId, actions],
    );
    return found.length <= FEW;
  }

  private async rows(accountId: Id, ids: readonly Id[]): Promise<AuditRow[]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<(Omit<AuditRow, 'details'> & { details: string | null })[]>(
      `SELECT id, actorId, actorName, action, targetType, targetId, targetName, batchId, details, address, requestId, at
       FROM audit_entries WHERE id IN (?) AND accountId = ?`,
      [ids, accountId],
    );
    const byId = new Map(found.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      if (!row) return [];
      const details = row.details === null ? null : (JSON.parse(row.details) as AuditRow['details']);
      return [{ ...row, details }];
    });
  }
}

interface Key {
  id: Id;
  at: Date;
}

interface Condition {
  where: string;
  values: unknown[];
}

interface Source extends Condition {
  /** A table or join that calls the log `a`. */
  from: string;
}

const newestFirst: KeysetOrder = {
  name: 'newest',
  columns: [
    { sql: 'a.at', name: 'at', kind: 'moment' },
    { sql: 'a.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

function conditionsOf(accountId: Id, { who, from, until }: AuditFilters): Condition {
  const parts: [sql: string, ...values: unknown[]][] = [['a.accountId = ?', accountId]];
  if (who !== null) parts.push(who === OPERATOR ? ['a.actorId IS NULL'] : ['a.actorId = ?', who]);
  if (from) parts.push(['a.at >= ?', from]);
  if (until) parts.push(['a.at < ?', until]);
  return {
    where: parts.map(([sql]) => sql).join(' AND '),
    values: parts.flatMap(([, ...values]) => values),
  };
}

/** One kind of act, or all whose name begins with the word (`/` comes right after `.` in ASCII). */
function actionIs(action: string | null): Condition | null {
  if (action === null) return null;
  if (action.includes('.')) return { where: 'a.action = ?', values: [action] };
  return { where: 'a.action > ? AND a.action < ?', values: [`${action}.`, `${action}/`] };
}

function andAlso(one: Condition, other: Condition | null): Condition {
  if (!other) return one;
  return { where: `${one.where} AND ${other.where}`, values: [...one.values, ...other.values] };
}

/**
 * Acts that name one of these, and acts on many of whom one of these was one. The joins are straight: left to choose,
 * servers begin with the account's whole log.
 */
function aboutThese(accountId: Id, ids: readonly Id[], { where, values }: Condition): Source {
  return {
    from: `(SELECT t.id FROM audit_entries t WHERE t.accountId = ? AND t.targetId IN (?)
            UNION SELECT b.id FROM journal_entries e STRAIGHT_JOIN audit_entries b
              ON b.accountId = e.accountId AND b.batchId = e.batchId
            WHERE e.subjectId IN (?) AND e.accountId = ?) m
           STRAIGHT_JOIN audit_entries a ON a.id = m.id`,
    where,
    values: [accountId, ids, ids, accountId, ...values],
  };
}
