import { roles, type Role } from '../../accounts/user.entity.js';
import { problemsOf, radioGroup, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { type UserDetails } from '../user-details.query.js';

/** `/users/:id/role`: what each role may do. @param meanwhile the role was changed since the form was opened */
export function roleView(
  words: Words,
  { user }: UserDetails,
  { returned, meanwhile = false }: { returned?: Returned; meanwhile?: boolean } = {},
) {
  const field = radioGroup(
    words,
    {
      ...{ name: 'role', labelKey: 'users.field.role', value: user.role },
      options: roles.map((value) => ({
        value,
        labelKey: `users.role.${value}`,
        hintKey: `user.role.${value}-may`,
      })),
    },
    returned,
  );
  const role = words.t(`users.role.${user.role}`);
  return {
    title: words.t('user.role.title', { name: nameOf(user) }),
    text: words.t('user.role.text', { role }),
    ...{ name: nameOf(user), backHref: `/users/${user.id}`, action: `/users/${user.id}/role` },
    ...(meanwhile ? { notice: words.t('user.role.meanwhile', { role }) } : {}),
    hidden: [{ name: 'was', value: user.role }],
    fields: [field],
    problems: problemsOf(words, [field], returned),
    save: words.t('user.role.next'),
  };
}

/** The second step: what the person may do from now on, and what they may no longer. */
export function roleConfirmView(words: Words, reader: SignedIn, { user }: UserDetails, role: Role) {
  const path = `/users/${user.id}`;
  const name = nameOf(user);
  const [before, after] = [user.role, role].map((each) => words.t(`users.role.${each}`)) as [string, string];
  const oneself = user.id === reader.id;
  return {
    title: words.t('user.role.confirm-title', { name, role: after }),
    text: words.t('user.role.from-to', { before, after }),
    ...{ name, backHref: `${path}/role`, action: `${path}/role` },
    points: [
      words.t(`user.role.${role}-may`),
      ...(user.role === 'owner' ? [words.t('user.role.owner-lost')] : []),
      words.t(oneself ? 'user.role.own-sessions-end' : 'user.role.sessions-end'),
      ...(oneself ? [words.t('user.role.given-up-for-good')] : []),
    ],
    hidden: [
      { name: 'was', value: user.role },
      { name: 'role', value: role },
      { name: 'confirmed', value: 'on' },
    ],
    save: words.t('user.role.save', { role: after }),
  };
}
