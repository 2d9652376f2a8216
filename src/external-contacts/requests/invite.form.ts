import { IsIn, IsOptional } from 'class-validator';
import { limits } from '../../config/limits.js';
import { AsTyped } from '../../web/submitted.js';
import { Lines } from '../../web/form-rules.js';

/** Whom somebody asks to become an external contact. */
export class InviteForm {
  /** Addresses, one or a pasted list, in one field or several. */
  @AsTyped()
  email: string[] = [];

  @Lines(limits.externalMessageCharacters)
  @IsOptional()
  message: string | null = null;

  /** `right`: ask those that can be asked, and leave the others. */
  @IsIn(['right'], { message: 'common.problem.choice' })
  @IsOptional()
  take: string | null = null;
}
