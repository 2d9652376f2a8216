import { type DataSource } from 'typeorm';

/** Until so many transactions of this database wait for others' rows. */
export async function lockWaits(database: DataSource, count = 1): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    // The table shows the same for as long as it is asked more often than this.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const [{ waiting }] = await database.query<{ waiting: string }[]>(
      `SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx t
       JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id AND p.db = DATABASE()
       WHERE t.trx_state = 'LOCK WAIT'`,
    );
    if (Number(waiting) >= count) return;
  }
  throw new Error(`No ${count} transactions wait`);
}
