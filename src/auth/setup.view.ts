import { field, problemsOf, select, type Returned } from '../web/fields.js';
import { locales, type Words } from '../web/words.js';
import { newPasswordFields } from './new-password.view.js';
import { regionOptions } from './regions.js';

interface SetupData {
  token: string;
  /** What the browser tells of the country. */
  region: string | null;
  returned?: Returned;
}

export function setupView(words: Words, { token, region, returned }: SetupData) {
  const company = [
    field(
      words,
      {
        name: 'accountName',
        labelKey: 'auth.field.company',
        autocomplete: 'organization',
        autofocus: !returned,
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'region', labelKey: 'auth.field.region', hintKey: 'auth.field.region-hint' },
        ...{ options: regionOptions(words), value: region, emptyKey: 'common.field.choose' },
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'language', labelKey: 'auth.field.language', hintKey: 'auth.field.language-hint' },
        options: locales.map((value) => ({ value, labelKey: `common.language.${value}` })),
        value: words.locale,
      },
      returned,
    ),
  ];
  const owner = [
    field(
      words,
      { name: 'givenName', labelKey: 'auth.field.given-name', autocomplete: 'given-name' },
      returned,
    ),
    field(
      words,
      { name: 'familyName', labelKey: 'auth.field.family-name', autocomplete: 'family-name' },
      returned,
    ),
    field(
      words,
      { name: 'email', labelKey: 'auth.field.email', type: 'email', autocomplete: 'username' },
      returned,
    ),
    ...newPasswordFields(words, 'first', returned),
  ];
  return {
    action: `/setup/${token}`,
    company,
    owner,
    problems: problemsOf(words, [...company, ...owner], returned),
  };
}
