import { localPath } from '../../auth/local-path.js';
import { phoneFields, type ContactField, type PhoneField } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';
import { formatPhone } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { tidy } from '../../text/tidy.js';
import {
  checkboxGroup,
  field,
  problemsOf,
  textarea,
  type AnyField,
  type Returned,
} from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { twoVersions, type VersionedField } from '../../web/two-versions.js';
import { type Words } from '../../web/words.js';
import { type StoredContact } from '../contact-row.js';
import { readBirthday } from './birthday.js';
import { birthdayValue, NOTE_CHARACTERS, TITLE_CHARACTERS, type ContactForm } from './contact.form.js';
import { LIST } from './contact.view.js';
import { type NamedGroup } from './contact.query.js';
import { detailsOf } from './edited.js';
import { extraInWords } from './extra.view.js';

/** Groups with a tick box, beside those it is in; the others are reached by writing their name. */
export const OFFERED_GROUPS = 200;

type TextField = ContactField | 'jobTitle' | 'birthday' | 'note';
type Values = Record<TextField, string>;

const textFields: readonly TextField[] = [
  ...(['displayName', 'email', ...phoneFields, 'organization'] as const),
  ...(['jobTitle', 'birthday', 'note'] as const),
];

/** `/personal-contacts/new`; the fields filled in from the query, or as they came back. */
export function newContactView(
  words: Words,
  groups: readonly NamedGroup[],
  query: Readonly<Record<string, unknown>>,
  returned?: Submission<ContactForm>,
) {
  const text = (name: string) => tidy(typeof query[name] === 'string' ? query[name] : '').slice(0, 1_000);
  const values = Object.fromEntries(textFields.map((name) => [name, text(name)])) as Values;
  // In an address a `+` that was not escaped is a space.
  for (const name of phoneFields) values[name] = numberIn(query[name]) ?? values[name];
  const next = localPath(returned?.form.next ?? query['next']);
  const groupIds = [query['groupIds'] ?? query['group'] ?? []].flat().filter((id) => typeof id === 'string');
  return {
    ...formView(words, values, { groups, groupIds, returned, autofocus: true }),
    title: words.t('personal-contact.new-title'),
    action: LIST,
    ...(next === null
      ? { backHref: LIST, backLabel: words.t('personal-contacts.title') }
      : { backHref: next, backLabel: words.t('common.action.back'), next }),
    once: returned?.once ?? newId(),
  };
}

/** `/personal-contacts/:id/edit`; `binned`: the contact is in the bin, and comes back when the form is sent again. */
export function editContactView(
  words: Words,
  contact: StoredContact,
  groups: readonly NamedGroup[],
  {
    returned,
    binned,
    next: wished,
  }: {
    returned?: Submission<ContactForm>;
    binned?: { text: string; href?: string };
    /** The page to go back to. */
    next?: unknown;
  } = {},
) {
  const path = `${LIST}/${contact.id}`;
  const next = localPath(returned?.form.next ?? wished);
  const form = formView(words, valuesOf(words, contact), {
    ...{ groups, groupIds: contact.groupIds, returned, removable: contact },
  });
  return {
    ...form,
    problems: binned ? [{ text: binned.text }, ...form.problems] : form.problems,
    title: words.t('personal-contact.edit-title', { name: contact.displayName }),
    ...{ action: path, backHref: next ?? path, backLabel: contact.displayName, next },
    // A form that comes back is still about the version it was opened on.
    revision: returned?.form.revision ?? String(contact.revision),
    restore: binned !== undefined || returned?.form.restore === true,
  };
}

interface FormContext {
  groups: readonly NamedGroup[];
  groupIds: readonly string[];
  returned?: Returned;
  autofocus?: boolean;
  /** Whose further details can be taken away. */
  removable?: StoredContact;
}

