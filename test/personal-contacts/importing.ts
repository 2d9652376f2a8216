import { Import } from '../../src/imports/import.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { PersonalContact } from '../../src/personal-contacts/personal-contact.entity.js';
import { type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { idIn } from '../imports/importing.js';

/** A file of contacts with our own header. */
export function contactFile(...rows: string[]): string {
  return ['Name,Email Address,Office,Home,Mobile,Fax,Phone,Company', ...rows].join('\r\n');
}

export type CheckedImport = Import & { page: string; answer: Answer };

/** Uploads a file of contacts and lets it be checked. */
export async function checkContacts(
  app: TestApp,
  browser: Browser,
  bytes: Buffer | string,
  answers: Record<string, string> = {},
  name = 'contacts.csv',
): Promise<CheckedImport> {
  const answer = await browser.upload('/personal-contacts/import', { name, bytes }, answers);
  if (answer.status !== 303)
    throw new Error(`The upload answered ${answer.status}: ${visibleText(answer).slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return importNow(app, browser, idIn(answer));
}

/** Confirms a checked import and lets it be written. */
export async function confirmContacts(
  app: TestApp,
  browser: Browser,
  id: string,
  answers: Record<string, string> = {},
): Promise<CheckedImport> {
  const answer = await browser.post(`/imports/${id}/confirmation`, answers);
  if (answer.status !== 303)
    throw new Error(`Confirming answered ${answer.status}: ${visibleText(answer).slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return importNow(app, browser, id);
}

/** Uploads a file and imports it. */
export async function importContacts(
  app: TestApp,
  browser: Browser,
  bytes: Buffer | string,
  answers: Record<string, string> = {},
): Promise<CheckedImport> {
  const { id } = await checkContacts(app, browser, bytes, answers);
  return confirmContacts(app, browser, id);
}

export async function importNow(app: TestApp, browser: Browser, id: string): Promise<CheckedImport> {
  const answer = await browser.get(`/imports/${id}`);
  const found = await app.database.manager.findOneByOrFail(Import, { id });
  return Object.assign(found, { page: visibleText(answer), answer });
}

/** One's living contacts by name, each with its groups. */
export async function contactsOf(
  app: TestApp,
  { id: ownerId }: { id: string },
): Promise<(PersonalContact & { groups: string[] })[]> {
  const contacts = await app.database.manager
    .createQueryBuilder(PersonalContact, 'contact')
    .where('contact.ownerId = :ownerId AND contact.deletedAt IS NULL', { ownerId })
    .orderBy('contact.sortKey')
    .addOrderBy('contact.id')
    .getMany();
  const members = await app.database.query<{ contactId: string; name: string }[]>(
    `SELECT m.contactId, g.name FROM personal_contact_group_members m
     JOIN personal_contact_groups g ON g.id = m.groupId AND g.liveKey = 1 WHERE m.ownerId = ? ORDER BY g.nameKey`,
    [ownerId],
  );
  return contacts.map((contact) =>
    Object.assign(contact, {
      groups: members.filter(({ contactId }) => contactId === contact.id).map(({ name }) => name),
    }),
  );
}
