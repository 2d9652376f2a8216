import { localPath } from '../../../auth/local-path.js';
import { phoneFields, type ContactField, type PhoneField } from '../../../contact-card/contact-fields.js';
import { limits } from '../../../config/limits.js';
import { newId } from '../../../database/id.js';
import { type Changes } from '../../../journal/journal.entities.js';
import { formatPhone, isE164 } from '../../../phone/e164.js';
import { normaliseAddress } from '../../../text/address.js';
import { tidy } from '../../../text/tidy.js';
import { checkboxGroup, field, problemsOf, select, type AnyField } from '../../../web/fields.js';
import { type Submission } from '../../../web/submitted.js';
import { twoVersions, type VersionedField } from '../../../web/two-versions.js';
import { type Words } from '../../../web/words.js';
import { type StoredCloudContact } from '../cloud-contact-row.js';
import { mailboxOf, writableFolders, type Mailbox } from '../cloud-places.query.js';
import { providerName } from '../cloud-words.js';
import { folderPath, folderTree, inTreeOrder, type Folder } from '../folder-tree.js';
import { placeWord } from '../labels.js';
import { CLOUD } from '../list/cloud-list.state.js';
import { foldersAsked, PHONE_CHARACTERS, unreadable, type CloudContactForm } from './cloud-contact.form.js';

type Values = Record<ContactField, string>;
const textFields: readonly ContactField[] = ['displayName', 'organization', 'email', ...phoneFields];

/** `/cloud-contacts/new`; the fields filled in from the query, or as they came back. */
export function newCloudView(
  words: Words,
  mailboxes: readonly Mailbox[],
  query: Readonly<Record<string, unknown>>,
  returned?: Submission<CloudContactForm>,
) {
  const text = (name: string) => tidy(typeof query[name] === 'string' ? query[name] : '').slice(0, 1_000);
  const values = Object.fromEntries(textFields.map((name) => [name, text(name)])) as Values;
  // In an address a `+` that was not escaped is a space.
  for (const name of phoneFields) values[name] = numberIn(query[name]) ?? values[name];
  const next = localPath(returned?.form.next ?? query['next']);
  const wanted = [returned?.form.groupIds ?? query['groupIds'] ?? []].flat();
  const asked = wanted.filter((id) => typeof id === 'string');
  const chosen = chosenFolder(mailboxes, asked.at(0), text('mailbox'));
  const open = mailboxes.filter((mailbox) => writableFolders(mailbox).length > 0);
  // Of several mailboxes one place is chosen; of one with labels, or from within it, any number of them.
  const isIn = (mailbox: Mailbox) => mailbox.folders.some(({ id }) => id === asked.at(0));
  const box = open.length === 1 ? open[0] : (open.find(isIn) ?? mailboxOf(open, text('mailbox')));
  const places = box?.labels
    ? labelsField(words, box, [...asked, defaultOf(writableFolders(box))?.id ?? ''], returned)
    : placeField(words, mailboxes, chosen, returned);
  return {
    ...formView(words, values, [places], { returned, autofocus: true }),
    title: words.t('cloud-contact.new-title'),
    action: CLOUD,
    ...(next === null
      ? { backHref: CLOUD, backLabel: words.t('cloud-contacts.title') }
      : { backHref: next, backLabel: words.t('common.action.back'), next }),
    once: returned?.once ?? newId(),
  };
}

/** `/cloud-contacts/:id/edit`; `binned`: the contact is in the bin, and comes back when the form is sent again. */
export function editCloudView(
  words: Words,
  contact: StoredCloudContact,
  mailbox: Mailbox,
  {
    returned,
    binned,
    next: wished,
  }: {
    returned?: Submission<CloudContactForm>;
    binned?: string;
    /** The page to go back to. */
    next?: unknown;
  } = {},
) {
  const path = `${CLOUD}/${contact.id}`;
  const next = localPath(returned?.form.next ?? wished);
  const [folder, ...others] = contact.folderIds;
  // Outside labels, in several folders it stays where it is; in the only one there is, there is nothing to choose.
  const choosable = (mailbox.labels || others.length === 0) && writableFolders(mailbox).length > 1;
  const places = !choosable
    ? []
    : mailbox.labels
      ? [labelsField(words, mailbox, contact.folderIds, returned)]
      : [placeField(words, [mailbox], folder, returned)];
  const form = formView(words, valuesOf(contact), places, { returned, present: contact });
  const name = contact.displayName || words.t('cloud-contact.no-name');
  return {
    ...form,
    problems: binned === undefined ? form.problems : [{ text: binned }, ...form.problems],
    title: words.t('cloud-contact.edit-title', { name }),
    ...{ action: path, backHref: next ?? path, backLabel: name, next },
    // A form that comes back is still about the version it was opened on.
    revision: returned?.form.revision ?? String(contact.version),
    restore: binned !== undefined || returned?.form.restore === true,
    kept: words.t('cloud-contact.kept-there', { provider: providerName(words, mailbox.provider) }),
  };
}

