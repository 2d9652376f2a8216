import { IsNotEmpty, MaxLength } from 'class-validator';
import { AsTyped } from '../web/submitted.js';

/** Whoever closes their own account says twice that they mean it: by a tick and by their password. */
export class AccountClosingForm {
  confirmed = false;
  @MaxLength(1000, { message: 'profile.password.wrong' })
  @IsNotEmpty({ message: 'profile.problem.current-password' })
  @AsTyped()
  password = '';
}
