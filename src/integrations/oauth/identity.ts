import { type IDToken } from 'openid-client';
import { tidy } from '../../text/tidy.js';
import { NotTheService } from '../provider-errors.js';
import { type OAuthProvider } from './oauth-clients.js';

export interface Identity {
  /** The provider's own id of who signed in, never an address: those change hands. */
  mailboxId: string;
  accountName: string;
}

/** Google: `sub`. Microsoft: `tid.oid`, for its `sub` differs between applications. @throws NotTheService */
export function readIdentity(provider: OAuthProvider, claims: IDToken): Identity {
  const { sub, tid, oid, email, preferred_username: login } = claims;
  const id = provider === 'google' ? [sub] : [tid, oid];
  if (!id.every((part) => typeof part === 'string' && /^[\w-]{1,120}$/.test(part)))
    throw new NotTheService({ operation: 'token.code', code: 'IDENTITY' });
  const mailboxId = id.join('.');
  const names = provider === 'google' ? [email] : [login, email];
  const name = names.map(nameOf).find((each) => each !== '') ?? mailboxId;
  return { mailboxId, accountName: [...name].slice(0, 255).join('') };
}

/** It is shown, also to others, and written in mails. */
function nameOf(claim: unknown): string {
  return typeof claim === 'string' ? tidy(claim.slice(0, 1024).replace(/(?!\s)[\p{Cc}\p{Cs}]/gu, '')) : '';
}
