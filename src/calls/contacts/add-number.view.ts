import { type PersonRecord } from '../../accounts/person-records.js';
import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { formatPhone } from '../../phone/e164.js';
import { isolate } from '../../text/isolate.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { problemsOf, radioGroup } from '../../web/fields.js';
import { phoneInLine, phoneText } from '../../web/link-texts.js';
import { isUnsearchable } from '../../web/list-search.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type NumberedCall } from './add-number.controller.js';
import { type AddNumberForm } from './add-number.form.js';
import { newContactLinks, usualField } from './new-contact-links.js';
import { type NumberTarget } from './number-targets.service.js';

/** What all pages of a number say on top. */
function headOf(words: Words, call: NumberedCall) {
  return {
    title: words.t('add-number.title', { number: phoneText(call.number) }),
    navigationPath: '/calls',
    ...{ callHref: `/calls/${call.id}`, callLabel: words.t('add-number.back') },
  };
}

/** `/calls/:id/add-number` */
export function searchView(
  words: Words,
  reader: SignedIn,
  call: NumberedCall,
  { q, found, more }: { q: string; found: readonly PersonRecord[]; more: boolean },
) {
  const path = `/calls/${call.id}/add-number`;
  return {
    ...headOf(words, call),
    text: words.t('add-number.search-text', {
      name: call.callerName === null ? 'none' : isolate(call.callerName),
    }),
    ...{ action: path, q, links: newContactLinks(call, reader) },
    status:
      q === ''
        ? ''
        : words.t(more ? 'common.search.results-or-more' : 'common.search.results', {
            count: found.length,
          }),
    rows: found.map(({ kind, id, name, photoUrl, organization, email, numbers }) => ({
      ...{ href: `${path}/${kind}/${id}`, name: name || words.t('add-number.no-name') },
      avatar: { initials: initialsIn(name), colour: colourOf(id), photoUrl },
      place: words.t(`add-number.kind.${kind}`),
      note: [organization, email, ...numbers.slice(0, 1).map(({ number }) => phoneInLine(number))]
        .filter((part) => part !== null && part !== '')
        .join(' · '),
    })),
    empty:
      found.length > 0
        ? null
        : q === ''
          ? { icon: 'search', title: words.t('add-number.begin') }
          : isUnsearchable(q)
            ? { icon: 'search', title: words.t('add-number.unsearchable') }
            : {
                icon: 'search',
                title: words.t('common.empty.no-match'),
                text: words.t('add-number.no-match', { q }),
              },
  };
}

/** `/calls/:id/add-number/:kind/:contactId`: each field with what stands in it. */
export function chooseFieldView(
  words: Words,
  call: NumberedCall,
  target: NumberTarget,
  {
    returned,
    changed = false,
    field,
  }: { returned?: Submission<AddNumberForm>; changed?: boolean; field?: PhoneField } = {},
) {
  const usual = usualField(call.number);
  const free = (name: PhoneField) => standingIn(target, name) === '';
  // No home is guessed before the field that says nothing.
  const order = [usual, 'mainPhone', 'workPhone', 'mobilePhone', 'homePhone'] as const;
  const chosen = field ?? order.find(free) ?? usual;
  const fields = [
    radioGroup(
      words,
      {
        ...{ name: 'field', labelKey: 'add-number.field', value: chosen },
        options: phoneFields.map((name) => ({
          value: name,
          label: words.t(`add-number.phone.${name}`),
          hint: free(name)
            ? words.t('add-number.free')
            : words.t('add-number.taken', { number: shown(standingIn(target, name)) }),
        })),
      },
      returned,
    ),
  ];
  const has = phoneFields.find((name) => target.phones[name] === call.number);
  return {
    ...headOf(words, call),
    ...targetOf(words, call, target),
    notice: changed
      ? words.t('add-number.changed', { name: nameOf(words, target) })
      : has
        ? words.t('add-number.has-it', {
            name: nameOf(words, target),
            field: words.t(`add-number.phone.${has}`),
          })
        : '',
    ...{ fields, problems: problemsOf(words, fields, returned), revision: String(target.revision) },
  };
}

/** A field that is taken: what goes, and what comes. */
export function confirmView(words: Words, call: NumberedCall, target: NumberTarget, field: PhoneField) {
  const standing = standingIn(target, field);
  return {
    ...headOf(words, call),
    ...targetOf(words, call, target),
    text: words.t('add-number.confirm', {
      name: nameOf(words, target),
      field: words.t(`add-number.phone.${field}`),
      taken: standing === '' ? 'no' : 'yes',
    }),
    ...{ before: shown(standing), after: phoneText(call.number) },
    hidden: [
      { name: 'field', value: field },
      { name: 'revision', value: String(target.revision) },
      { name: 'replaces', value: standing },
    ],
    chooseHref: pathOf(call, target),
  };
}

/** What stands in a field: a number, text that is none, or ''. */
export function standingIn({ phones, unreadable }: NumberTarget, field: PhoneField): string {
  return phones[field] ?? unreadable[field] ?? '';
}

function targetOf(words: Words, call: NumberedCall, target: NumberTarget) {
  const { kind, href, mailbox, blocked } = target;
  const name = nameOf(words, target);
  return {
    ...{ name, href, action: pathOf(call, target), searchHref: `/calls/${call.id}/add-number` },
    number: phoneText(call.number),
    place: mailbox === '' ? words.t(`add-number.kind.${kind}`) : words.t('add-number.mailbox', { mailbox }),
    sent: kind === 'cloud' ? words.t('add-number.sent', { mailbox }) : '',
    blocked:
      blocked === null
        ? null
        : {
            text: words.t(`add-number.blocked.${blocked}`, { name, mailbox }),
            href: blocked === 'in-conflict' ? '/cloud-contacts/conflicts' : href,
            label: words.t(blocked === 'in-conflict' ? 'add-number.open-conflicts' : 'add-number.open'),
          },
  };
}

function pathOf({ id }: NumberedCall, target: NumberTarget): string {
  return `/calls/${id}/add-number/${target.kind}/${target.id}`;
}

function nameOf(words: Words, { name }: NumberTarget): string {
  return name || words.t('add-number.no-name');
}

function shown(standing: string): string {
  return standing === '' ? '' : formatPhone(standing);
}
