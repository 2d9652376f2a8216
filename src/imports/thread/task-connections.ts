import { ThreadDatabase, type ThreadConnection } from './thread-database.js';

/** Whoever confirms a file at once finds its connections still there. */
const KEPT_MS = 20_000;

interface Databases {
  reader: ThreadDatabase;
  writer: ThreadDatabase;
}

let kept: { to: string; databases: Databases; end: NodeJS.Timeout } | null = null;

/** The two connections of a step: those of the step before where it went well, else new ones. */
export class TaskConnections {
  private databases: Databases | null = null;

  constructor(private readonly connection: ThreadConnection) {}

  async open(): Promise<Databases> {
    this.databases = await taken(JSON.stringify(this.connection));
    if (this.databases) return this.databases;
    const [reader, writer] = await Promise.allSettled([
      ThreadDatabase.open(this.connection),
      ThreadDatabase.open(this.connection),
    ]);
    if (reader.status === 'fulfilled' && writer.status === 'fulfilled')
      return (this.databases = { reader: reader.value, writer: writer.value });
    for (const opened of [reader, writer]) if (opened.status === 'fulfilled') await opened.value.close();
    throw (reader.status === 'rejected' ? reader : (writer as PromiseRejectedResult)).reason;
  }

  /** For the next step: this one has left nothing open. */
  keep(): void {
    if (!this.databases) return;
    const { databases } = this;
    this.databases = null;
    const end = setTimeout(() => {
      kept = null;
      void close(databases);
    }, KEPT_MS);
    end.unref();
    kept = { to: JSON.stringify(this.connection), databases, end };
  }

  /** Ends what is not kept. */
  async end(): Promise<void> {
    if (this.databases) await close(this.databases);
  }
}

async function taken(to: string): Promise<Databases | null> {
  if (!kept) return null;
  const { databases, end, to: keptTo } = kept;
  kept = null;
  clearTimeout(end);
  const answers = keptTo === to && (await answered(databases));
  if (answers) return databases;
  await close(databases);
  return null;
}

function answered({ reader, writer }: Databases): Promise<boolean> {
  return Promise.all([reader.query('DO 0'), writer.query('DO 0')]).then(
    () => true,
    () => false,
  );
}

async function close({ reader, writer }: Databases): Promise<void> {
  await Promise.all([reader.close(), writer.close()]);
}
