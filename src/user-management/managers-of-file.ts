import { type Row, type Statements } from '../imports/import-kind.js';

/** How many addresses one query asks for. */
const ASKED = 1_000;

/** Why a row cannot have the manager it names. */
export type ManagerFault = 'unknown' | 'circle' | 'wrong-row';

/**
 * The people of a file and who manages them. A manager stands in the file or in the account; one whose own row is wrong
 * is no manager, and so on down; nor is one who is managed, over however many others, by those they manage. Held in memory for the whole file: addresses, places and names of managers only.
 */
export class ManagersOfFile {
  private readonly places = new Map<string, number>();
  private readonly refs: number[] = [];
  private readonly addresses: string[] = [];
  private readonly wrong: boolean[] = [];
  private readonly managers = new Map<number, string>();
  private readonly elsewhere = new Map<string, string>();
  private named = new Set<string>();

  /** A row with a readable address that is not in the account; the first of an address counts. */
  add({ ref, values: { email, manager } }: Row, isWrong: boolean): void {
    if (this.places.has(email)) return;
    const place = this.refs.length;
    this.places.set(email, place);
    this.refs.push(ref);
    this.addresses.push(email);
    this.wrong.push(isWrong);
    if (manager && !isWrong) this.managers.set(place, manager);
  }

  /** Looks up the managers named: the account's own people come before the file's. */
  async resolve(database: Statements, accountId: string): Promise<void> {
    this.named = new Set(this.managers.values());
    const named = [...this.named];
    for (let from = 0; from < named.length; from += ASKED) {
      const found = await database.query<{ id: string; email: string }[]>(
        'SELECT id, email FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
        [accountId, named.slice(from, from + ASKED)],
      );
      for (const { id, email } of found) this.elsewhere.set(email, id);
    }
  }

  /** True when somebody of the file is managed by this person. */
  isNamed(email: string): boolean {
    return this.named.has(email);
  }

  /** Id of the account's person of this address, after `resolve`. */
  inAccount(email: string): string | undefined {
    return this.elsewhere.get(email);
  }

  /** The row of the file that becomes this person, unless it is wrong. */
  inFile(email: string): number | undefined {
    const place = this.places.get(email);
    return place === undefined || this.wrong[place] ? undefined : this.refs[place];
  }

  /** Rows whose manager is nobody or who manage one another, and those who lean on them; after `resolve`. */
  faults(): Map<number, ManagerFault> {
    const faults = new Map<number, ManagerFault>();
    const fallen: number[] = [];
    for (const [place, manager] of this.managers) {
      if (this.elsewhere.has(manager) || this.inFile(manager) !== undefined) continue;
      faults.set(this.refs[place], this.places.has(manager) ? 'wrong-row' : 'unknown');
      fallen.push(place);
    }
    for (const place of this.circles()) {
      this.wrong[place] = true;
      faults.set(this.refs[place], 'circle');
      fallen.push(place);
    }
    this.fall(fallen, faults);
    return faults;
  }

  /** Who cannot be taken when these rows are not: those named, and all who are managed by them. */
  leaningOn(refs: ReadonlySet<number>): Map<number, ManagerFault> {
    const faults = new Map<number, ManagerFault>();
    const fallen = this.refs.flatMap((ref, place) => (refs.has(ref) && !this.wrong[place] ? [place] : []));
    this.fall(fallen, faults);
    return faults;
  }

  /** Places from which the way from manager to manager leads back. Each place is walked once. */
  private circles(): number[] {
    const walkedFrom = new Map<number, number>();
    const circles: number[] = [];
    for (const start of this.managers.keys()) {
      let place: number | undefined = start;
      while (place !== undefined && !walkedFrom.has(place)) {
        walkedFrom.set(place, start);
        place = this.managerPlace(place);
      }
      if (place === undefined || walkedFrom.get(place) !== start) continue;
      const first = place;
      do {
        circles.push(place);
        place = this.managerPlace(place) ?? first;
      } while (place !== first);
    }
    return circles;
  }

  private managerPlace(place: number): number | undefined {
    const manager = this.managers.get(place);
    return manager === undefined || this.elsewhere.has(manager) ? undefined : this.places.get(manager);
  }

  private fall(fallen: number[], faults: Map<number, ManagerFault>): void {
    if (fallen.length === 0) return;
    const managed = new Map<string, number[]>();
    for (const [place, manager] of this.managers) {
      const team = managed.get(manager);
      if (team) team.push(place);
      else managed.set(manager, [place]);
    }
    while (fallen.length > 0) {
      const place = fallen.pop() as number;
      this.wrong[place] = true;
      const address = this.addresses[place];
      if (this.elsewhere.has(address)) continue;
      for (const below of managed.get(address) ?? []) {
        if (this.wrong[below]) continue;
        this.wrong[below] = true;
        faults.set(this.refs[below], 'wrong-row');
        fallen.push(below);
      }
    }
  }
}
