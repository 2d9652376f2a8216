import { IsNotEmpty, MaxLength } from 'class-validator';
import { AsTyped } from '../web/submitted.js';

export class SignInForm {
  @MaxLength(320, { message: 'common.problem.email' })
  @IsNotEmpty({ message: 'auth.problem.email' })
  email = '';
  // More than any password may have: it is refused as wrong, like any other that is not right.
  @MaxLength(1000, { message: 'auth.sign-in.wrong' })
  @IsNotEmpty({ message: 'auth.problem.password' })
  @AsTyped()
  password = '';
  next = '';
}
