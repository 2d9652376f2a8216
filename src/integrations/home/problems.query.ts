import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { type Brake, type Connection, type ConnectionProblem } from '../connection.entities.js';

/** One of one's connections, as far as something waits for its owner there. */
export interface ConnectionTrouble extends Pick<Connection, 'id' | 'provider' | 'accountName' | 'state'> {
  problem: ConnectionProblem | null;
  /** Whether many deletions are meant is still asked. */
  asks: boolean;
  /** Some change made here was not taken there. */
  refused: boolean;
}

/** What is wrong with one's connections, in one query for all of them; how they stand otherwise is on their own page. */
@Injectable()
export class ConnectionTroubles {
  constructor(private readonly database: DataSource) {}

  /** All that have not ended, oldest first. */
  async of(userId: Id): Promise<ConnectionTrouble[]> {
    const rows = await this.database.query<Row[]>(
      `SELECT c.id, c.provider, c.accountName, c.state, c.problem, s.brake,
         EXISTS (SELECT 1 FROM cloud_contacts k
                 WHERE k.connectionId = c.id AND k.pending IS NOT NULL AND k.problem IS NOT NULL) AS refused
       FROM connections c LEFT JOIN sync_scopes s ON s.connectionId = c.id AND s.brake IS NOT NULL
       WHERE c.userId = ? AND c.state <> 'ended' ORDER BY c.id`,
      [userId],
    );
    const found = new Map<Id, ConnectionTrouble>();
    for (const { problem, brake, refused, ...connection } of rows) {
      const trouble = found.get(connection.id) ?? {
        ...connection,
        problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
        ...{ asks: false, refused: Boolean(refused) },
      };
      if (brake !== null && (JSON.parse(brake) as Brake).decision === undefined) trouble.asks = true;
      found.set(connection.id, trouble);
    }
    return [...found.values()];
  }

  async hasConnection(userId: Id): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT 1 FROM connections WHERE userId = ? AND state <> 'ended' LIMIT 1`,
      [userId],
    );
    return rows.length > 0;
  }

  /** A calendar is read for this person: a day without events is worth saying. */
  async hasCalendar(ownerId: Id): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT 1 FROM calendars k JOIN connections c ON c.id = k.connectionId
       WHERE k.ownerId = ? AND k.chosen = 1 AND c.state <> 'ended' AND c.calendar <> 'none' LIMIT 1`,
      [ownerId],
    );
    return rows.length > 0;
  }
}

interface Row extends Pick<Connection, 'id' | 'provider' | 'accountName' | 'state'> {
  problem: string | null;
  brake: string | null;
  refused: number;
}
