import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { Import } from '../../../src/imports/import.entities.js';
import { JobsWorker } from '../../../src/jobs/jobs.worker.js';
import { type Locale } from '../../../src/web/words.js';
import { type TestApp } from '../../support/app.js';
import { field, type Browser } from '../../support/browser.js';

/** Imports of personal contacts: with wrong rows and proposals, of changes, asking for columns, done, undone, too large; and of
    lists that become the whole: one to agree to, one done. */
export type ContactImports = Record<
  | ('checked' | 'updating' | 'questions' | 'columns' | 'done' | 'undone' | 'refused')
  | ('replaceChecked' | 'replaceDone'),
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
    ...(await replacements(browser, worker)),
  };
  const wanted = {
    replaceChecked: 'checked',
    replaceDone: 'done',
    questions: 'questions',
    refused: 'refused',
    checked: 'checked',
    updating: 'checked',
  };
  for (const [name, state] of Object.entries(wanted)) {
    const id = imports[name as keyof ContactImports];
    const found = await app.database.getRepository(Import).findOneByOrFail({ id });
    if (found.state !== state) throw new Error(`${found.fileName} is ${found.state}, not ${state}`);
  }
  return imports;
}

/** Last of all: contacts leave the list. */
async function replacements(
  browser: Browser,
  worker: JobsWorker,
): Promise<Pick<ContactImports, 'replaceChecked' | 'replaceDone'>> {
  const checked = async (name: string, lines: string[], answers = {}) => {
    const id = await uploaded(browser, name, [header, ...lines], answers, '/personal-contacts/replace');
    await worker.runDue();
    return id;
  };
  const changed = ada.replace('Engines', 'Machines');
  const replaceDone = await checked('whole-list.csv', [
    changed,
    'Grace Hopper,,,,,,,Navy',
    `Paul,${long},,,,,,`,
  ]);
  const answer = await browser.post(`/imports/${replaceDone}/confirmation`, { understood: '1' });
  if (answer.status !== 303) throw new Error(`Agreeing answered ${answer.status}`);
  await worker.runDue();
  const wrong = ['Lost,,,,"3,36E+10",,,', 'Grace Hopper,,01 40 20 50 50,,,,,Navy'];
  const answers = { groupName: 'Clients of both houses' };
  return { replaceDone, replaceChecked: await checked('newer-list.csv', [ada, ...wrong], answers) };
}

async function uploaded(
  browser: Browser,
  name: string,
  lines: string[],
  answers: Record<string, string>,
  path = '/personal-contacts/import',
): Promise<Id> {
  const form = await browser.get(path);
  const answer = await browser.upload(
    path,
    { name, bytes: `${lines.join('\r\n')}\r\n` },
    { ...answers, _once: field(form, '_once').value ?? '' },
  );
  const id = /^\/imports\/([0-9a-f-]+)$/.exec(String(answer.headers.location))?.[1];
  if (!id) throw new Error(`Uploading ${name} answered ${answer.status}`);
  return id;
}