/** Folders to choose from, each with the way to it; of several mailboxes with the name of its own. */
export function placeField(
  words: Words,
  mailboxes: readonly Mailbox[],
  chosen: string | undefined,
  returned?: Submission<object>,
  {
    name = 'groupIds',
    emptyKey,
    labelKey = `cloud-contact.field.place.${placeWord(mailboxes)}`,
  }: { name?: string; emptyKey?: string; labelKey?: string } = {},
) {
  const several = mailboxes.length > 1;
  const options = mailboxes.flatMap((mailbox) => {
    const open = new Set(writableFolders(mailbox));
    return inTreeOrder(folderTree(mailbox.folders))
      .filter((each) => open.has(each))
      .map((each) => ({ value: each.id, label: placeLabel(mailbox, each, several) }));
  });
  return select(words, { ...{ name, labelKey, options, emptyKey }, value: chosen ?? '' }, returned);
}

/** Labels of a mailbox, those it has ticked. */
function labelsField(
  words: Words,
  mailbox: Mailbox,
  values: readonly string[],
  returned?: Submission<CloudContactForm>,
) {
  const open = new Set(writableFolders(mailbox));
  const options = inTreeOrder(folderTree(mailbox.folders))
    .filter((each) => open.has(each))
    .map((each) => ({ value: each.id, label: placeLabel(mailbox, each, false) }));
  const description = { name: 'groupIds', labelKey: 'cloud-contact.field.labels', options, values };
  return checkboxGroup(words, description, returned);
}

function placeLabel(mailbox: Mailbox, folder: Folder, several: boolean): string {
  const path = folderPath(folder, mailbox.folders).join(' › ');
  return several ? `${mailbox.accountName}: ${path}` : path;
}

/** Where a new contact goes unless somebody chooses. */
export function defaultFolder(mailboxes: readonly Mailbox[]): string | undefined {
  return chosenFolder(mailboxes, undefined, '');
}

function chosenFolder(
  mailboxes: readonly Mailbox[],
  asked: string | undefined,
  mailboxId: string,
): string | undefined {
  const box = mailboxOf(mailboxes, mailboxId);
  const open = (box ? [box, ...mailboxes] : mailboxes).flatMap(writableFolders);
  const found = open.find(({ id }) => id === asked);
  return (found ?? (box && defaultOf(writableFolders(box))) ?? defaultOf(open))?.id;
}

function defaultOf(folders: readonly Folder[]): Folder | undefined {
  return folders.find(({ isDefault }) => isDefault) ?? folders.at(0);
}

interface FormContext {
  returned?: Submission<CloudContactForm>;
  autofocus?: boolean;
  present?: StoredCloudContact;
}

function formView(words: Words, values: Values, places: AnyField[], context: FormContext) {
  const { returned, autofocus = false, present } = context;
  const line = (name: ContactField, maxlength: number, more: object = {}) =>
    field(
      words,
      {
        ...{ name, labelKey: `cloud-contact.field.${name}`, value: values[name] },
        ...{ maxlength: Math.max(maxlength, values[name].length), autocomplete: 'off', optional: true },
        ...more,
      },
      returned,
    );
  const person: AnyField[] = [
    line('displayName', limits.nameCharacters, {
      optional: false,
      autofocus: autofocus && returned === undefined,
    }),
    line('organization', limits.nameCharacters),
    line('email', limits.emailCharacters, { type: 'email' }),
  ];
  const phones = phoneFields.map((name) =>
    line(name, PHONE_CHARACTERS, {
      type: 'tel',
      ...(present && unreadable(present, name) !== ''
        ? { hintKey: 'cloud-contact.hint.unreadable' }
        : name === 'workPhone'
          ? { hintKey: 'cloud-contact.hint.phone' }
          : {}),
    }),
  );
  return {
    sections: [
      { title: '', fields: person },
      { title: words.t('cloud-contact.section.phones'), fields: phones },
      ...(places.length > 0
        ? [
            {
              title: words.t('cloud-contact.section.place'),
              fields: places,
              // A browser says nothing of boxes of which none is ticked.
              ticks: places.some(({ partial }) => partial === 'radio-group'),
            },
          ]
        : []),
    ],
    problems: problemsOf(words, [...person, ...phones, ...places], returned),
  };
}

