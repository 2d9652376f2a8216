import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import { type LateFinding, type Row } from '../../imports/import-kind.js';
import { detached } from '../../imports/rows.js';
import { type AccountGroups } from './account-groups.js';
import { ExtensionMoves } from './extension-moves.js';

/** Says that a row cannot be as it stands, and why. */
export type Refuse = (field: string, reason: string, values?: Record<string, string | number>) => void;

/**
 * What the rows of a file change together: who takes whose extension, new addresses, groups there are none of, and
 * managers named by an address that another row brings. Only of rows that are right.
 */
export class ChangesOfFile {
  private readonly right = new Set<number>();
  private readonly proposing = new Set<number>();
  private readonly newAddresses = new Map<string, { id: Id; line: number; ref: number }>();
  private readonly moves = new ExtensionMoves();
  /** Rows whose manager is nobody yet: the new address of somebody further down, or nobody at all. */
  private readonly waiting = new Map<string, { ref: number; id: Id; held: Id | null }[]>();
  private readonly madeBy = new Map<number, [GroupKind, string[]][]>();

  /** Takes in a right row that changes something; one that wants what an earlier row wants is refused. */
  note(row: Row, refuse: Refuse): void {
    const { ref, line, changes, knownId, verdict } = row;
    if (row.problems.length > 0 || verdict !== 'changed' || !changes || knownId === undefined) return;
    this.right.add(ref);
    if (row.proposals.length > 0) this.proposing.add(ref);
    if (changes.extension) {
      const earlier = this.moves.add(ref, line, knownId, changes.extension);
      if (earlier !== null) {
        this.right.delete(ref);
        refuse('extension', 'extension-twice', { line: earlier });
      }
    }
    const address = changes.email ?? changes.requestedEmail;
    if (!address) return;
    const email = detached(String(address[1]));
    const other = this.newAddresses.get(email);
    if (!other) this.newAddresses.set(email, { id: knownId, line, ref });
    else if (other.ref !== ref) {
      this.right.delete(ref);
      refuse('email', 'email-twice', { line: other.line });
    }
  }

  /** A changed row as it was found before. */
  recall(row: Row, id: Id, refuse: Refuse): void {
    const { ref, line, changes } = row;
    if (!changes) return;
    if (changes.extension) this.moves.add(ref, line, id, changes.extension);
    const address = changes.email ?? changes.requestedEmail;
    if (address) this.newAddresses.set(String(address[1]), { id, line, ref });
    const [held, manager] = changes.managerId ?? [];
    if (typeof manager === 'string' && manager.includes('@')) this.wait(ref, id, held as Id | null, manager);
    // Which groups were new then is seen at the end, against those there are.
    for (const kind of groupKinds) {
      const names = changes[kind]?.[1] as string[] | undefined;
      if (names) this.makes(ref, kind, names);
    }
    this.note(row, refuse);
  }

  /** The line of the row that gives somebody this address. */
  lineWithAddress(email: string): number | undefined {
    return this.newAddresses.get(email)?.line;
  }

  wait(ref: number, id: Id, held: Id | null, address: string): void {
    const others = this.waiting.get(address);
    if (others) others.push({ ref, id, held });
    else this.waiting.set(detached(address), [{ ref, id, held }]);
  }

  makes(ref: number, kind: GroupKind, names: readonly string[]): void {
    this.madeBy.set(ref, [...(this.madeBy.get(ref) ?? []), [kind, names.map(detached)]]);
  }

  wantedExtensions(): string[] {
    return this.moves.wanted();
  }

  /**
   * What shows only now that all rows are known.
   * @param holders who has the wanted extensions now
   * @param refused called for each row that falls
   */
  settle(
    holders: ReadonlyMap<string, { id: Id; email: string }>,
    refused: (ref: number, ...why: Parameters<Refuse>) => void,
  ): LateFinding[] {
    const late: LateFinding[] = [];
    const drop = (ref: number, ...why: Parameters<Refuse>) => {
      if (this.right.delete(ref)) refused(ref, ...why);
    };
    this.placeManagers(late, drop);
    for (const { ref, extension, holder } of this.moves.blocked(holders, this.right))
      drop(ref, 'extension', 'extension-taken', { value: extension, holder });
    return late;
  }

  /** How many right rows need nobody to agree to a proposal. */
  withoutProposals(): number {
    let proposing = 0;
    for (const ref of this.proposing) if (this.right.has(ref)) proposing++;
    return this.right.size - proposing;
  }

  /** Names of the groups right rows would make, A to Z. */
  made(groups: AccountGroups): Record<string, string[]> {
    const made: Record<string, string[]> = {};
    for (const kind of groupKinds) {
      const names = new Map<string, string>();
      for (const [ref, lists] of this.madeBy) {
        if (!this.right.has(ref)) continue;
        for (const [where, list] of lists)
          if (where === kind)
            for (const name of list) if (!groups.named(kind, name)) names.set(nameKeyOf(name), name);
      }
      if (names.size > 0) made[kind] = [...names.values()].sort((one, other) => one.localeCompare(other));
    }
    return made;
  }

  /** Managers named by an address that a right row of this file brings; others are nobody. */
  private placeManagers(late: LateFinding[], drop: (ref: number, ...why: Parameters<Refuse>) => void): void {
    for (const [address, rows] of this.waiting) {
      const somebody = this.newAddresses.get(address);
      const id = somebody && this.right.has(somebody.ref) ? somebody.id : null;
      for (const { ref, id: own, held } of rows) {
        if (id === null) drop(ref, 'manager', 'manager-unknown');
        else if (id === own) drop(ref, 'manager', 'manager-self');
        else late.push({ ref, change: ['managerId', id === held ? null : [held, id]] });
      }
    }
  }
}
