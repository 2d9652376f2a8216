import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import passport, { type PassportStatic } from 'passport';
import { type Id } from '../database/id.js';
import { factsOf } from '../web/context.js';
import { type NewSession, type SessionUser } from './session-store.js';

/** Whom signing in is for. */
export interface Person {
  id: Id;
  accountId: Id;
}

/**
 * Passport for this application alone (the package's own instance is shared by the whole process). The store
 * reads the complete user with the session, so there is nothing left to read here.
 */
@Injectable()
export class SignInPassport {
  readonly passport: PassportStatic;

  constructor() {
    this.passport = new passport.Passport() as PassportStatic;
    this.passport.serializeUser<NewSession, Request>((request, user, done) => {
      const { id, accountId } = user as Person;
      const { userAgent, address } = factsOf(request);
      done(null, { userId: id, accountId, userAgent, address });
    });
    this.passport.deserializeUser<SessionUser>((user, done) => done(null, user as Express.User));
  }
}
