import { Conflict, Forbidden } from '../../errors/domain-error.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type UserDetails } from '../user-details.query.js';

/** The same person, if they are not in the bin. @throws Conflict accounts.erased */
export function presentOnly(details: UserDetails): UserDetails {
  if (details.user.status === 'erased') throw new Conflict('accounts.erased');
  return details;
}

/** The same person, if this reader may change them. @throws Forbidden for an admin at an owner */
export function changeableBy(reader: SignedIn, details: UserDetails): UserDetails {
  if (details.user.role === 'owner' && reader.role !== 'owner')
    throw new Forbidden('accounts.owner-by-owner');
  return details;
}