function formView(words: Words, values: Values, context: FormContext) {
  const { groups, groupIds, returned, autofocus = false, removable } = context;
  const line = (name: Exclude<TextField, 'note'>, maxlength: number, more: object = {}) =>
    field(
      words,
      {
        name,
        labelKey: `personal-contact.field.${name}`,
        ...{ value: values[name], maxlength, autocomplete: 'off', optional: true },
        ...more,
      },
      returned,
    );
  const phone = (name: PhoneField) =>
    line(name, 64, {
      type: 'tel',
      ...(name === 'workPhone' ? { hintKey: 'personal-contact.hint.phone' } : {}),
    });
  const person: AnyField[] = [
    line('displayName', limits.nameCharacters, {
      optional: false,
      autofocus: autofocus && returned === undefined,
    }),
    line('organization', limits.nameCharacters),
    line('email', limits.emailCharacters, { type: 'email' }),
  ];
  const posted = returned?.typed as { groupIds?: string | string[] } | undefined;
  const ticked = new Set([...groupIds, ...[posted?.groupIds ?? []].flat()]);
  const offered = groups.filter(({ id }, place) => place < OFFERED_GROUPS || ticked.has(id));
  const grouping: AnyField[] = [
    ...(groups.length > 0
      ? [
          checkboxGroup(
            words,
            {
              ...{ name: 'groupIds', labelKey: 'personal-contact.field.groupIds', values: groupIds },
              ...(offered.length < groups.length
                ? { hintKey: 'personal-contacts.regroup.first', hintValues: { count: OFFERED_GROUPS } }
                : {}),
              options: offered.map(({ id, name }) => ({ value: id, label: name })),
            },
            returned,
          ),
        ]
      : []),
    field(
      words,
      {
        ...{ name: 'newGroup', labelKey: 'personal-contact.field.newGroup', optional: true },
        ...{ maxlength: limits.nameCharacters, autocomplete: 'off' },
        ...(groups.length > 0 ? { hintKey: 'personal-contact.hint.new-group' } : {}),
      },
      returned,
    ),
  ];
  // What a field cannot hold whole is left out of the form, and so stays as it is.
  const longNote = values.note.length > NOTE_CHARACTERS;
  const more: AnyField[] = [
    ...(values.jobTitle.length > TITLE_CHARACTERS ? [] : [line('jobTitle', TITLE_CHARACTERS)]),
    line('birthday', 64, { hintKey: 'personal-contact.hint.birthday' }),
    ...(longNote
      ? []
      : [
          textarea(
            words,
            {
              ...{ name: 'note', labelKey: 'personal-contact.field.note', optional: true },
              ...{ value: values.note, rows: 5, maxlength: NOTE_CHARACTERS },
            },
            returned,
          ),
        ]),
    ...(removable ? removeFields(words, removable, returned) : []),
  ];
  const problem = (fields: readonly AnyField[]) => fields.some(({ problem }) => problem !== undefined);
  const phones = phoneFields.map(phone);
  return {
    sections: [
      { title: '', fields: person },
      { title: words.t('personal-contact.section.phones'), fields: phones },
      { title: words.t('personal-contact.section.groups'), fields: grouping },
    ],
    more,
    // Opened where there is something to see.
    moreOpen: problem(more) || more.some((each) => 'value' in each && each.value !== ''),
    longNote,
    problems: problemsOf(words, [...person, ...phones, ...grouping, ...more], returned),
  };
}

/** Details only a file could bring in; a ticked one is taken away. */
function removeFields(words: Words, contact: StoredContact, returned?: Returned): AnyField[] {
  const own = new Set(['note', 'title', 'bday', 'n', 'org']);
  const details = extraInWords(words, contact.extra, {
    displayName: contact.displayName,
  }).filter(({ name }) => !own.has(name));
  if (details.length === 0) return [];
  return [
    checkboxGroup(
      words,
      {
        ...{ name: 'without', labelKey: 'personal-contact.field.without' },
        hintKey: 'personal-contact.hint.without',
        options: details.map(({ fingerprint, label, value }) => ({
          value: fingerprint,
          label: words.t('personal-contact.detail', {
            label,
            value: value.replaceAll('\n', ', ').slice(0, 200),
          }),
        })),
      },
      returned,
    ),
  ];
}

