import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Request } from 'express';
import { Forbidden, SwitchedOff } from '../errors/domain-error.js';
import { ACCESS, FEATURE, SCOPES, type Access, type TokenScope } from '../web/access.js';
import { Elsewhere, redirect } from '../web/answers.js';
import { type SignedIn } from '../web/signed-in.js';
import { loginPath } from './local-path.js';
import { TokenDoor } from './token-door.js';

/**
 * Opens a route to those its `@Public()`, `@Member()`, `@Admin()`, `@Owner()` or `@Token()` names, and to nobody without one.
 * Status, role and features are those of the row this request's session was read with.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenDoor,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!access) {
      throw new Error(`${context.getClass().name}.${context.getHandler().name} does not say who may open it`);
    }
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    if (access === 'token') return this.openByToken(context, request);
    if (!request.signedIn) {
      // A form sent after the session ended cannot be sent again by the browser: lead to the page it was on.
      throw new Elsewhere(
        redirect(loginPath(request.method === 'GET' ? request.originalUrl : pageOf(request))),
      );
    }
    if (!mayOpen(access, request.signedIn)) {
      if (request.signedIn.account.kind === 'personal') throw new Forbidden('auth.forbidden.personal');
      throw new Forbidden(access === 'owner' ? 'auth.forbidden.owner' : 'auth.forbidden.admin');
    }
    const feature = this.reflector.getAllAndOverride<keyof SignedIn['features'] | undefined>(FEATURE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (feature && !request.signedIn.features[feature]) {
      const { account, type } = request.signedIn;
      throw new SwitchedOff(feature, {
        canSwitch: mayOpen('admin', request.signedIn),
        unlicensed: feature === 'phone' && type !== 'licensed',
        personal: account.kind === 'personal',
      });
    }
    return true;
  }

  private async openByToken(context: ExecutionContext, request: Request): Promise<boolean> {
    const scopes = this.reflector.getAllAndOverride<readonly TokenScope[]>(SCOPES, [
      context.getHandler(),
      context.getClass(),
    ]);
    await this.tokens.open(request, scopes);
    return true;
  }
}

/** The page a form was on, as the browser says it; a form of another site comes no further than the guard before. */
function pageOf(request: Request): string | undefined {
  const { referer, host } = request.headers;
  if (!referer || !URL.canParse(referer)) return undefined;
  const { host: from, pathname, search } = new URL(referer);
  return from === host ? `${pathname}${search}` : undefined;
}

function mayOpen(access: Exclude<Access, 'public' | 'token'>, user: SignedIn): boolean {
  if (access === 'member') return true;
  // A personal account has one user and nobody to administrate.
  if (user.account.kind === 'personal') return false;
  return access === 'admin' ? user.role !== 'member' : user.role === 'owner';
}
