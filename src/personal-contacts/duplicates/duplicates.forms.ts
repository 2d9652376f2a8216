import { isId } from '../../database/id.js';
import { type AsideField, asideFields, chosenFields, type MergeChoices } from './merge-contacts.js';
import { type Seen } from './duplicates.service.js';

/** Contacts as a list showed them. */
export class DuplicateForm {
  /** `<id>.<revision>`, separated by spaces. */
  seen = '';
}

/** The safe list as it was shown. */
export class SafeForm {
  digest = '';
}

/** Several contacts compared field by field: of each field, the contact whose value is taken. */
export class MergeForm {
  /** Everybody the page showed. */
  shown = '';
  /** Those that are merged: `<id>.<revision>` each. */
  contacts: string[] = [];
  /** The list one came from. */
  list = '';
  displayName = '';
  email = '';
  workPhone = '';
  homePhone = '';
  mobilePhone = '';
  faxNumber = '';
  mainPhone = '';
  organization = '';
  bday = '';
  photoHash = '';
  /** Fields whose other values are kept as further ones. */
  aside: string[] = [];
}

export function choicesIn(form: MergeForm): MergeChoices {
  return {
    values: Object.fromEntries(
      chosenFields.flatMap((field) => (isId(form[field]) ? [[field, form[field]]] : [])),
    ),
    aside: new Set(
      form.aside.filter((field): field is AsideField => asideFields.some((known) => known === field)),
    ),
  };
}

/** Each contact once; what no page of ours sends is no contact. */
export function seenIn(texts: readonly string[]): Seen[] {
  const seen = new Map<string, Seen>();
  for (const text of texts.flatMap((each) => each.split(' '))) {
    const [, id, revision] = /^([0-9a-f-]{36})\.(\d{1,10})$/.exec(text) ?? [];
    if (id && isId(id)) seen.set(id, { id, revision: Number(revision) });
  }
  return [...seen.values()];
}
