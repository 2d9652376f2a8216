import { type GroupKind } from '../../accounts/group-tables.js';
import { type Id } from '../../database/new-id.js';
import { type Row, type Statements } from '../../imports/import-kind.js';
import { normaliseAddress } from '../../text/address.js';
import { type AccountGroups } from './account-groups.js';
import { clears } from './comparing.js';
import { idsOfAddresses, openRequests, type StoredPerson } from './stored-people.js';

/** A batch beside what the database knows of its people. */
export interface Known {
  managers: Map<Id, string | null>;
  /** People of the addresses that rows name as managers or give as new addresses. */
  addresses: Map<string, { id: Id; status: string }>;
  groups: Record<GroupKind, Map<Id, { id: Id; name: string; nameKey: string }[]>>;
  /** New addresses asked for already and not confirmed yet, by person. */
  asked: Map<Id, Set<string>>;
}

/** Reads what is known beside the people of a batch, as far as the file has columns for it. */
export class KnownPeople {
  private readonly managers = new Map<Id, string | null>();

  constructor(
    private readonly accountId: Id,
    private readonly columns: ReadonlyMap<string, number>,
    private readonly groups: AccountGroups,
  ) {}

  /** One query for each kind of thing, however many people. */
  async of(database: Statements, found: readonly { row: Row; person: StoredPerson }[]): Promise<Known> {
    const { accountId } = this;
    const ids = found.map(({ person }) => person.id);
    const addresses: string[] = [];
    const moving: Id[] = [];
    for (const { row, person } of found) {
      const { email } = row.values;
      if (email === undefined || clears(email) || email === person.email) continue;
      addresses.push(email);
      moving.push(person.id);
    }
    if (this.columns.has('manager')) {
      await this.learnManagers(database, found);
      for (const { row, person } of found) {
        const { manager } = row.values;
        if (manager === undefined || manager === this.managers.get(person.managerId ?? '')) continue;
        const address = normaliseAddress(manager);
        if (address !== null) addresses.push(address);
      }
    }
    const ofPeople = (field: GroupKind) =>
      this.columns.has(field) ? this.groups.ofPeople(database, field, ids) : new Map<Id, never[]>();
    return {
      managers: this.managers,
      addresses: await idsOfAddresses(database, accountId, addresses),
      groups: { userGroups: await ofPeople('userGroups'), chatGroups: await ofPeople('chatGroups') },
      asked: await openRequests(database, accountId, moving),
    };
  }

  /** Addresses of the managers these people have. A few manage many, so each is asked for about once. */
  private async learnManagers(
    database: Statements,
    found: readonly { person: StoredPerson }[],
  ): Promise<void> {
    if (this.managers.size > MANAGERS) this.managers.clear();
    const wanted = new Set<Id>();
    for (const { person } of found)
      if (person.managerId !== null && !this.managers.has(person.managerId)) wanted.add(person.managerId);
    if (wanted.size === 0) return;
    const managers = await database.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1',
      [[...wanted], this.accountId],
    );
    for (const id of wanted) this.managers.set(id, null);
    for (const { id, email } of managers) this.managers.set(id, email);
  }
}

/** Managers remembered between batches. */
const MANAGERS = 20_000;
