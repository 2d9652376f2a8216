import { IsOptional, Matches } from 'class-validator';
import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type DomainError } from '../../errors/domain-error.js';
import { normaliseAddress } from '../../text/address.js';
import { EmailAddress, Line, Lines, Required, rule } from '../../web/form-rules.js';
import { readPhones, type TypedPhone } from '../../web/phone-typed.js';
import { Submission, type Problem } from '../../web/submitted.js';
import { GroupName } from '../groups/contact-group.form.js';
import { birthdayText, readBirthday } from './birthday.js';
import { type ContactEdit } from './edited.js';
import { type Words } from '../../web/words.js';

/** Characters of notes that fit into a form; longer ones of a file are kept and not edited here. */
export const NOTE_CHARACTERS = 5_000;
export const TITLE_CHARACTERS = 1_000;

/** One contact, as its owner types it. */
export class ContactForm {
  @Line(limits.nameCharacters)
  @Required()
  displayName = '';

  @EmailAddress()
  @IsOptional()
  email: string | null = null;

  // Telephone numbers are read with the account's country: phone-typed.ts of web.
  @Line(64)
  @IsOptional()
  workPhone: string | null = null;

  @Line(64)
  @IsOptional()
  homePhone: string | null = null;

  @Line(64)
  @IsOptional()
  mobilePhone: string | null = null;

  @Line(64)
  @IsOptional()
  faxNumber: string | null = null;

  @Line(64)
  @IsOptional()
  mainPhone: string | null = null;

  @Line(limits.nameCharacters)
  @IsOptional()
  organization: string | null = null;

  /** Ids of one's groups; several may stand in one, separated by `;`. */
  groupIds: string[] = [];

  /** Name of a group to put it into; made when there is none. */
  @GroupName()
  @IsOptional()
  newGroup: string | null = null;

  @Line(TITLE_CHARACTERS)
  @IsOptional()
  jobTitle: string | null = null;

  @rule('birthday', (text) => readBirthday(text) !== null, { message: 'personal-contact.problem.birthday' })
  @IsOptional()
  birthday: string | null = null;

  @Lines(NOTE_CHARACTERS)
  @IsOptional()
  note: string | null = null;

  /** Further details to take away, by fingerprint. */
  without: string[] = [];

  /** Of the contact as the form showed it. */
  @Matches(/^\d{1,9}$/, { message: 'common.problem.choice' })
  @IsOptional()
  revision: string | null = null;

  /** Sent again for a contact that went into the bin meanwhile: it comes back and is changed. */
  restore = false;

  /** Of a new contact: the page it is added from, to go back to. */
  next: string | null = null;
}

/** A form with its numbers read. */
export interface ReadForm {
  submission: Submission<ContactForm>;
  phones: Record<PhoneField, TypedPhone>;
}

/** Reads the numbers of a form and words their refusals for contacts, which have no field for an extension. */
export function readContactForm(submitted: Submission<ContactForm>, region: string): ReadForm {
  const { submission, phones } = readPhones(submitted, phoneFields, region);
  const problems = submission.problems.map((problem): Problem => {
    const key = ownWords.get(problem.key);
    return key === undefined ? problem : { ...problem, key };
  });
  return {
    submission: new Submission(submission.form, submission.typed, problems, submission.once),
    phones,
  };
}

/** The same submission without complaints about fields that were not posted: an edit may name only some. */
export function onlyPosted(submission: Submission<ContactForm>): Submission<ContactForm> {
  const { form, typed, problems, once } = submission;
  return new Submission(
    form,
    typed,
    problems.filter(({ field }) => Object.hasOwn(typed, field)),
    once,
  );
}

/** What a form without problems says; fields it did not send are absent. */
export function editOf({ submission: { form, typed }, phones }: ReadForm): ContactEdit {
  const posted = (name: keyof ContactForm) => Object.hasOwn(typed, name);
  return {
    fields: {
      ...(posted('displayName') ? { displayName: form.displayName } : {}),
      ...(posted('email') ? { email: form.email === null ? null : normaliseAddress(form.email) } : {}),
      ...(posted('organization') ? { organization: form.organization } : {}),
    },
    phones: Object.fromEntries(phoneFields.filter(posted).map((field) => [field, phones[field]])),
    details: {
      ...(posted('jobTitle') ? { jobTitle: form.jobTitle ?? '' } : {}),
      ...(posted('birthday')
        ? { birthday: form.birthday === null ? null : readBirthday(form.birthday) }
        : {}),
      ...(posted('note') ? { note: form.note ?? '' } : {}),
    },
    without: form.without,
  };
}

/** Groups the form puts the contact into; undefined when it says nothing of them. */
export function groupsOf({ form, typed }: Submission<ContactForm>): {
  groupIds?: string[];
  newGroup: string | null;
} {
  const ids = form.groupIds.flatMap((each) => each.split(';')).filter((id) => id !== '');
  return {
    ...(Object.hasOwn(typed, 'groupIds') ? { groupIds: [...new Set(ids)] } : {}),
    newGroup: form.newGroup,
  };
}

/** A birthday as the field shows it. */
export function birthdayValue(words: Words, birthday: string | null): string {
  return birthday === null ? '' : birthdayText(words, birthday);
}

const ownWords = new Map([
  ['phone.problem.extension', 'personal-contact.problem.extension'],
  ['phone.problem.several', 'personal-contact.problem.several'],
]);

/** The field that can put a refusal right, with its sentence; null when no field can. */
export function problemFrom({ key, values }: DomainError): Problem | null {
  const field = fieldOf.get(key);
  return field ? { field, key, values } : null;
}

const fieldOf = new Map([
  ['personal-contact.problem.group-gone', 'groupIds'],
  ['contact-groups.problem.too-many', 'newGroup'],
  ['personal-contact.no-room', 'displayName'],
]);
