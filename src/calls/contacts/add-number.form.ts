import { IsIn, IsOptional, Matches } from 'class-validator';
import { phoneFields } from '../../contact-card/contact-fields.js';
import { Line, Required } from '../../web/form-rules.js';

/** Into which field of a contact a number goes. */
export class AddNumberForm {
  @IsIn(phoneFields, { message: 'add-number.problem.field' })
  @Required()
  field = '';

  /** Of the contact as the form showed it. */
  @Matches(/^\d{1,9}$/, { message: 'common.problem.choice' })
  @IsOptional()
  revision: string | null = null;

  /** What was shown to stand in that field, and may go; empty: nothing was. */
  @Line(200)
  @IsOptional()
  replaces: string | null = null;
}
