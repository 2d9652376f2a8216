import { limits } from '../../config/limits.js';
import { checkboxGroup, field, problemsOf, radioGroup } from '../../web/fields.js';
import { ALL, idsIn } from '../../web/selection.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { OFFERED_GROUPS } from '../contact/contact-form.view.js';
import { type CountedGroup } from '../groups/contact-groups.query.js';
import { CONTACTS } from './contact-list.state.js';
import { type RegroupForm } from './selection.form.js';

interface Asked {
  form: RegroupForm;
  groups: readonly CountedGroup[];
  /** Contacts that are chosen. */
  count: number;
  /** The group whose list they were chosen from. */
  from: CountedGroup | undefined;
  /** Address of that list. */
  list: string;
}

/** Which groups the chosen contacts come into. */
export function regroupView(
  words: Words,
  { form, groups, count, from, list }: Asked,
  submission?: Submission<RegroupForm>,
) {
  const offered = groups.filter(({ id }) => id !== from?.id);
  // With nothing to tick, what is missing is missing in the field below.
  const returned =
    submission && offered.length === 0 ? renamed(submission, 'groupIds', 'newGroup') : submission;
  const fields = [
    ...(offered.length === 0
      ? []
      : [
          checkboxGroup(
            words,
            {
              ...{ name: 'groupIds', labelKey: 'personal-contacts.regroup.groups' },
              ...(offered.length > OFFERED_GROUPS
                ? { hintKey: 'personal-contacts.regroup.first', hintValues: { count: OFFERED_GROUPS } }
                : {}),
              options: offered.slice(0, OFFERED_GROUPS).map(({ id, name, people }) => ({
                value: id,
                label: words.t('personal-contacts.regroup.group', { name, count: people }),
              })),
            },
            submission,
          ),
        ]),
    field(
      words,
      {
        ...{ name: 'newGroup', labelKey: 'personal-contacts.regroup.new', optional: offered.length > 0 },
        ...{ hintKey: 'personal-contacts.regroup.new-hint', maxlength: limits.nameCharacters },
        autocomplete: 'off',
      },
      returned,
    ),
    radioGroup(
      words,
      {
        ...{ name: 'how', labelKey: 'personal-contacts.regroup.how', value: form.how },
        options: [
          { value: 'add', labelKey: 'personal-contacts.regroup.add' },
          {
            value: 'move',
            label: from
              ? words.t('personal-contacts.regroup.move-from', { group: from.name })
              : words.t('personal-contacts.regroup.move'),
          },
        ],
      },
      submission,
    ),
  ];
  return {
    title: words.t('personal-contacts.regroup.title', { count }),
    back: list,
    backLabel: words.t('personal-contacts.title'),
    action: `${CONTACTS}/selection/groups`,
    hidden: [
      { name: 'list', value: list },
      ...(form.all === ALL
        ? [{ name: 'all', value: ALL }]
        : idsIn(form.ids.join(',')).map((value) => ({ name: 'ids', value }))),
    ],
    fields,
    problems: problemsOf(words, fields, returned),
    send: words.t('personal-contacts.regroup.send'),
  };
}

function renamed<F extends object>({ typed, problems }: Submission<F>, from: string, to: string) {
  return {
    typed,
    problems: problems.map((problem) => (problem.field === from ? { ...problem, field: to } : problem)),
  };
}
