import { type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';

interface Person {
  givenName: string;
  familyName: string;
  email: string;
}

/**
 * Administrators who end contacts leave a line with the names of those outside (company/company-removals.service.ts). Of
 * people erased for good the name goes; that contacts were ended, by whom and when, stays.
 * @param otherIds whose contacts they were, of any company
 */
export async function forgetInCompanyHistories(
  manager: EntityManager,
  erasedIds: readonly Id[],
  otherIds: readonly Id[],
): Promise<void> {
  const told = await manager.query<{ batchId: Id; subjectId: Id; accountId: Id; changes: string }[]>(
    `SELECT e.batchId, e.subjectId, e.accountId, e.changes
     FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId AND b.kind = 'external-contacts.remove'
     WHERE e.subjectId IN (?) AND e.changes LIKE '%"externalContacts"%'`,
    [otherIds],
  );
  if (told.length === 0) return;
  const people = await manager.query<Person[]>(
    'SELECT givenName, familyName, email FROM users WHERE id IN (?)',
    [erasedIds],
  );
  const isErased = (text: unknown) => people.some((person) => names(String(text), person));
  for (const { batchId, subjectId, accountId, ...entry } of told) {
    const changes = JSON.parse(entry.changes) as Changes;
    const listed = (changes['externalContacts']?.[0] ?? []) as string[];
    if (!listed.some(isErased)) continue;
    changes['externalContacts'] = [listed.filter((text) => !isErased(text)), null];
    await manager.query(
      'UPDATE journal_entries SET changes = ? WHERE batchId = ? AND subjectId = ? AND accountId = ?',
      [JSON.stringify(changes), batchId, subjectId, accountId],
    );
    // Where one contact was ended, the audit log names it too.
    await manager.query(
      `UPDATE audit_entries SET details = JSON_REMOVE(details, '$.contact')
       WHERE accountId = ? AND batchId = ? AND details LIKE '%"contact"%'`,
      [accountId, batchId],
    );
  }
}

/** As `contactText` writes it: the name, and beside it the address or the company. */
function names(text: string, { givenName, familyName, email }: Person): boolean {
  const name = `${givenName} ${familyName}`.trim();
  return text === name || text.startsWith(`${name} (`) || text.endsWith(`(${email})`);
}
