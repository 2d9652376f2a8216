import { Injectable } from '@nestjs/common';
import { MOST_COUNTED } from '../web/signed-in.js';

export { MOST_COUNTED };

/** Rows of the signed-in person that are counted: `where` names them by `u.id`, along an index. */
export interface Counted {
  /** Table and alias, for example `notifications n`. */
  from: string;
  where: string;
  /** Another rule keeps them to some hundreds: they are counted as they are, which costs half. */
  few?: boolean;
}

/**
 * What every page says a number of (what is unread, what waits), for whoever is signed in: brought by the read of the
 * session itself, so that a request still asks one question. Each is a walk along an index of at most 100 entries,
 * twice, and costs every request some 50 µs; what needs more than that belongs on its own page.
 */
@Injectable()
export class SessionCounts {
  private readonly counted = new Map<string, Counted>();
  private prepared: string | undefined;

  /** In `onModuleInit`. @param name as `signedIn.counts` has it */
  register(name: string, counted: Counted): void {
    if (!/^\w+$/.test(name) || this.counted.has(name)) throw new Error(`Cannot count ${name}`);
    this.counted.set(name, counted);
    this.prepared = undefined;
  }

  /** Columns for a SELECT with the users as `u`, each after a comma. */
  get columns(): string {
    return (this.prepared ??= [...this.counted]
      .map(([name, counted]) => `, ${boundedCount(counted)} AS ${columnOf(name)}`)
      .join(''));
  }

  /** @param row of that SELECT */
  of(row: object): Record<string, number> {
    const columns = row as Record<string, unknown>;
    return Object.fromEntries(
      [...this.counted.keys()].map((name) => [name, Number(columns[columnOf(name)])]),
    );
  }
}

/** A derived table could not name `u.id`, so the hundredth row is asked for first: where it is, nothing is counted. */
function boundedCount({ from, where, few = false }: Counted): string {
  const some = `FROM ${from} WHERE ${where}`;
  if (few) return `(SELECT COUNT(*) ${some})`;
  return `IF((SELECT 1 ${some} LIMIT ${MOST_COUNTED - 1}, 1) = 1, ${MOST_COUNTED}, (SELECT COUNT(*) ${some}))`;
}

function columnOf(name: string): string {
  return `counted_${name}`;
}
