import { newId, type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Brake, type ConnectionProblem, type SyncScope } from '../connection.entities.js';
import { type Cursor } from '../contacts-connector.js';

/** What is read on its own: the tree, a folder, or the whole book. */
export interface Scope {
  id: Id;
  /** `tree`, `book`, or the id of a folder. */
  key: string;
  cursor: Cursor | null;
  /** Its cursor was saved more than a day ago: it is renewed even when nothing changed. */
  aged: boolean;
  pass: number;
  passing: boolean;
  brake: Brake | null;
  problem: ConnectionProblem | null;
}

/**
 * Raised where more is kept of contacts than before: what was read with an older one is read from nothing once more, as if
 * its cursor had expired. 1: further numbers and addresses.
 */
const READING = 1;

/** All scopes of a connection, by key. */
export async function scopesOf(database: Statements, connectionId: Id): Promise<Map<string, Scope>> {
  const rows = await database.query<ScopeRow[]>(
    `SELECT id, scopeKey AS \`key\`, IF(reading < ${READING}, NULL, \`cursor\`) AS \`cursor\`, pass,
       passing AND reading >= ${READING} AS passing, brake, problem,
       cursorSavedAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 DAY) AS aged
     FROM sync_scopes WHERE connectionId = ?`,
    [connectionId],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        ...row,
        aged: Boolean(row.aged),
        passing: Boolean(row.passing),
        brake: row.brake === null ? null : (JSON.parse(row.brake) as Brake),
        problem: row.problem === null ? null : (JSON.parse(row.problem) as ConnectionProblem),
      },
    ]),
  );
}

type ScopeRow = Omit<Scope, 'aged' | 'passing' | 'brake' | 'problem'> & {
  aged: number | null;
  passing: number;
  brake: string | null;
  problem: string | null;
};

/** One that was never read. */
export function newScope(key: string): Scope {
  return {
    id: newId(),
    key,
    ...{ cursor: null, aged: false, pass: 0, passing: false, brake: null, problem: null },
  };
}

/** Keeps how far a scope was read. */
export async function saveScope(
  database: Statements,
  { accountId, id: connectionId }: { accountId: Id; id: Id },
  { id, key, cursor, pass, passing }: Scope,
): Promise<void> {
  await database.query(
    `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, \`cursor\`, cursorSavedAt, pass, passing, reading)
     VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), ?, ?, ${READING})
     ON DUPLICATE KEY UPDATE \`cursor\` = VALUES(\`cursor\`), cursorSavedAt = VALUES(cursorSavedAt), pass = VALUES(pass),
       passing = VALUES(passing), reading = VALUES(reading)`,
    [id, accountId, connectionId, key, cursor, pass, passing ? 1 : 0],
  );
}

/** Says what stands in the way of one scope, or that nothing does. */
export async function markScope(
  database: Statements,
  { id }: Scope,
  column: 'brake' | 'problem',
  value: SyncScope['brake'] | SyncScope['problem'],
): Promise<void> {
  await database.query(`UPDATE sync_scopes SET ${column} = ? WHERE id = ?`, [
    value === null ? null : JSON.stringify(value),
    id,
  ]);
}
