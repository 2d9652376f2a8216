import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, rootDir } from '../../src/web/paths.js';

/**
 * Who may touch what was written: final erasure empties values, of people, of personal accounts and of contacts that
 * leave the bin, the sweep takes rows past their retention, a batch that was undone says so, and the history of somebody
 * who moves to a company goes along, word for word. Servers without SUPER refuse triggers, so that nothing else does is
 * held here.
 */
const allowed: Record<string, readonly string[]> = {
  audit_entries: [
    'accounts/erasure-final.ts',
    'accounts/personal-accounts.service.ts',
    'accounts/retention.service.ts',
    // Final erasure of an external contact: the name in the line that ended it.
    'external-contacts/retention/company-histories.ts',
  ],
  journal_entries: [
    'accounts/erasure-final.ts',
    'accounts/retention.service.ts',
    'auth/moving.service.ts',
    'external-contacts/retention/company-histories.ts',
    'personal-contacts/erase-contacts.ts',
    // A contact read as a new one that was an older one moved: nobody has ever seen it.
    'integrations/contacts/cloud-contact-writes.ts',
    // A call that an undo took away waits there whole, until it is back, its person is gone or its days are over.
    'calls/import/call-undoing.ts',
    'calls/import/forgotten-calls.service.ts',
  ],
  journal_batches: [
    'accounts/retention.service.ts',
    'auth/moving.service.ts',
    'journal/journal.service.ts',
    'imports/thread/undo-step.ts',
    // An import that was refused as a whole has done nothing: its batch, which has no entry, goes.
    'imports/thread/write-step.ts',
  ],
};
const entities: Record<string, string> = {
  AuditEntry: 'audit_entries',
  JournalEntry: 'journal_entries',
  JournalBatch: 'journal_batches',
};

const sources = ['src', 'bin']
  .flatMap((folder) => filesBelow(join(rootDir, folder)).map((file) => ({ folder, file })))
  .filter(
    ({ file }) => /\.(ts|mjs|js)$/.test(file) && !file.endsWith('.spec.ts') && !file.includes('migrations/'),
  )
  .map(({ folder, file }) => ({ file, text: readFileSync(join(rootDir, folder, file), 'utf8') }));

/** Tables of the journal that a source changes or empties, by SQL or by the object mapper. */
function changedIn(text: string): string[] {
  const tables = Object.keys(allowed).join('|');
  const names = Object.keys(entities).join('|');
  const sql = new RegExp(
    `\\b(?:UPDATE|DELETE(?:\\s+\\w+)?\\s+FROM|TRUNCATE(?:\\s+TABLE)?|REPLACE\\s+INTO)\\s+\`?(${tables})\\b`,
    'gi',
  );
  const mapper = new RegExp(
    `\\.(?:update|delete|remove|upsert|save|softDelete)(?:<[^>]*>)?\\(\\s*(${names})\\b`,
    'g',
  );
  const repository = new RegExp(
    `getRepository\\((${names})\\)\\s*\\.(?:update|delete|remove|upsert|save|clear|softDelete)\\(`,
    'g',
  );
  return [
    ...[...text.matchAll(sql)].map(([, table]) => table.toLowerCase()),
    ...[...text.matchAll(mapper), ...text.matchAll(repository)].map(([, name]) => entities[name]),
  ];
}

describe('The journal and the audit log', () => {
  it('are only added to, but by final erasure, the end of the bin and the sweep', () => {
    const elsewhere = sources.flatMap(({ file, text }) =>
      changedIn(text)
        .filter((table) => !allowed[table]?.includes(file))
        .map((table) => `${file} changes ${table}`),
    );
    expect(elsewhere).toEqual([]);
  });

  it.each([
    ['UPDATE audit_entries SET details = NULL', 'audit_entries'],
    ['DELETE FROM journal_entries WHERE 1', 'journal_entries'],
    ['manager.update(JournalBatch, {})', 'journal_batches'],
    ['database.getRepository(AuditEntry).delete({})', 'audit_entries'],
  ])('would be seen to be changed by %s', (text, table) => {
    expect(changedIn(text)).toEqual([table]);
  });
});
