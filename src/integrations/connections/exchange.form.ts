import { IsIn, IsOptional } from 'class-validator';
import { Line } from '../../web/form-rules.js';
import { AsTyped } from '../../web/submitted.js';
import { exchangeVersions } from '../exchange/versions.js';

const LONGEST = 255;

/** A mailbox on an Exchange server; what has to be filled in depends on the button (`exchange.controller.ts`). */
export class ExchangeForm {
  /** A login name or UPN. */
  @Line(LONGEST)
  username = '';

  @AsTyped()
  @Line(LONGEST)
  password = '';

  @IsIn(exchangeVersions, { message: 'common.problem.choice' })
  version = 'Exchange2016';

  /** As pasted. */
  @Line(1_000)
  ewsUrl = '';

  @IsIn(['none', 'read', 'write'], { message: 'common.problem.choice' })
  contacts = 'write';

  @IsIn(['none', 'read'], { message: 'common.problem.choice' })
  calendar = 'none';

  /** Whose domain is asked for the address of the server. */
  @Line(LONGEST)
  email = '';

  /** The other button: only looks for the address. */
  @IsIn(['address'], { message: 'common.problem.choice' })
  @IsOptional()
  find: string | null = null;
}

/** The password of a mailbox that is connected already. */
export class SignInAgainForm {
  @AsTyped()
  @Line(LONGEST)
  password = '';
}
