import { IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { PlainText } from '../../auth/form-rules.js';
import { NewPasswordForm } from '../../auth/new-password.form.js';
import { regions } from '../../auth/regions.js';
import { limits } from '../../config/limits.js';

const name = limits.nameCharacters;
const tooLong = { message: 'common.problem.too-long', context: { max: name } };

/** The address is the invited one: nobody types it. */
export class SignUpForm extends NewPasswordForm {
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.given-name' }) givenName = '';
  @PlainText() @MaxLength(name, tooLong) @IsNotEmpty({ message: 'auth.problem.family-name' }) familyName = '';
  @IsIn([...regions], { message: 'common.problem.choice' }) region = '';
}
