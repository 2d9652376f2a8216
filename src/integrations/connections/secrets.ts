import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SecretKeys } from '../../crypto/secret-keys.js';
import { type Id } from '../../database/id.js';

/** Whose secret it is. */
export interface SecretOwner {
  connectionId: Id;
  accountId: Id;
  userId: Id;
}

export interface Rotation {
  sealed: number;
  unreadable: Id[];
}

/** Secrets of one statement. */
const CHUNK = 200;

/**
 * What connections sign in with, sealed (AES-256-GCM) for one connection of one person: copied to another row, it does not
 * open. Nothing else reads or writes `connection_secrets`.
 */
@Injectable()
export class ConnectionSecrets {
  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
  ) {}

  /** Keeps a secret in the place of the one before. */
  async keep(manager: EntityManager, owner: SecretOwner, secret: string): Promise<void> {
    const { connectionId, accountId, userId } = owner;
    await manager.query(
      `INSERT INTO connection_secrets (connectionId, accountId, userId, sealed, keyNumber, updatedAt)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE accountId = VALUES(accountId), userId = VALUES(userId), sealed = VALUES(sealed),
         keyNumber = VALUES(keyNumber), updatedAt = VALUES(updatedAt)`,
      [connectionId, accountId, userId, this.keys.seal(contextOf(owner), secret), this.keys.current],
    );
  }

  /** null once it was dropped: its owner has to sign in again. @throws Error when it is not of this connection */
  async open(connectionId: Id, manager: EntityManager = this.database.manager): Promise<string | null> {
    const [row] = await manager.query<SecretRow[]>(
      'SELECT connectionId, accountId, userId, sealed FROM connection_secrets WHERE connectionId = ?',
      [connectionId],
    );
    return row ? this.keys.open(contextOf(row), row.sealed) : null;
  }

  /**
   * What a run signs in with. null where there is none, and where it is none of this connection and this person (rows that
   * were exchanged, or given to somebody else): then, too, its owner has to sign in again.
   * @throws Error when the key it was sealed with is not held: put back, all goes on
   */
  async openFor(connectionId: Id, userId: Id): Promise<string | null> {
    const [row] = await this.database.query<SecretRow[]>(
      'SELECT connectionId, accountId, userId, sealed FROM connection_secrets WHERE connectionId = ? AND userId = ?',
      [connectionId, userId],
    );
    const secret = row ? this.opened(row) : null;
    const number = Number(/^v(\d+)\./.exec(row?.sealed ?? '')?.[1] ?? this.keys.current);
    if (secret === null && !this.keys.has(number)) throw new Error(`Key ${number} of SECRET_KEYS is missing`);
    return secret;
  }

  /** Nobody can sign in with them any more. */
  async drop(manager: EntityManager, connectionIds: readonly Id[]): Promise<void> {
    for (let from = 0; from < connectionIds.length; from += CHUNK)
      await manager.query('DELETE FROM connection_secrets WHERE connectionId IN (?)', [
        connectionIds.slice(from, from + CHUNK),
      ]);
  }

  /** Of a person who went over to another account. */
  async handOver(
    manager: EntityManager,
    connectionIds: readonly Id[],
    to: Omit<SecretOwner, 'connectionId'>,
  ) {
    for (const connectionId of connectionIds) {
      const secret = await this.open(connectionId, manager);
      if (secret !== null) await this.keep(manager, { connectionId, ...to }, secret);
    }
  }

  /**
   * Seals with the current key what an older one has sealed, each for itself: it may be stopped and begun again, while
   * connections are used.
   * @returns how many it sealed again, and of which connections the secret cannot be opened by any of our keys
   */
  async rotate(): Promise<Rotation> {
    const rotation: Rotation = { sealed: 0, unreadable: [] };
    for (let after = ''; ;) {
      const rows = await this.database.query<SecretRow[]>(
        `SELECT connectionId, accountId, userId, sealed FROM connection_secrets
         WHERE keyNumber < ? AND connectionId > ? ORDER BY connectionId LIMIT ${CHUNK}`,
        [this.keys.current, after],
      );
      for (const row of rows) {
        const secret = this.opened(row);
        if (secret === null) {
          rotation.unreadable.push(row.connectionId);
          continue;
        }
        const sealed = this.keys.seal(contextOf(row), secret);
        // One that was kept meanwhile is newer than ours, and sealed with the current key anyway.
        const { affectedRows } = await this.database.query<{ affectedRows: number }>(
          'UPDATE connection_secrets SET sealed = ?, keyNumber = ? WHERE connectionId = ? AND sealed = ?',
          [sealed, this.keys.current, row.connectionId, row.sealed],
        );
        rotation.sealed += affectedRows;
      }
      if (rows.length < CHUNK) return rotation;
      after = rows[rows.length - 1].connectionId;
    }
  }

  private opened(row: SecretRow): string | null {
    try {
      return this.keys.open(contextOf(row), row.sealed);
    } catch {
      return null;
    }
  }
}

interface SecretRow extends SecretOwner {
  sealed: string;
}

function contextOf({ connectionId, userId }: SecretOwner): string {
  return `connection:${connectionId}:${userId}`;
}
