import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { Import } from '../../../src/imports/import.entities.js';
import { JobsWorker } from '../../../src/jobs/jobs.worker.js';
import { type Locale } from '../../../src/web/words.js';
import { type TestApp } from '../../support/app.js';
import { field, type Browser } from '../../support/browser.js';

/** Imports of personal contacts: with wrong rows and proposals, of changes, asking for columns, done, undone, too large. */
export type ContactImports = Record<
  'checked' | 'updating' | 'questions' | 'columns' | 'done' | 'undone' | 'refused',
  Id
>;

const header = 'Name,Email Address,Office,Home,Mobile,Fax,Phone,Company';
const ada =
  'Ada Lovelace,ada@contacts.test,+44 20 7946 0018,,,,,Analytical Engines and Differences of London';
const long = 'nobody.with.quite.a.long.address.indeed@department.of.a.company.example';

/** One's own, for somebody of each language: nobody else sees them. */
export async function contactImportsOf(
  app: TestApp,
  people: Record<Locale, User>,
): Promise<Record<Locale, ContactImports>> {
  return { en: await importsOf(app, people.en), fr: await importsOf(app, people.fr) };
}

async function importsOf(app: TestApp, owner: User): Promise<ContactImports> {
  const browser = await app.browserOf(owner);
  const worker = app.get(JobsWorker);
  const checked = async (name: string, lines: string[], answers = {}) => {
    const id = await uploaded(browser, name, lines, answers);
    await worker.runDue();
    return id;
  };
  const act = async (id: Id, what: 'confirmation' | 'undo') => {
    const answer = await browser.post(`/imports/${id}/${what}`, { rows: 'right' });
    if (answer.status !== 303) throw new Error(`${what} answered ${answer.status}`);
    await worker.runDue();
  };
  const done = await checked('clients.csv', [header, ada, 'Alan Turing,,,,,,,', ',x@contacts.test,,,,,,'], {
    groupName: 'Clients',
  });
  await act(done, 'confirmation');
  const undone = await checked('mistaken.csv', [header, 'Jean Bartik,jean@contacts.test,,,,,,']);
  await act(undone, 'confirmation');
  await act(undone, 'undo');
  const imports: ContactImports = {
    checked: await checked(
      'friends.csv',
      [
        ...[
          header,
          ada.replace('+44', '+33'),
          'Jeanne,,01 40 20 50 50,,,,,',
          `Paul,${long},(0)1 40 20 50 51,,,,,`,
        ],
        ...['Lost,,,,"3,36E+10",,,', `,${long},,,,,,`, 'Two,,,,06 12 34 56 78 / 01 40 20 50 50,,,'],
        ...['Grace Hopper,grace@contacts.test,,,,,,', 'Grace Hopper,grace@contacts.test,,,,,,Navy'],
      ],
      { groupName: 'Friends' },
    ),
    updating: await checked(
      'moved.csv',
      [header, ada.replace('0018', '0019').replace('Engines', 'Machines')],
      {
        existing: 'update',
        groupName: 'Former clients',
      },
    ),
    questions: await checked('no-header.csv', ['x,y,z', 'Ada,Lovelace,+442079460018']),
    columns: await checked('columns.csv', [
      'Prénom;Nom;Portable;Poste',
      'Ada;Lovelace;+447700900018;Ingénieure',
    ]),
    refused: await checked('everybody.csv', [
      header,
      ...Array.from({ length: 1001 }, (_, row) => `P ${row},,,,,,,`),
    ]),
    ...{ done, undone },
  };
  const wanted = { questions: 'questions', refused: 'refused', checked: 'checked', updating: 'checked' };
  for (const [name, state] of Object.entries(wanted)) {
    const id = imports[name as keyof ContactImports];
    const found = await app.database.getRepository(Import).findOneByOrFail({ id });
    if (found.state !== state) throw new Error(`${found.fileName} is ${found.state}, not ${state}`);
  }
  return imports;
}

async function uploaded(
  browser: Browser,
  name: string,
  lines: string[],
  answers: Record<string, string>,
): Promise<Id> {
  const form = await browser.get('/personal-contacts/import');
  const answer = await browser.upload(
    '/personal-contacts/import',
    { name, bytes: `${lines.join('\r\n')}\r\n` },
    { ...answers, _once: field(form, '_once').value ?? '' },
  );
  const id = /^\/imports\/([0-9a-f-]+)$/.exec(String(answer.headers.location))?.[1];
  if (!id) throw new Error(`Uploading ${name} answered ${answer.status}`);
  return id;
}
