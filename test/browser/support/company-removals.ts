import { type User } from '../../../src/accounts/user.entity.js';
import { CompanyRemovals } from '../../../src/external-contacts/company/company-removals.service.js';
import { noFacts } from '../../../src/journal/actor.js';
import { betweenPeople, type Somebody } from '../../external-contacts/two-companies.js';
import { type TestApp } from '../../support/app.js';

/** Contacts of a member that an administrator ended: some still so, one brought back. */
export async function endedByCompany(app: TestApp, admin: User, member: User): Promise<void> {
  const actor = { ...admin, displayName: `${admin.givenName} ${admin.familyName}` };
  const removals = app.get(CompanyRemovals);
  const account = await app.anAccount({ name: 'Œuvres & Söhne' });
  const somebody = (user: User): Somebody => ({ user, account, browser: app.browser() });
  const batches: (string | null)[] = [];
  for (const familyName of ['Żak', 'Nguyễn']) {
    const other = await app.aUser({ account, givenName: 'Solène', familyName });
    const { card } = await betweenPeople(app).connect(somebody(member), somebody(other));
    const contacts = await removals.chosen(admin.accountId, { ids: [card.id] });
    batches.push((await removals.remove(actor, noFacts, contacts)).batchId);
  }
  await removals.undo(actor, noFacts, batches[0] ?? '');
}
