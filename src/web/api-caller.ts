import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Id } from '../database/id.js';
import { type TokenScope } from './access.js';
import { type SignedIn } from './signed-in.js';

/** The program that asks: its token and the account it speaks for, as one indexed read brought them. */
export interface ApiCaller {
  tokenId: Id;
  scopes: readonly TokenScope[];
  accountId: Id;
  account: SignedIn['account'];
  /** The account's rule for features, as its column holds it. */
  accountFeatures: string;
  /** How many of its user groups have features of their own. */
  groupFeatures: number;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the guard on routes marked `@Token()`, and nowhere else. */
    apiCaller?: ApiCaller;
  }
}

/** Whose token came with this request; only on routes marked `@Token()`. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): ApiCaller => {
  const { apiCaller } = context.switchToHttp().getRequest<Request>();
  if (!apiCaller) throw new Error('@CurrentCaller() on a route that asks for no token');
  return apiCaller;
});
