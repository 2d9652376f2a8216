import { userTypes } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { field, problemsOf, radioGroup, textarea } from '../web/fields.js';
import { type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { type InvitationList } from './inviting.service.js';
import { proposedText } from './pasted-people.js';
import { emptyUser, knownText, userFormView, type UserFormContext } from './user-form.view.js';
import { type NewUserForm, type SeveralUsersForm } from './user.form.js';

/** Somebody who has the address already. */
export interface KnownPerson {
  id: Id;
  email: string;
  /** In the bin: inviting them again means restoring them. */
  erased: boolean;
}

/** `/users/new`: everything that can be said of one person. */
export function newUserView(
  words: Words,
  context: UserFormContext,
  submission?: Submission<NewUserForm>,
  known?: KnownPerson,
) {
  const options = { withEmail: true, ...(submission ? { returned: submission } : {}) };
  return {
    ...shared(words, false),
    ...userFormView(words, emptyUser, context, options),
    action: '/users',
    once: submission?.once ?? newId(),
    send: words.t('users.new.send'),
    ...(known
      ? {
          known: {
            href: `/users/${known.id}`,
            label: words.t('users.open-person', { name: known.email }),
            ...(known.erased ? { restoreAction: `/users/${known.id}/restoration` } : {}),
          },
        }
      : {}),
  };
}

/** `/users/new?several`: a pasted list, and once it came back what is to be put right in it. */
export function severalUsersView(
  words: Words,
  { known }: UserFormContext,
  submission?: Submission<SeveralUsersForm>,
  list?: InvitationList,
) {
  const problem = {
    field: 'addresses',
    key: 'users.pasted.some-left',
    values: { count: list?.refused.length ?? 0 },
  };
  const returned = submission && list ? submission.with(problem) : submission;
  const shown = returned && {
    problems: returned.problems,
    typed: {
      ...returned.typed,
      addresses: proposedText(String(returned.typed['addresses'] ?? ''), list?.refused ?? []),
    },
  };
  const fields = [
    textarea(
      words,
      {
        name: 'addresses',
        labelKey: 'users.pasted.label',
        hintKey: 'users.pasted.hint',
        hintValues: { max: limits.pastedAddresses },
        rows: 8,
      },
      shown,
    ),
    field(
      words,
      {
        name: 'userGroups',
        labelKey: 'users.field.userGroups',
        optional: true,
        autocomplete: 'off',
        hintKey: known.userGroups.length > 0 ? 'users.hint.groups-known' : 'users.hint.groups',
        hintValues: { names: knownText(known.userGroups) },
      },
      shown,
    ),
    radioGroup(
      words,
      {
        name: 'type',
        labelKey: 'users.field.type',
        value: 'basic',
        options: userTypes.map((value) => ({
          value,
          labelKey: `users.type.${value}`,
          hintKey: `users.type.${value}-hint`,
        })),
      },
      shown,
    ),
  ];
  const right = list?.right.length ?? 0;
  return {
    ...shared(words, true),
    sections: [{ fields }],
    problems: problemsOf(words, fields, shown),
    action: '/users/addresses',
    once: submission?.once ?? newId(),
    send: words.t('users.pasted.send'),
    refused: list?.refused.map(({ typed, key, values, userId }) => ({
      typed,
      reason: words.t(key, values),
      ...(userId ? { href: `/users/${userId}`, erased: key === 'accounts.already-erased' } : {}),
    })),
    ...(right > 0 ? { takeRight: words.t('users.pasted.take-right', { count: right }) } : {}),
  };
}

function shared(words: Words, several: boolean) {
  return {
    title: words.t('users.new.title'),
    text: words.t('users.new.text', { days: limits.invitationDays }),
    backHref: '/users?status=pending',
    tabs: [
      { href: '/users/new', label: words.t('users.new.one'), current: !several },
      { href: '/users/new?several', label: words.t('users.new.several'), current: several },
      { href: '/users/import', label: words.t('users.new.file'), current: false },
    ],
  };
}
