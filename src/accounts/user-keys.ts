import { FOLD_VERSION, searchKeyOf, sortKeyOf } from '../text/fold.js';
import { type User } from './user.entity.js';

export type UserKeys = Pick<User, 'searchKey' | 'sortKey' | 'foldVersion'>;

/** The folded keys of a person's fields; one rule for forms, imports and refolding. */
export function keysOf(
  fields: Pick<
    User,
    | 'givenName'
    | 'familyName'
    | 'email'
    | 'jobTitle'
    | 'department'
    | 'workPhone'
    | 'mobilePhone'
    | 'extension'
  >,
): UserKeys {
  return {
    searchKey: searchKeyOf(
      {
        names: [fields.givenName, fields.familyName],
        emails: [fields.email],
        texts: [fields.jobTitle, fields.department],
        phones: [fields.workPhone, fields.mobilePhone, fields.extension],
      },
      500,
    ),
    sortKey: sortKeyOf(fields.givenName, fields.familyName),
    foldVersion: FOLD_VERSION,
  };
}