function valuesOf(words: Words, contact: StoredContact): Values {
  const { jobTitle, birthday, note } = detailsOf(contact.extra);
  return {
    displayName: contact.displayName,
    email: contact.email ?? '',
    organization: contact.organization ?? '',
    ...(Object.fromEntries(
      phoneFields.map((name) => [name, contact[name] === null ? '' : formatPhone(contact[name])]),
    ) as Record<PhoneField, string>),
    ...{ jobTitle, note, birthday: birthdayValue(words, birthday) },
  };
}

/** Both versions of a contact that was saved elsewhere since this form was opened. */
export function conflictView(
  words: Words,
  { present, groups, since }: { present: StoredContact; groups: readonly NamedGroup[]; since: Changes[] },
  submission: Submission<ContactForm>,
) {
  const path = `${LIST}/${present.id}`;
  const next = localPath(submission.form.next);
  const theirs = valuesOf(words, present);
  const typed = (name: string) => {
    const value = submission.typed[name];
    return typeof value === 'string' ? value : undefined;
  };
  const bases = basesOf(words, since);
  const fields: VersionedField[] = textFields.flatMap((name) => {
    const mine = typed(name);
    if (mine === undefined) return [];
    return [
      {
        ...{ name, label: words.t(`personal-contact.field.${name}`), theirs: theirs[name], mine },
        base: bases.get(name),
        same: (one: string, other: string) => sameText(name, one, other),
      },
    ];
  });
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const ticked = submission.typed['groupIds'];
  if (ticked !== undefined)
    fields.push({
      ...{ name: 'groupIds', label: words.t('personal-contact.field.groupIds') },
      ...{ theirs: present.groupIds.join(';'), mine: [ticked].flat().join(';'), base: bases.get('groupIds') },
      same: (one, other) => sortedIds(one) === sortedIds(other),
      shown: (text) => words.list(idsIn(text).flatMap((id) => names.get(id) ?? [])),
    });
  const newGroup = typed('newGroup');
  const versions = twoVersions(words, fields);
  return {
    title: words.t('personal-contact.conflict.title', { name: present.displayName }),
    text: words.t('personal-contact.conflict.text', { when: words.dateTime(present.updatedAt) }),
    ...{ name: present.displayName, action: path, backHref: next ?? path, revision: present.revision },
    choices: versions.choices,
    hidden: [
      ...versions.hidden,
      ...(newGroup ? [{ name: 'newGroup', value: newGroup }] : []),
      ...(next ? [{ name: 'next', value: next }] : []),
      ...submission.form.without.map((value) => ({ name: 'without', value })),
    ],
  };
}

/** The values a form was opened on, where they were changed since. */
function basesOf(words: Words, since: readonly Changes[]): Map<string, string> {
  const bases = new Map<string, string>();
  // Newest first: the oldest change of a field has the last word.
  for (const changes of since) {
    for (const [name, [before]] of Object.entries(changes)) {
      if (name === 'extra') {
        const { jobTitle, birthday, note } = detailsOf((before ?? []) as StoredContact['extra']);
        for (const [detail, text] of Object.entries({
          jobTitle,
          note,
          birthday: birthdayValue(words, birthday),
        }))
          bases.set(detail, text);
      } else if (name === 'groupIds') bases.set(name, ((before ?? []) as Id[]).join(';'));
      else bases.set(name, typeof before === 'string' ? before : '');
    }
  }
  return bases;
}

/** Spaces in a number and how a day or an address is written make no difference. */
function sameText(name: TextField, one: string, other: string): boolean {
  const normal = (text: string): string => {
    if ((phoneFields as readonly string[]).includes(name)) return text.replace(/\D/g, '');
    if (name === 'birthday') return readBirthday(text) ?? text.trim();
    if (name === 'email') return normaliseAddress(text) ?? text.trim();
    return tidy(text, { keepLines: name === 'note' });
  };
  return normal(one) === normal(other);
}

function numberIn(value: unknown): string | null {
  return typeof value === 'string' && /^ [1-9]\d{6,14}$/.test(value) ? formatPhone(`+${value.trim()}`) : null;
}

function idsIn(text: string): string[] {
  return text.split(';').filter((id) => id !== '');
}

function sortedIds(text: string): string {
  return idsIn(text).sort().join(';');
}
