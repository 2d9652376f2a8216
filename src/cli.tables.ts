import { type DataSource } from 'typeorm';

/** Names of the migrations this program has and the database has not run yet. */
export async function pendingMigrations(database: DataSource): Promise<string[]> {
  const run = await migrationsRun(database);
  return database.migrations.map(nameOf).filter((name) => !run.has(name));
}

/** Names of migrations that were run by a newer program than this. */
export async function unknownMigrations(database: DataSource): Promise<string[]> {
  const known = new Set(database.migrations.map(nameOf));
  return [...(await migrationsRun(database))].filter((name) => !known.has(name));
}

/** Read by hand: TypeORM would make the table when it is missing, and looking must not change anything. */
async function migrationsRun(database: DataSource): Promise<Set<string>> {
  try {
    const rows = await database.query<{ name: string }[]>('SELECT name FROM migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_NO_SUCH_TABLE') return new Set();
    throw error;
  }
}

function nameOf(migration: { name?: string }): string {
  return migration.name ?? migration.constructor.name;
}
