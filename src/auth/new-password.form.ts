import { IsNotEmpty } from 'class-validator';
import { AsTyped } from '../web/submitted.js';

/** A password somebody chooses, twice; `passwordProblems` checks what needs to know whose it is. */
export class NewPasswordForm {
  @IsNotEmpty({ message: 'auth.problem.new-password' }) @AsTyped() password = '';
  @AsTyped() passwordConfirmation = '';
}
