import { IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { limits } from '../config/limits.js';
import { AsTyped } from '../web/submitted.js';
import { locales, type Locale } from '../web/words.js';
import { AddressTyped, PlainText } from './form-rules.js';
import { regions } from './regions.js';

const name = limits.nameCharacters;
const tooLong = { message: 'common.problem.too-long', context: { max: name } };

export class SetupForm {
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.company' }) accountName = '';
  @IsIn([...regions], { message: 'common.problem.choice' }) region = '';
  @IsIn([...locales], { message: 'common.problem.choice' }) language: Locale | '' = '';
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.given-name' }) givenName = '';
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.family-name' }) familyName = '';
  @AddressTyped() @IsNotEmpty({ message: 'auth.problem.email' }) email = '';
  @IsNotEmpty({ message: 'auth.problem.new-password' }) @AsTyped() password = '';
  @AsTyped() passwordConfirmation = '';
}
