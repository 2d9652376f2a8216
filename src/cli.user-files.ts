import { type INestApplicationContext } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { resolveFeatures } from './accounts/features.js';
import { theAccount } from './cli.accounts.js';
import { CannotBeDone, oneOf, print, required, type Options, type Rest } from './cli.options.js';
import { type Id } from './database/id.js';
import { FileRefused } from './imports/file-refused.js';
import { READ, WRITE } from './imports/import-jobs.js';
import { type ImportDescription, type Row } from './imports/import-kind.js';
import { columnName, problemText } from './imports/row-lists.view.js';
import { ImportRows } from './imports/import-rows.query.js';
import { type Import, type ImportState } from './imports/import.entities.js';
import { Imports } from './imports/imports.service.js';
import { type FileProblem } from './imports/reading.js';
import { Staging } from './imports/staging.service.js';
import { JobsWorker } from './jobs/jobs.worker.js';
import { noFacts, operator, type Actor } from './journal/actor.js';
import { Journal } from './journal/journal.service.js';
import { userUpdate } from './user-management/updates/user-update.description.js';
import { userImport } from './user-management/user-import.description.js';
import { UsersExport } from './user-management/users-export.js';
import { Words } from './web/words.js';

/** How often a step that another process does is looked at. */
const LOOK_MS = 200;
const words = Words.for('en');

/**
 * The page's import from file to result: the right rows are imported, the wrong ones printed. Nothing is asked, so
 * what a person would be asked is refused or left (phone proposals, unless `--take-proposals` agrees to them).
 */
export function importUsers(app: INestApplicationContext, options: Options, rest: Rest): Promise<void> {
  return bring(app, options, rest, userImport);
}

/** The same for changes of people: `--empty clear` empties by empty cells, `--groups add` keeps groups a cell does not name. */
export function updateUsers(app: INestApplicationContext, options: Options, rest: Rest): Promise<void> {
  const empty = oneOf(options, 'empty', ['keep', 'clear'], 'keep');
  const groups = oneOf(options, 'groups', ['replace', 'add'], 'replace');
  return bring(app, options, rest, userUpdate, { empty, userGroups: groups, chatGroups: groups });
}

async function bring(
  app: INestApplicationContext,
  options: Options,
  { file, flags }: Rest,
  kind: ImportDescription,
  rules?: Record<string, string>,
): Promise<void> {
  const account = await theAccount(app, required(options, 'account'));
  const actor = operator(account.id);
  const imports = app.get(Imports);
  const id = await stage(app, actor, file, kind, rules);
  try {
    const checked = await settled(app, actor, id);
    if (checked.state === 'questions') throw new CannotBeDone(questionOf(checked, kind));
    const { n = 0, c = 0 } = checked.counts ?? {};
    if (checked.state === 'checked' && n + c > 0) {
      const features = resolveFeatures(account.features, [], null);
      await imports.confirm(actor, noFacts, id, {
        choices: Object.fromEntries(kind.choices({ features }).map(({ name, value }) => [name, value])),
        proposals: flags.has('take-proposals'),
      });
    }
    const ended = await settled(app, actor, id);
    if (ended.state === 'refused') throw new CannotBeDone(`${file}: ${sentenceOf(ended.problem)}`);
    await printResult(app, ended, kind);
  } finally {
    // What was not confirmed is not left lying in the history as if somebody still had to.
    const { state } = await imports.get(actor, id);
    if (state === 'questions' || state === 'checked') await imports.cancel(actor, id);
  }
}

/** All people of an account as a file, on stdout: what `/users/export.csv` gives, for every status. */
export async function exportUsers(app: INestApplicationContext, options: Options): Promise<void> {
  const account = await theAccount(app, required(options, 'account'));
  await app.get(Journal).audit(app.get(DataSource).manager, operator(account.id), noFacts, {
    action: 'users.export',
    details: { form: 'plain' },
  });
  const pieces = app.get(UsersExport).everybody(account.id, { form: 'plain', locale: 'en' });
  try {
    await pipeline(Readable.from(pieces), process.stdout, { end: false });
  } catch (error) {
    // Whoever read it has seen enough (`… | head`).
    if ((error as { code?: string }).code !== 'EPIPE') throw error;
  }
}

