import { type Id } from '../../database/id.js';
import { Submission } from '../../web/submitted.js';
import { nameOf } from '../change-words.js';
import { type UserDetailsQuery } from '../user-details.query.js';
import { type UserForm } from '../user.form.js';

/** The same submission; where a name was typed for the manager, with the addresses of who is called so. */
export async function withManagerHelp<Form extends UserForm>(
  details: UserDetailsQuery,
  accountId: Id,
  submission: Submission<Form>,
): Promise<Submission<Form>> {
  const { form, typed, problems, once } = submission;
  if (form.manager === null || !problems.some(({ field }) => field === 'manager')) return submission;
  const found = await details.peopleNamed(accountId, form.manager);
  const people = found.map((person) => `${nameOf(person)} <${person.email}>`).join(', ');
  const help =
    found.length > 0
      ? { field: 'manager', key: 'user.manager.candidates', values: { people } }
      : { field: 'manager', key: 'user.manager.nobody' };
  const others = problems.filter(({ field }) => field !== 'manager');
  return new Submission(form, typed, [...others, help], once);
}
