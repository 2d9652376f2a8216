import { readFileSync } from 'node:fs';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Import } from '../../src/imports/import.entities.js';
import { type TestApp } from '../support/app.js';
import { type Answer, type Browser } from '../support/browser.js';

export const users2000 = readFileSync(`${import.meta.dirname}/../data/users-2000.csv`);

/** Uploads a file of users and lets it be checked. @returns the import's id */
export async function checked(
  app: TestApp,
  browser: Browser,
  bytes: Buffer | string,
  name = 'people.csv',
): Promise<string> {
  const answer = await browser.upload('/users/import', { name, bytes });
  if (answer.status !== 303)
    throw new Error(`The upload answered ${answer.status}: ${answer.text.slice(0, 2000)}`);
  const id = idIn(answer);
  await app.get(JobsWorker).idle();
  return id;
}

/** Confirms a checked import and lets it be written. */
export async function imported(
  app: TestApp,
  browser: Browser,
  id: string,
  choices: Record<string, string> = {},
): Promise<Answer> {
  const answer = await browser.post(`/imports/${id}/confirmation`, choices);
  if (answer.status !== 303)
    throw new Error(`Confirming answered ${answer.status}: ${answer.text.slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return browser.get(`/imports/${id}`);
}

export function theImport(app: TestApp, id: string): Promise<Import> {
  return app.database.manager.findOneByOrFail(Import, { id });
}

export function idIn(answer: Answer): string {
  return /\/imports\/([^/?]+)/.exec(answer.headers['location'] ?? '')?.[1] ?? '';
}

/** A file of users with our own header. */
export function file(...rows: string[]): string {
  return [
    'Email,First Name,Last Name,Department,Manager,User Group,Chat Group,Job Title,Location,Phone,Mobile,Extension',
    ...rows,
  ].join('\r\n');
}

/** Uploads a file of changes and lets it be checked. @returns the import's id */
export async function updated(
  app: TestApp,
  browser: Browser,
  bytes: Buffer | string,
  rules: Record<string, string> = {},
): Promise<string> {
  const answer = await browser.upload('/users/update', { name: 'people.csv', bytes }, rules);
  if (answer.status !== 303)
    throw new Error(`The upload answered ${answer.status}: ${answer.text.slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return idIn(answer);
}

/** Undoes an import. */
export async function undone(app: TestApp, browser: Browser, id: string): Promise<Answer> {
  await browser.post(`/imports/${id}/undo`);
  await app.get(JobsWorker).idle();
  return browser.get(`/imports/${id}`);
}
