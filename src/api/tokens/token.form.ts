import { ValidateBy } from 'class-validator';
import { limits } from '../../config/limits.js';
import { tokenScopes, type TokenScope } from '../../web/access.js';
import { Line, Required, rule } from '../../web/form-rules.js';

export const dayChoices = ['', '30', '90', '365'] as const;

export class TokenForm {
  @Line(limits.nameCharacters)
  @Required()
  name = '';

  @ValidateBy(
    { name: 'scopes', validator: { validate: (value: unknown) => areScopes(value) } },
    { message: 'tokens.no-scope' },
  )
  scopes: string[] = [];

  /** '' is until it is revoked. */
  @rule('days', (text) => dayChoices.some((choice) => choice === text), {
    message: 'common.problem.not-text',
  })
  days = '';
}

export class RevokingForm {
  confirmed = false;
}

/** @returns in their own order, each once */
export function scopesOf({ scopes }: TokenForm): TokenScope[] {
  return tokenScopes.filter((scope) => scopes.includes(scope));
}

function areScopes(value: unknown): boolean {
  const known: readonly unknown[] = tokenScopes;
  return Array.isArray(value) && value.length > 0 && value.every((scope) => known.includes(scope));
}
