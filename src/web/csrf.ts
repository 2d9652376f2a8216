import { randomBytes } from 'node:crypto';
import { type Request, type Response } from 'express';
import { type SecretKeys } from '../crypto/secret-keys.js';
import { cookiesOf } from './cookies.js';

/**
 * Forms carry an HMAC of the session (signed in) or of a visitor's cookie: nothing is stored, and a token is of
 * no use in another browser. With it, Origin (or Sec-Fetch-Site) must say that the form was ours.
 */
export class Csrf {
  private readonly cookie: string;
  private readonly origins: ReadonlySet<string>;

  constructor(
    private readonly keys: SecretKeys,
    private readonly environment: { secure: boolean; hosts: string[] },
  ) {
    // The scheme counts: a page brought by plain http could have been written by anybody on the way.
    this.origins = new Set(
      environment.hosts.map((host) => `${environment.secure ? 'https' : 'http'}://${host}`),
    );
    this.cookie = environment.secure ? '__Host-carnet_visitor' : 'carnet_visitor';
  }

  /** The token for a form of this page. A visitor gets the cookie it is bound to with the first form. */
  token(request: Request, response: Response): string {
    if (request.signedIn) return this.keys.sign('form', request.signedIn.sessionHash);
    let visitor = this.visitorOf(request);
    if (!visitor) {
      visitor = randomBytes(18).toString('base64url');
      request.visitor = visitor;
      response.cookie(this.cookie, visitor, {
        httpOnly: true,
        sameSite: 'lax',
        secure: this.environment.secure,
        path: '/',
      });
    }
    return this.keys.sign('form', `visitor:${visitor}`);
  }

  /** True when the token was made for this browser. */
  accepts(request: Request, token: unknown): boolean {
    if (!request.signedIn) return this.acceptsVisitor(request, token);
    return typeof token === 'string' && this.keys.verify('form', request.signedIn.sessionHash, token);
  }

  /** True when the token was made for this browser before anybody signed in with it. */
  acceptsVisitor(request: Request, token: unknown): boolean {
    const visitor = this.visitorOf(request);
    return (
      Boolean(visitor) && typeof token === 'string' && this.keys.verify('form', `visitor:${visitor}`, token)
    );
  }

  /** True when a form of ours that anybody may send was sent, as the guard of all other routes asks it. */
  acceptsForm(request: Request): boolean {
    const { _csrf } = (request.body ?? {}) as { _csrf?: unknown };
    return this.isOurs(request) && (this.accepts(request, _csrf) || this.acceptsVisitor(request, _csrf));
  }

  /** True when the browser says that the request comes from one of our own pages. */
  isOurs(request: Request): boolean {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined && origin !== 'null') {
      return this.origins.has(origin);
    }
    return site === 'same-origin' || site === 'none';
  }

  private visitorOf(request: Request): string | undefined {
    return request.visitor ?? cookiesOf(request).get(this.cookie);
  }
}

declare module 'express-serve-static-core' {
  interface Request {
    /** A visitor cookie given with this very answer. */
    visitor?: string;
  }
}
