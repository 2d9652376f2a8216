import { limits } from '../config/limits.js';
import { field, type Field, type Returned } from '../web/fields.js';
import { type Words } from '../web/words.js';

/** The two fields in which a password is chosen: somebody's first, or a new one. */
export function newPasswordFields(words: Words, which: 'first' | 'new', returned?: Returned): Field[] {
  const shared = { type: 'password', autocomplete: 'new-password' } as const;
  return [
    field(
      words,
      {
        ...{ ...shared, name: 'password', labelKey: labels[which].password },
        ...{ hintKey: 'auth.password.hint', hintValues: { min: limits.passwordCharacters.min } },
      },
      returned,
    ),
    field(words, { ...shared, name: 'passwordConfirmation', labelKey: labels[which].confirmation }, returned),
  ];
}

const labels = {
  first: { password: 'auth.field.first-password', confirmation: 'auth.field.first-password-confirmation' },
  new: { password: 'auth.field.new-password', confirmation: 'auth.field.password-confirmation' },
};
