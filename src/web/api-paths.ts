import { type Request, type RequestHandler } from 'express';

/** Below it other programs come with a token: no cookie counts there, no session is read, no form is parsed. */
function isTokenPath({ path }: Pick<Request, 'path'>): boolean {
  // The router takes capitals for small letters, so does this.
  return /^\/api\/v1(\/|$)/i.test(path);
}

/** Answered to programs, in JSON: all below `/api` but the page that explains it. */
export function isApiPath({ path }: Pick<Request, 'path'>): boolean {
  return /^\/api(\/|$)/i.test(path) && !/^\/api\/docs\/?$/i.test(path);
}

/** A step for browsers, left out where other programs come with a token. */
export function notForTokens(step: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (isTokenPath(request)) return next();
    return step(request, response, next);
  };
}
