import { IsIn, IsNotEmpty, MaxLength, ValidateIf } from 'class-validator';
import { type Theme } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { AsTyped } from '../web/submitted.js';
import { isTimeZone, locales, type Locale } from '../web/words.js';
import { PlainText, Satisfies } from './form-rules.js';
import { NewPasswordForm } from './new-password.form.js';
import { regions } from './regions.js';

export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const name = limits.nameCharacters;
const tooLong = { message: 'common.problem.too-long', context: { max: name } };
const choice = { message: 'common.problem.choice' };

/** What people say of themselves; the rest of their entry is their administrators' to keep. */
export class DetailsForm {
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.given-name' }) givenName = '';
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.family-name' }) familyName = '';
  // Read with the account's country by `readPhones`.
  workPhone: string | null = null;
  mobilePhone: string | null = null;
}

export class PreferencesForm {
  /** Empty: the company's. */
  @ValidateIf(({ language }: PreferencesForm) => language !== '')
  @IsIn([...locales], choice)
  language: Locale | '' = '';
  @IsIn([...themes], choice) theme: Theme | '' = '';
  /** Empty: the company's. */
  @Satisfies((value) => value === '' || isTimeZone(value), choice) timeZone = '';
  /** Of an account of one's own; the country of a company is its administrators'. Empty: as it is. */
  @ValidateIf(({ region }: PreferencesForm) => region !== '')
  @IsIn([...regions], choice)
  region = '';
  shortcuts = false;
}

export class ThemeForm {
  @IsIn([...themes], choice) theme: Theme | '' = '';
  next = '';
}

export class LanguageForm {
  @IsIn([...locales], choice) language: Locale | '' = '';
  next = '';
}

export class PasswordChangeForm extends NewPasswordForm {
  @MaxLength(1000, { message: 'profile.password.wrong' })
  @IsNotEmpty({ message: 'profile.problem.current-password' })
  @AsTyped()
  currentPassword = '';
}
