import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { field, problemsOf } from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { listPath } from '../list/external-list.state.js';
import { type Kept } from '../list/kept-contacts.query.js';
import { type ExternalFolderForm } from './external-folder.form.js';
import { type DeletedFolder } from './external-folders.service.js';
import { type StoredFolder } from './folder-writes.js';

export const FOLDERS = `${EXTERNAL}/folders`;

/** The folder that has a name already. */
export interface Taken {
  id: string;
  name: string;
}

/** `/external-contacts/folders`, a page at a time. @param page from 0 */
export function foldersView(
  words: Words,
  { contacts, folders }: Kept,
  deleted: readonly DeletedFolder[],
  page: number,
) {
  const pages = Math.ceil(folders.length / limits.page);
  const shown = Math.min(page, Math.max(0, pages - 1));
  const href = (to: number, is: boolean) =>
    is ? (to === 0 ? FOLDERS : `${FOLDERS}?page=${to + 1}`) : undefined;
  return {
    title: words.t('external-folders.title'),
    text: words.t('external-folders.text'),
    ...{ back: EXTERNAL, backLabel: words.t('external-list.title') },
    newHref: `${FOLDERS}/new`,
    action: FOLDERS,
    columns: [
      { label: words.t('external-folders.name') },
      { label: words.t('external-folders.contacts'), number: true },
    ],
    rows: folders.slice(shown * limits.page, (shown + 1) * limits.page).map(({ id, name }) => ({
      name,
      href: listPath({ folder: id }),
      people: words.number(contacts.filter(({ folderIds }) => folderIds.includes(id)).length),
      ...actsOf(id),
    })),
    pagination: {
      ...{ first: href(0, shown > 0), previous: href(shown - 1, shown > 0) },
      ...{ next: href(shown + 1, shown < pages - 1), last: href(pages - 1, shown < pages - 1), text: '' },
    },
    empty:
      folders.length > 0
        ? null
        : {
            ...{ icon: 'folder', title: words.t('external-folders.none') },
            text: words.t('external-folders.none-text'),
            ...{ href: `${FOLDERS}/new`, label: words.t('external-folders.new') },
          },
    deleted: deleted.map(({ batchId, name, at }) => ({
      ...{ name, at: words.dateTime(at), action: undoPath(batchId, FOLDERS) },
      label: words.t('external-folders.restore-what', { name }),
    })),
  };
}

/** What can be done with one folder. */
export function actsOf(id: string) {
  return { editHref: `${FOLDERS}/${id}/edit`, deleteAction: `${FOLDERS}/${id}/deletion` };
}

/** @param taken the folder that has the name already */
export function newFolderView(words: Words, submission?: Submission<ExternalFolderForm>, taken?: Taken) {
  return {
    ...formOf(words, '', submission, taken),
    title: words.t('external-folders.new'),
    ...{ back: EXTERNAL, backLabel: words.t('external-list.title') },
    action: FOLDERS,
    once: submission?.once ?? newId(),
    send: words.t('external-folders.create'),
  };
}

export function editFolderView(
  words: Words,
  folder: StoredFolder,
  submission?: Submission<ExternalFolderForm>,
  taken?: Taken,
) {
  return {
    ...formOf(words, folder.name, submission, taken),
    title: words.t('external-folders.rename-what', { name: folder.name }),
    ...{ back: listPath({ folder: folder.id }), backLabel: folder.name },
    action: `${FOLDERS}/${folder.id}`,
    revision: folder.revision,
    send: words.t('common.action.save'),
  };
}

function formOf(
  words: Words,
  name: string,
  submission: Submission<ExternalFolderForm> | undefined,
  taken: Taken | undefined,
) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'name', labelKey: 'external-folders.name', hintKey: 'external-folders.name-hint' },
        ...{ value: name, maxlength: limits.nameCharacters, autocomplete: 'off' },
      },
      submission,
    ),
  ];
  return {
    fields,
    problems: problemsOf(words, fields, submission),
    takenHref: taken?.id ? listPath({ folder: taken.id }) : '',
    takenName: taken?.name,
  };
}
