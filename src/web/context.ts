import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type NextFunction, type Request, type Response } from 'express';
import { cookiesOf } from './cookies.js';
import { chooseLocale, isLocale, Words, type Locale } from './words.js';

/** What logs and the audit log say of a request. */
export interface RequestFacts {
  requestId: string;
  /** Network address of the browser, as far as TRUST_PROXY lets us know. */
  address: string;
  userAgent: string;
}

declare module 'express-serve-static-core' {
  interface Request {
    requestId: string;
  }
}

export const LANGUAGE_COOKIE = 'carnet_language';

/** Gives each request its id, which error pages show and log lines carry. */
export function identify(request: Request, response: Response, next: NextFunction): void {
  request.requestId = randomUUID();
  response.setHeader('X-Request-Id', request.requestId);
  next();
}

/** The language of a request: the user's, the account's, the visitor's choice, the browser's. */
export function localeOf(request: Request): Locale {
  const { signedIn } = request;
  if (signedIn) return signedIn.language ?? signedIn.account.language;
  const chosen = cookiesOf(request).get(LANGUAGE_COOKIE);
  return isLocale(chosen) ? chosen : chooseLocale(request.headers['accept-language']);
}

export function wordsOf(request: Request): Words {
  const { signedIn } = request;
  return Words.for(localeOf(request), signedIn ? (signedIn.timeZone ?? signedIn.account.timeZone) : 'UTC');
}

export function factsOf(request: Request): RequestFacts {
  return {
    requestId: request.requestId,
    address: request.ip ?? '',
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 255),
  };
}

export const CurrentWords = createParamDecorator((_: unknown, context: ExecutionContext): Words =>
  wordsOf(context.switchToHttp().getRequest<Request>()),
);

export const Facts = createParamDecorator((_: unknown, context: ExecutionContext): RequestFacts =>
  factsOf(context.switchToHttp().getRequest<Request>()),
);
