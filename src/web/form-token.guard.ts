import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Request } from 'express';
import { BadRequest, Forbidden } from '../errors/domain-error.js';
import { ACCESS, NEEDS_NO_FORM_TOKEN, RECEIVES_FILE, type Access } from './access.js';
import { Csrf } from './csrf.js';

/** Whatever changes something must come from a form of ours, in this browser, in this session. */
@Injectable()
export class FormTokenGuard implements CanActivate {
  constructor(
    private readonly csrf: Csrf,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    if (this.reflector.get<boolean | undefined>(NEEDS_NO_FORM_TOKEN, context.getHandler())) return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    // Nothing a browser sends by itself opens these: they look at the token alone, which another site does not have.
    if (access === 'token') return true;
    if (!this.csrf.isOurs(request)) throw new Forbidden('common.error.foreign-form');
    if (request.is('multipart/form-data')) {
      // The body is not read yet: the route that receives the file checks the token after the fields.
      if (this.reflector.get<boolean | undefined>(RECEIVES_FILE, context.getHandler())) return true;
      throw new BadRequest('common.error.bad-request');
    }
    const { _csrf } = (request.body ?? {}) as { _csrf?: unknown };
    if (this.csrf.accepts(request, _csrf)) return true;
    // A visitor's form stays good when another window, or the first of two clicks, has signed in meanwhile.
    if (access === 'public' && this.csrf.acceptsVisitor(request, _csrf)) return true;
    // The session is over: the guard that comes next leads to sign-in, and lets nobody through.
    if (access !== 'public' && !request.signedIn) return true;
    throw new Forbidden('common.error.form-expired');
  }
}
