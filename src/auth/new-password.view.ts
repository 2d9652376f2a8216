import { limits } from '../config/limits.js';
import { field, type Field, type Returned } from '../web/fields.js';
import { type Words } from '../web/words.js';

/** The two fields in which a password is chosen, wherever that is. */
export function newPasswordFields(words: Words, returned?: Returned): Field[] {
  const shared = { type: 'password', autocomplete: 'new-password' } as const;
  return [
    field(
      words,
      {
        ...{ ...shared, name: 'password', labelKey: 'auth.field.new-password' },
        ...{ hintKey: 'auth.password.hint', hintValues: { min: limits.passwordCharacters.min } },
      },
      returned,
    ),
    field(
      words,
      { ...shared, name: 'passwordConfirmation', labelKey: 'auth.field.password-confirmation' },
      returned,
    ),
  ];
}
