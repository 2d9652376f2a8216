import { Forbidden } from '../../errors/domain-error.js';
import { Elsewhere, redirect } from '../../web/answers.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type UserDetails } from '../user-details.query.js';

/** The same person, if they are not in the bin. @throws Elsewhere: their page says since when, and restores them */
export function presentOnly(details: UserDetails): UserDetails {
  const { id, status } = details.user;
  if (status === 'erased')
    throw new Elsewhere(redirect(`/users/${id}`, { kind: 'notice', key: 'accounts.erased' }));
  return details;
}

/** The same person, if this reader may change them. @throws Forbidden for an admin at an owner */
export function changeableBy(reader: SignedIn, details: UserDetails): UserDetails {
  if (details.user.role === 'owner' && reader.role !== 'owner')
    throw new Forbidden('accounts.owner-by-owner');
  return details;
}
