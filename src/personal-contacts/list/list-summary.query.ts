import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { ContactGroups, type CountedGroup } from '../groups/contact-groups.query.js';
import { ContactList, type ContactCounts } from './contact-list.query.js';
import { wholeList } from './contact-list.state.js';

/** What stands beside every page of a list, whatever the page is narrowed to. */
export interface ListSummary {
  counts: ContactCounts;
  groups: CountedGroup[];
  /** Of the whole list. */
  letters: string[];
}

/**
 * Counts a list once for each of its states: counting is half of a page's time among 10,000 contacts. Writers raise the list's
 * revision with what they write (`note`); what was counted belongs to the revision that was read before, so a count that meets a
 * writer is of a revision that is over when the writer is done.
 */
@Injectable()
export class ListSummaries {
  constructor(
    private readonly database: DataSource,
    private readonly contacts: ContactList,
    private readonly groups: ContactGroups,
  ) {}

  async of(accountId: Id, ownerId: Id): Promise<ListSummary> {
    const [list] = await this.database.query<{ revision: number; summary: string | null }[]>(
      `SELECT l.revision, s.summary FROM personal_contact_lists l
       LEFT JOIN personal_contact_list_summaries s ON s.ownerId = l.ownerId AND s.revision = l.revision
       WHERE l.ownerId = ?`,
      [ownerId],
    );
    if (list?.summary) return JSON.parse(list.summary) as ListSummary;
    const [counts, groups, letters] = await Promise.all([
      this.contacts.counts(ownerId),
      this.groups.list(ownerId),
      this.contacts.letters(ownerId, wholeList),
    ]);
    const summary: ListSummary = { counts, groups, letters: [...letters] };
    // Nobody has written yet: there is nothing to count, and nothing that would say when that changes.
    if (list) await this.keep(accountId, ownerId, list.revision, summary);
    return summary;
  }

  private async keep(accountId: Id, ownerId: Id, revision: number, summary: ListSummary): Promise<void> {
    // Two pages may count the same state at once, and one of them may be refused for it: tried again.
    await inTransaction(this.database, async (manager) => {
      await manager.query(
        `INSERT INTO personal_contact_list_summaries (ownerId, revision, accountId, summary) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE revision = VALUES(revision)`,
        [ownerId, revision, accountId, JSON.stringify(summary)],
      );
      await manager.query('DELETE FROM personal_contact_list_summaries WHERE ownerId = ? AND revision < ?', [
        ownerId,
        revision,
      ]);
    });
  }
}