async function stage(
  app: INestApplicationContext,
  actor: Actor,
  file: string,
  kind: ImportDescription,
  choices?: Record<string, string>,
): Promise<Id> {
  const bytes = await opened(file);
  try {
    return await app.get(Staging).take(actor, kind, { once: null, fileName: nameOf(file), choices }, bytes);
  } catch (error) {
    if (error instanceof FileRefused) throw new CannotBeDone(`${file}: ${sentenceOf(error.problem)}`);
    throw error;
  }
}

function nameOf(file: string): string {
  return [...basename(file).replaceAll(/\p{Cc}/gu, '')].slice(0, 255).join('');
}

async function opened(file: string): Promise<AsyncIterable<Buffer>> {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'this user may not read it',
    EISDIR: 'it is a folder',
  };
  try {
    const handle = await open(file);
    const isFolder = (await handle.stat()).isDirectory();
    await handle.close();
    if (isFolder) throw Object.assign(new Error(), { code: 'EISDIR' });
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    throw new CannotBeDone(`${file} cannot be read: ${reasons[code] ?? message}`);
  }
  return createReadStream(file);
}

/**
 * The import once its present step is over. The worker of a running server may do it; else it is done here.
 * @throws CannotBeDone when the step failed
 */
export async function settled(app: INestApplicationContext, actor: Actor, id: Id): Promise<Import> {
  const running: ImportState[] = ['uploading', 'checking', 'importing'];
  for (;;) {
    await app.get(JobsWorker).runDue();
    const present = await app.get(Imports).get(actor, id);
    if (!running.includes(present.state)) return present;
    const [failed] = await app
      .get(DataSource)
      .query<{ lastError: string }[]>(
        'SELECT lastError FROM jobs WHERE uniqueKey IN (?) AND lastError IS NOT NULL',
        [[`${READ}:${id}`, `${WRITE}:${id}`]],
      );
    if (failed)
      throw new CannotBeDone(
        `The import was interrupted (${failed.lastError}); the running server tries again and shows it at /imports/${id}`,
      );
    await wait(LOOK_MS);
  }
}

async function printResult(
  app: INestApplicationContext,
  present: Import,
  { updates }: ImportDescription,
): Promise<void> {
  for await (const row of app.get(ImportRows).all(present, 'w'))
    linesOf(row, present).forEach((line) => print(line));
  const { counts } = present;
  const count = (letter: string) => words.number(counts?.[letter] ?? 0);
  if (updates)
    return print(
      `${count('written')} updated, ${count('s')} unchanged, ${count('m')} changed meanwhile, ${count('w')} wrong`,
    );
  print(`${count('written')} imported, ${count('k')} already there, ${count('w')} wrong`);
}

function linesOf(row: Row, present: Import): string[] {
  return row.problems.map((problem) => {
    const [column, key] = problem;
    const proposal = row.proposals.find((one) => one[0] === column && one[3] === key);
    const hint = proposal ? ` With --take-proposals it is read as ${proposal[2]}.` : '';
    return `Row ${row.line}, ${columnName(words, present, column)}: ${problemText(words, row, problem)}${hint}`;
  });
}

/** Why a file cannot go on without somebody who looks at its columns. */
function questionOf({ fileName, reading }: Import, kind: ImportDescription): string {
  const isColumn = (name: string) => reading?.columns.includes(name) ?? false;
  const lacksAll = kind.oneOf?.some(isColumn) === false;
  const missing = kind.fields.filter(
    ({ name, required: needed }) =>
      !isColumn(name) && (needed || (lacksAll && (kind.oneOf ?? []).includes(name))),
  );
  const what =
    missing.length > 0
      ? `no column is called ${missing.map(({ labelKey }) => words.t(labelKey)).join(' or ')}`
      : `${(reading?.unsure ?? []).map((column) => `“${reading?.header[column] ?? ''}”`).join(', ')} could be several things`;
  return `${fileName}: ${what}; rename the columns as docs/import-formats.md shows, or choose them at ${kind.uploadPath}`;
}

function sentenceOf(problem: FileProblem | null): string {
  const { limits } = userImport;
  return problem
    ? words.t(problem.key, {
        ...{ size: words.bytes(limits.bytes), rows: limits.rows },
        ...problem.values,
      })
    : 'it could not be read';
}
