import { type Id } from '../../database/new-id.js';
import { detached } from '../../imports/rows.js';

interface Move {
  ref: number;
  line: number;
  id: Id;
  from: string | null;
  to: string | null;
}

/** Who of a file gives up which extension and takes which: two people may swap theirs, or a whole team may. */
export class ExtensionMoves {
  private readonly takers = new Map<string, Move>();
  private readonly givers = new Map<string, Move>();

  /** @returns the line that takes the same extension, when there is one */
  add(ref: number, line: number, id: Id, [from, to]: [unknown, unknown]): number | null {
    const copy = (extension: unknown) => (typeof extension === 'string' ? detached(extension) : null);
    const move: Move = { ref, line, id, from: copy(from), to: copy(to) };
    const other = move.to === null ? undefined : this.takers.get(move.to);
    if (other && other.ref !== ref) return other.line;
    if (move.to !== null) this.takers.set(move.to, move);
    if (move.from !== null) this.givers.set(move.from, move);
    return null;
  }

  wanted(): string[] {
    return [...this.takers.keys()];
  }

  /**
   * Moves that cannot be: the extension stays with whoever has it. One that falls keeps its own extension, so whoever
   * wanted that falls too.
   * @param holders who has the extensions now
   * @param right rows that are right so far
   */
  blocked(
    holders: ReadonlyMap<string, { id: Id; email: string }>,
    right: ReadonlySet<number>,
  ): { ref: number; extension: string; holder: string }[] {
    const blocked: { ref: number; extension: string; holder: string }[] = [];
    const fallen = new Set<number>();
    const queue = [...this.takers.values()];
    for (let move = queue.shift(); move; move = queue.shift()) {
      const { ref, id, to, from } = move;
      if (to === null || fallen.has(ref) || !right.has(ref)) continue;
      const holder = holders.get(to);
      if (!holder || holder.id === id) continue;
      const giver = this.givers.get(to);
      if (giver && right.has(giver.ref) && !fallen.has(giver.ref)) continue;
      fallen.add(ref);
      blocked.push({ ref, extension: to, holder: holder.email });
      const next = from === null ? undefined : this.takers.get(from);
      if (next) queue.push(next);
    }
    return blocked;
  }
}
