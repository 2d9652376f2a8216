import { limits } from '../../config/limits.js';
import { checkboxGroup, field, problemsOf, radioGroup } from '../../web/fields.js';
import { ALL, idsIn } from '../../web/selection.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { type Kept, type KeptFolder } from './kept-contacts.query.js';
import { type RefolderForm } from './refolder.form.js';

interface Asked {
  form: RefolderForm;
  kept: Kept;
  /** Contacts that are chosen. */
  count: number;
  /** The folder whose list they were chosen from. */
  from: KeptFolder | undefined;
  /** Address of that list. */
  list: string;
}

/** Which folders the chosen contacts come into. */
export function refolderView(
  words: Words,
  { form, kept, count, from, list }: Asked,
  submission?: Submission<RefolderForm>,
) {
  const offered = kept.folders.filter(({ id }) => id !== from?.id);
  // With nothing to tick, what is missing is missing in the field below.
  const returned =
    submission && offered.length === 0
      ? {
          typed: submission.typed,
          problems: submission.problems.map((problem) =>
            problem.field === 'folderIds' ? { ...problem, field: 'newFolder' } : problem,
          ),
        }
      : submission;
  const people = (folder: KeptFolder) =>
    kept.contacts.filter(({ folderIds }) => folderIds.includes(folder.id)).length;
  const fields = [
    ...(offered.length === 0
      ? []
      : [
          checkboxGroup(
            words,
            {
              ...{ name: 'folderIds', labelKey: 'external-list.folders' },
              options: offered.map((folder) => ({
                value: folder.id,
                label: words.t('external-list.refolder.folder', {
                  name: folder.name,
                  count: people(folder),
                }),
              })),
            },
            submission,
          ),
        ]),
    field(
      words,
      {
        ...{ name: 'newFolder', labelKey: 'external-folders.new', optional: offered.length > 0 },
        ...{ hintKey: 'external-list.refolder.new-hint', maxlength: limits.nameCharacters },
        autocomplete: 'off',
      },
      returned,
    ),
    radioGroup(
      words,
      {
        ...{ name: 'how', labelKey: 'external-list.refolder.how', value: form.how },
        options: [
          { value: 'add', labelKey: 'external-list.refolder.add' },
          {
            value: 'move',
            label: from
              ? words.t('external-list.refolder.move-from', { folder: from.name })
              : words.t('external-list.refolder.move'),
          },
        ],
      },
      submission,
    ),
  ];
  return {
    title: words.t('external-list.refolder.title', { count }),
    ...{ back: list, backLabel: words.t('external-list.title') },
    action: `${EXTERNAL}/selection/folders`,
    hidden: [
      { name: 'list', value: list },
      ...(form.all === ALL
        ? [{ name: 'all', value: ALL }]
        : idsIn(form.ids.join(',')).map((value) => ({ name: 'ids', value }))),
    ],
    fields,
    problems: problemsOf(words, fields, returned),
    send: words.t('common.action.save'),
  };
}