function valuesOf(contact: StoredCloudContact): Values {
  return {
    displayName: contact.displayName,
    email: contact.email ?? '',
    organization: contact.organization ?? '',
    ...(Object.fromEntries(
      phoneFields.map((name) => [
        name,
        contact[name] === null ? unreadable(contact, name) : formatPhone(contact[name]),
      ]),
    ) as Record<PhoneField, string>),
  };
}

/** Both versions of a contact that was changed since this form was opened: in another window, or by its provider. */
export function conflictView(
  words: Words,
  { present, mailbox, since }: { present: StoredCloudContact; mailbox: Mailbox; since: readonly Changes[] },
  submission: Submission<CloudContactForm>,
) {
  const path = `${CLOUD}/${present.id}`;
  const theirs = valuesOf(present);
  const bases = basesOf(since);
  const fields: VersionedField[] = textFields.flatMap((name) => {
    const mine = submission.typed[name];
    if (typeof mine !== 'string') return [];
    return [
      {
        ...{ name, label: words.t(`cloud-contact.field.${name}`), theirs: theirs[name], mine },
        base: bases.get(name),
        same: (one: string, other: string) => sameText(name, one, other),
      },
    ];
  });
  const mine = foldersAsked(submission);
  if (mine !== undefined)
    fields.push({
      ...{ name: 'groupIds', mine: placesText(mine), theirs: placesText(present.folderIds) },
      label: words.t(mailbox.labels ? 'cloud-contact.field.labels' : 'cloud-contact.field.folderIds'),
      base: bases.get('folderIds'),
      shown: (ids) =>
        words.list(
          ids.split(',').flatMap((id) => {
            const folder = mailbox.folders.find((each) => each.id === id);
            return folder ? [folderPath(folder, mailbox.folders).join(' › ')] : [];
          }),
        ),
    });
  const name = present.displayName || words.t('cloud-contact.no-name');
  const next = localPath(submission.form.next);
  const { choices, hidden } = twoVersions(words, fields);
  return {
    title: words.t('cloud-contact.conflict.title', { name }),
    text: words.t('cloud-contact.conflict.text', { when: words.dateTime(present.updatedAt) }),
    ...{ name, action: path, backHref: next ?? path, revision: present.version },
    choices,
    hidden: [...hidden, ...(next ? [{ name: 'next', value: next }] : [])],
  };
}

/** Folders as one value of a form, as `foldersAsked` reads it. */
function placesText(folderIds: readonly string[]): string {
  return [...folderIds].sort().join(',');
}

/** The values a form was opened on, where they were changed since. */
function basesOf(since: readonly Changes[]): Map<string, string> {
  const bases = new Map<string, string>();
  // Newest first: the oldest change of a field has the last word.
  for (const changes of since)
    for (const [name, [before]] of Object.entries(changes))
      if (name === 'folderIds') bases.set(name, placesText((before as string[] | null) ?? []));
      else if (name !== 'typedPhones')
        bases.set(name, typeof before === 'string' ? (isE164(before) ? formatPhone(before) : before) : '');
  return bases;
}

/** Spaces in a number and how an address is written make no difference. */
function sameText(name: ContactField, one: string, other: string): boolean {
  const normal = (text: string): string => {
    if ((phoneFields as readonly string[]).includes(name)) return text.replace(/[\s().\-/]/g, '');
    if (name === 'email') return normaliseAddress(text) ?? text.trim();
    return tidy(text);
  };
  return normal(one) === normal(other);
}

function numberIn(value: unknown): string | null {
  return typeof value === 'string' && /^ [1-9]\d{6,14}$/.test(value) ? formatPhone(`+${value.trim()}`) : null;
}
