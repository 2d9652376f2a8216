import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { idIn } from '../imports/importing.js';
import { importNow, type CheckedImport } from './importing.js';

/** Uploads a file that shall become the list and lets it be checked. */
export async function checkReplacement(
  app: TestApp,
  browser: Browser,
  bytes: string,
  answers: Record<string, string> = {},
): Promise<CheckedImport> {
  const answer = await browser.upload('/personal-contacts/replace', { name: 'contacts.csv', bytes }, answers);
  if (answer.status !== 303)
    throw new Error(`The upload answered ${answer.status}: ${visibleText(answer).slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return importNow(app, browser, idIn(answer));
}

/** What the form of a checked replacement sends when its box is ticked. */
export function agreed({ answer }: CheckedImport): Record<string, string> {
  const count = /name="understood" value="(\d+)"/.exec(answer.text)?.[1];
  return {
    ...(count === undefined ? {} : { understood: count }),
    ...(answer.text.includes('name="rows" value="right"') ? { rows: 'right' } : {}),
  };
}

/** Uploads, agrees and lets it be written. */
export async function replaceContacts(
  app: TestApp,
  browser: Browser,
  bytes: string,
  answers: Record<string, string> = {},
): Promise<CheckedImport> {
  const checked = await checkReplacement(app, browser, bytes, answers);
  return confirmReplacement(app, browser, checked);
}

export async function confirmReplacement(
  app: TestApp,
  browser: Browser,
  checked: CheckedImport,
  answers: Record<string, string> = {},
): Promise<CheckedImport> {
  const answer = await browser.post(`/imports/${checked.id}/confirmation`, {
    ...agreed(checked),
    ...answers,
  });
  if (answer.status !== 303)
    throw new Error(`Confirming answered ${answer.status}: ${visibleText(answer).slice(0, 2000)}`);
  await app.get(JobsWorker).idle();
  return importNow(app, browser, checked.id);
}
