import { newPasswordFields } from '../../auth/new-password.view.js';
import { regionOptions } from '../../auth/regions.js';
import { field, problemsOf, select, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { type SignUp } from './signups.service.js';

interface SignUpData {
  token: string;
  signUp: SignUp;
  /** The best guess of the receiver's country. */
  region: string;
  /** Whoever is signed in in this browser: somebody else. */
  reader: SignedIn | undefined;
  returned?: Returned;
}

export function signUpView(words: Words, { token, signUp, region, reader, returned }: SignUpData) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'givenName', labelKey: 'auth.field.given-name', autocomplete: 'given-name' },
        autofocus: !returned,
      },
      returned,
    ),
    field(
      words,
      { name: 'familyName', labelKey: 'auth.field.family-name', autocomplete: 'family-name' },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'region', labelKey: 'auth.field.region', hintKey: 'auth.field.region-hint' },
        ...{ options: regionOptions(words), value: region },
      },
      returned,
    ),
    ...newPasswordFields(words, 'first', returned),
  ];
  const { sender, message, address } = signUp;
  return {
    action: `/signup/${token}`,
    ...{ address, message },
    sender: sender.name,
    company: sender.company,
    // The address in full: a look-alike is seen as one.
    facts: [
      { label: words.t('signup.sender'), value: sender.name },
      { label: words.t('signup.sender-address'), value: sender.email },
      ...(sender.company === '' ? [] : [{ label: words.t('signup.sender-company'), value: sender.company }]),
    ],
    identity: [{ label: words.t('signup.address'), value: address }],
    other: reader ? words.t('signup.signed-in-as', { name: reader.displayName, email: reader.email }) : null,
    fields,
    problems: problemsOf(words, fields, returned),
  };
}
