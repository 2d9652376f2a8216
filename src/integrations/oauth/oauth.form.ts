import { IsIn } from 'class-validator';
import { Line } from '../../web/form-rules.js';

const permissions = ['none', 'read', 'write'] as const;

/** What a provider is to be asked for. */
export class OAuthForm {
  @IsIn(permissions, { message: 'common.problem.choice' })
  contacts = 'write';

  @IsIn(permissions, { message: 'common.problem.choice' })
  calendar = 'none';

  /** Id of the connection that is signed in to again; '' for a new one. */
  @Line(36)
  connection = '';
}
