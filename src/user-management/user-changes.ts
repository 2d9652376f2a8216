import { type FeatureChoices } from '../accounts/features.js';
import { type NewPerson, type PersonChanges } from '../accounts/person.js';
import { type DomainError } from '../errors/domain-error.js';
import { normaliseAddress } from '../text/address.js';
import { type TypedPhone } from '../web/phone-typed.js';
import { Submission, type Problem } from '../web/submitted.js';
import { type UserDetails } from './user-details.query.js';
import { groupNames } from './person-rules.js';
import { featureChoices, type NewUserForm, type UserForm } from './user.form.js';

export type Phones = Record<'workPhone' | 'mobilePhone', TypedPhone>;

/** The person a form describes. */
export function personOf(form: NewUserForm, phones: Phones): NewPerson {
  return {
    email: normaliseAddress(form.email) ?? form.email,
    givenName: form.givenName,
    familyName: form.familyName,
    jobTitle: form.jobTitle,
    department: form.department,
    location: form.location,
    manager: addressOf(form.manager),
    workPhone: phones.workPhone.number,
    workPhoneTyped: phones.workPhone.typed,
    mobilePhone: phones.mobilePhone.number,
    mobilePhoneTyped: phones.mobilePhone.typed,
    extension: form.extension,
    type: form.type,
    language: form.language,
    features: featuresAfter(null, form.features),
    userGroups: groupNames(form.userGroups),
    chatGroups: groupNames(form.chatGroups),
  };
}

/** What a posted form changes of a person; a field that was not posted stays as it is. */
export function changesOf(
  { user }: UserDetails,
  { form, typed }: Submission<UserForm>,
  phones: Phones,
): PersonChanges {
  const posted = (name: keyof UserForm) => Object.hasOwn(typed, name);
  const changes: PersonChanges = {};
  if (posted('givenName')) changes.givenName = form.givenName;
  if (posted('familyName')) changes.familyName = form.familyName;
  if (posted('type')) changes.type = form.type;
  if (posted('language')) changes.language = form.language;
  for (const name of ['jobTitle', 'department', 'location', 'extension'] as const) {
    if (posted(name)) changes[name] = form[name];
  }
  for (const name of ['workPhone', 'mobilePhone'] as const) {
    // The form shows the number, not what was typed for it: a number that stays keeps that too.
    if (!posted(name) || phones[name].number === user[name]) continue;
    changes[name] = phones[name].number;
    changes[`${name}Typed`] = phones[name].typed;
  }
  if (posted('manager')) changes.manager = addressOf(form.manager);
  if (posted('userGroups')) changes.userGroups = groupNames(form.userGroups);
  if (posted('chatGroups')) changes.chatGroups = groupNames(form.chatGroups);
  if (form.features.length > 0) changes.features = featuresAfter(user.features, form.features);
  return changes;
}

/** The same submission without complaints about fields that were not posted: an edit may name only some. */
export function onlyPosted(submission: Submission<UserForm>): Submission<UserForm> {
  const { form, typed, problems, once } = submission;
  return new Submission(
    form,
    typed,
    problems.filter(({ field }) => Object.hasOwn(typed, field)),
    once,
  );
}

/** The field that can put a refusal right, with its sentence; null when no field can. */
export function problemFrom({ key, values }: DomainError): Problem | null {
  const field = fieldOf.get(key.replace(/^accounts\./, ''));
  return field ? { field, key, values } : null;
}

const fieldOf = new Map([
  ['extension-taken', 'extension'],
  ['manager-unknown', 'manager'],
  ['manager-self', 'manager'],
  ['already-active', 'email'],
  ['already-pending', 'email'],
  ['already-deactivated', 'email'],
  ['already-erased', 'email'],
]);

function addressOf(typed: string | null): string | null {
  return typed === null ? null : (normaliseAddress(typed) ?? typed);
}

/** A person's own choices once those of a form are made; null when none is left. */
function featuresAfter(own: FeatureChoices | null, values: readonly string[]): FeatureChoices | null {
  const choices: FeatureChoices = { ...own };
  for (const [feature, choice] of featureChoices(values)) {
    if (choice === null) delete choices[feature];
    else choices[feature] = choice;
  }
  return Object.keys(choices).length > 0 ? choices : null;
}
