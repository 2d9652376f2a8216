import { type E164 } from '../phone/e164.js';
import { type Reachable } from '../web/reach.js';
import { type ListedPerson } from './people-visible.query.js';

/** As whom a colleague is reached: by the number at work before the mobile one, by the extension where there is none. */
export function reachable({
  givenName,
  familyName,
  email,
  workPhone,
  mobilePhone,
  extension,
}: Pick<
  ListedPerson,
  'givenName' | 'familyName' | 'email' | 'workPhone' | 'mobilePhone' | 'extension'
>): Reachable {
  const number = (workPhone ?? mobilePhone) as E164 | null;
  return { name: `${givenName} ${familyName}`.trim(), email, number, extension, colleague: true };
}
