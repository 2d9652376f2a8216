import { field, problemsOf, type Returned } from '../web/fields.js';
import { type Words } from '../web/words.js';

interface SignInData {
  next: string;
  returned?: Returned;
}

export function signInView(words: Words, { next, returned }: SignInData) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'email', labelKey: 'auth.field.email', type: 'email', autocomplete: 'username' },
        autofocus: !returned,
      },
      returned,
    ),
    field(
      words,
      {
        ...{ name: 'password', labelKey: 'auth.field.password', type: 'password' },
        autocomplete: 'current-password',
      },
      returned,
    ),
  ];
  return { fields, next, problems: problemsOf(words, fields, returned) };
}
