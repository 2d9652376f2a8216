import { IsOptional, Matches } from 'class-validator';
import { phoneFields, type PhoneField } from '../../../contact-card/contact-fields.js';
import { limits } from '../../../config/limits.js';
import { type DomainError } from '../../../errors/domain-error.js';
import { normaliseAddress } from '../../../text/address.js';
import { EmailAddress, Line, Required } from '../../../web/form-rules.js';
import { readPhones, type TypedPhone } from '../../../web/phone-typed.js';
import { Submission, type Problem } from '../../../web/submitted.js';
import { type CloudFields } from '../../sync/remote-fields.js';
import { type CloudEdit } from '../edited.js';

/** Characters of a number, as a form takes it. */
export const PHONE_CHARACTERS = 64;

/** One cloud contact, as its owner types it. */
export class CloudContactForm {
  @Line(limits.nameCharacters)
  @Required()
  displayName = '';

  @EmailAddress()
  @IsOptional()
  email: string | null = null;

  // Telephone numbers are read with the account's country: phone-typed.ts of web.
  @Line(PHONE_CHARACTERS)
  @IsOptional()
  workPhone: string | null = null;

  @Line(PHONE_CHARACTERS)
  @IsOptional()
  homePhone: string | null = null;

  @Line(PHONE_CHARACTERS)
  @IsOptional()
  mobilePhone: string | null = null;

  @Line(PHONE_CHARACTERS)
  @IsOptional()
  faxNumber: string | null = null;

  @Line(PHONE_CHARACTERS)
  @IsOptional()
  mainPhone: string | null = null;

  @Line(limits.nameCharacters)
  @IsOptional()
  organization: string | null = null;

  /** The folder it is in; where folders are labels, all it has. */
  groupIds: string[] = [];

  /** Version of the contact as the form showed it. */
  @Matches(/^\d{1,9}$/, { message: 'common.problem.choice' })
  @IsOptional()
  revision: string | null = null;

  /** Sent again for a contact that went into the bin meanwhile: it comes back and is changed. */
  restore = false;

  /** Of a new contact: the page it is added from, to go back to. */
  next: string | null = null;
}

/** A form with its numbers read. */
export interface ReadCloudForm {
  submission: Submission<CloudContactForm>;
  edit: CloudEdit;
}

/**
 * Reads the numbers of a form. What a provider has and no form would take (a number nobody can read, an address that is none)
 * may stand in its field: sent back as it was, it stays as it is.
 * @param present the contact the form was opened on; null for a new one. Of it, fields that were not posted stay
 */
export function readCloudForm(
  submitted: Submission<CloudContactForm>,
  region: string,
  present: CloudFields | null,
): ReadCloudForm {
  const untouched = new Set<string>(present === null ? [] : oddFields(submitted, present));
  const asked = (name: string) =>
    !untouched.has(name) && (present === null || Object.hasOwn(submitted.typed, name));
  const named = phoneFields.filter(asked);
  const known = submitted.problems.filter(({ field }) => asked(field));
  const { form, typed, once } = submitted;
  const { submission, phones } = readPhones(new Submission(form, typed, known, once), named, region);
  const problems = submission.problems.map((problem): Problem => {
    const key = ownWords.get(problem.key);
    return key === undefined ? problem : { ...problem, key };
  });
  return {
    submission: new Submission(form, submission.typed, problems, once),
    edit: {
      fields: {
        ...(asked('displayName') ? { displayName: form.displayName } : {}),
        ...(asked('email') ? { email: form.email === null ? null : normaliseAddress(form.email) } : {}),
        ...(asked('organization') ? { organization: form.organization } : {}),
      },
      phones: Object.fromEntries(named.map((name) => [name, phones[name]])) as Partial<
        Record<PhoneField, TypedPhone>
      >,
    },
  };
}

/** The text of a field that holds no number; '' where it holds one, or nothing. */
export function unreadable(contact: CloudFields, field: PhoneField): string {
  return contact[field] === null ? (contact.typedPhones[field] ?? '') : '';
}

/** The folders a form asks for; undefined when it says nothing of them. */
export function foldersAsked({ form, typed }: Submission<CloudContactForm>): string[] | undefined {
  // Of two versions of a contact, one value holds all of one.
  const ids = form.groupIds.flatMap((text) => text.split(',')).filter((id) => id !== '');
  return Object.hasOwn(typed, 'groupIds') && ids.length > 0 ? [...new Set(ids)] : undefined;
}

/** All labels were unticked: the form's own empty value is all that came of them. */
export function wantsNoLabel(submission: Submission<CloudContactForm>): boolean {
  return Object.hasOwn(submission.typed, 'groupIds') && foldersAsked(submission) === undefined;
}

/** The field that can put a refusal right, with its sentence; null when no field can. */
export function problemFrom({ key, values }: DomainError): Problem | null {
  const field = fieldOf.get(key);
  return field ? { field, key, values } : null;
}

function oddFields({ typed }: Submission<CloudContactForm>, present: CloudFields): string[] {
  const same = (name: string, text: string) =>
    text !== '' && typeof typed[name] === 'string' && typed[name].trim() === text.trim();
  const { email } = present;
  return [
    ...phoneFields.filter((field) => same(field, unreadable(present, field))),
    ...(email !== null && normaliseAddress(email) === null && same('email', email) ? ['email'] : []),
  ];
}

const ownWords = new Map([
  ['phone.problem.extension', 'cloud-contact.problem.extension'],
  ['phone.problem.several', 'cloud-contact.problem.several'],
]);

const fieldOf = new Map([
  ['cloud-contact.problem.folder-read-only', 'groupIds'],
  ['cloud-contact.problem.folder-gone', 'groupIds'],
  ['cloud-contact.problem.one-folder', 'groupIds'],
  ['cloud-contact.problem.no-label', 'groupIds'],
  ['cloud-contact.problem.no-room', 'displayName'],
  ['cloud-contact.read-only', 'groupIds'],
]);
