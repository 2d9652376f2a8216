import { features } from '../../accounts/features.js';
import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import { roles, userTypes } from '../../accounts/user.entity.js';
import {
  checkbox,
  checkboxGroup,
  field,
  problemsOf,
  radioGroup,
  select,
  type AnyField,
} from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type NamedPerson } from '../user-details.query.js';
import { nameOf } from '../change-words.js';
import { isUndoable, type Act } from './acts.js';
import { OFFERED, type OfferedGroup, type OfferedGroups } from './run-groups.query.js';
import { type RunForm } from './run.form.js';
import { fileView } from './run-file.view.js';
import { type RunPreview, type UserRun } from './user-run.entity.js';

interface Asked {
  named: NamedPerson[];
  groups: OfferedGroups | null;
  submission?: Submission<RunForm>;
}

/** Acts that take something away: their button is red. */
const grave: readonly Act[] = ['deactivate', 'erase', 'cancel'];

/** What will happen to how many, what it needs to know, and who will be left out as far as that is known. */
export function confirmView(
  words: Words,
  reader: SignedIn,
  run: UserRun,
  { named, groups, submission }: Asked,
) {
  const { act, id, total, back, preview } = run;
  const sections = sectionsOf(words, act, groups, submission);
  const fields = sections.flatMap((section) => section.fields);
  const file = preview?.file ? fileView(words, preview.file) : null;
  return {
    title: words.t(`user-runs.confirm.${act}`, { count: total }),
    back,
    who: total === 0 ? '' : whoText(words, named, total),
    what: words.t(`user-runs.effect.${act}`, { count: total }),
    notes: [
      ...notesOf(words, reader, act, preview),
      ...(isUndoable(act) ? [words.t('user-runs.undoable')] : []),
    ],
    file,
    nobody: total === 0,
    action: `/users/runs/${id}/confirmation`,
    sections,
    problems: problemsOf(words, fields, submission),
    label: words.t(`user-runs.do.${act}`, { count: total }),
    grave: grave.includes(act),
  };
}

/** `Ada Lovelace, Grace Hopper and 310 others`. */
function whoText(words: Words, named: readonly NamedPerson[], total: number): string {
  const names = named.map(nameOf);
  const others = total - names.length;
  return words.list(others > 0 ? [...names, words.t('user-runs.others', { count: others })] : names);
}

/** What is known now; everybody is looked at once more when their turn comes. */
function notesOf(words: Words, reader: SignedIn, act: Act, preview: RunPreview | null): string[] {
  if (!preview) return [];
  const { statuses, owners, self, allOwners } = preview;
  const notes: string[] = [];
  const note = (key: string, count: number) => {
    if (count > 0) notes.push(words.t(`user-runs.note.${key}`, { count }));
  };
  const { active = 0, pending = 0, deactivated = 0, erased = 0 } = statuses;
  if (act === 'deactivate') note('not-active', pending + deactivated + erased);
  if (act === 'reactivate') note('not-deactivated', active + pending + erased);
  if (act === 'resend' || act === 'cancel') note('not-pending', active + deactivated + erased);
  if (act === 'restore') note('not-erased', active + pending + deactivated);
  if (act === 'erase') note('pending-not-erased', pending);
  if (reader.role !== 'owner' && act !== 'resend') note('owners', owners);
  if (self && (act === 'deactivate' || act === 'erase')) note('self', 1);
  if (act === 'role') {
    if (allOwners) note('last-owners', owners);
    note('role-sessions', 1);
  }
  return notes;
}

interface Section {
  title?: string;
  fields: AnyField[];
}

function sectionsOf(
  words: Words,
  act: Act,
  groups: OfferedGroups | null,
  submission?: Submission<RunForm>,
): Section[] {
  if (act === 'groups' && groups)
    return groupKinds.map((kind) => groupSection(words, kind, groups[kind], submission));
  const fields = fieldsOf(words, act, submission);
  return fields.length > 0 ? [{ fields }] : [];
}

function fieldsOf(words: Words, act: Act, submission?: Submission<RunForm>): AnyField[] {
  if (act === 'type')
    return [
      radioGroup(
        words,
        {
          name: 'type',
          labelKey: 'users.field.type',
          options: userTypes.map((value) => ({
            value,
            labelKey: `users.type.${value}`,
            hintKey: `users.type.${value}-hint`,
          })),
        },
        submission,
      ),
    ];
  if (act === 'role')
    return [
      radioGroup(
        words,
        {
          name: 'role',
          labelKey: 'users.field.role',
          options: [...roles].reverse().map((value) => ({
            value,
            labelKey: `users.role.${value}`,
            hintKey: `user-runs.role-hint.${value}`,
          })),
        },
        submission,
      ),
    ];
  if (act === 'features') return featureFields(words, submission);
  if (act === 'erase')
    return [checkbox(words, { name: 'confirmed', labelKey: 'user-runs.erase-tick' }, submission)];
  return [];
}

/** One menu a feature; all send `features`, and the first holds what is to be put right. */
function featureFields(words: Words, submission?: Submission<RunForm>): AnyField[] {
  const typed = submission?.form.features ?? [];
  return features.map((feature, place) => ({
    ...select(words, {
      name: 'features',
      id: place === 0 ? 'features' : `features-${feature}`,
      labelKey: `users.feature.${feature}`,
      ...(feature === 'phone' ? { hintKey: 'users.hint.feature-phone' } : {}),
      value: typed.find((value) => value.startsWith(`${feature}:`)) ?? '',
      options: [
        { value: '', labelKey: 'user-runs.feature.stays' },
        { value: `${feature}:on`, labelKey: 'users.feature.on' },
        { value: `${feature}:off`, labelKey: 'users.feature.off' },
        { value: `${feature}:default`, labelKey: 'user-runs.feature.default' },
      ],
    }),
    ...(place === 0 ? problemIn(words, submission, 'features') : {}),
  }));
}

function problemIn(words: Words, submission: Submission<RunForm> | undefined, name: string) {
  const found = submission?.problems.find((problem) => problem.field === name);
  return found ? { problem: words.t(found.key, found.values), describedBy: `${name}-problem` } : {};
}

function groupSection(
  words: Words,
  kind: GroupKind,
  { join, leave }: OfferedGroups[GroupKind],
  submission?: Submission<RunForm>,
): Section {
  const boxes = (name: `${GroupKind}${'Add' | 'Remove'}`, labelKey: string, offered: OfferedGroup[]) =>
    offered.length === 0
      ? []
      : [
          checkboxGroup(
            words,
            {
              ...{ name, labelKey },
              ...(offered.length > OFFERED
                ? { hintKey: 'user-runs.groups.first', hintValues: { count: OFFERED } }
                : {}),
              options: offered.slice(0, OFFERED).map(({ id, name: label, people, restricted }) => ({
                value: id,
                label:
                  people === null
                    ? label
                    : words.t('user-runs.groups.with-people', { group: label, count: people }),
                ...(restricted ? { hint: words.t('user-runs.groups.restricted') } : {}),
              })),
            },
            submission,
          ),
        ];
  return {
    title: words.t(`users.field.${kind}`),
    fields: [
      ...boxes(`${kind}Add`, 'user-runs.groups.add', join),
      field(
        words,
        {
          name: `${kind}New`,
          labelKey: join.length > 0 ? 'user-runs.groups.more' : 'user-runs.groups.add',
          hintKey: 'user-runs.groups.more-hint',
          optional: true,
          autocomplete: 'off',
        },
        submission,
      ),
      ...boxes(`${kind}Remove`, 'user-runs.groups.remove', leave),
    ],
  };
}
