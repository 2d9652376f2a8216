import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import passport, { type PassportStatic } from 'passport';
import { Strategy } from 'passport-local';
import { type Id } from '../database/id.js';
import { factsOf } from '../web/context.js';
import { type NewSession, type SessionUser } from './session-store.js';
import { SignIns, type SignedInPerson } from './sign-in.service.js';

/** Whom a session is for. */
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

  constructor(signIns: SignIns) {
    this.passport = new passport.Passport() as PassportStatic;
    this.passport.use(
      new Strategy(
        { usernameField: 'email', passwordField: 'password', passReqToCallback: true },
        (request, email, password, done) => {
          signIns.check(request, email, password).then((person) => done(null, person ?? false), done);
        },
      ),
    );
    this.passport.serializeUser<NewSession, Request>((request, user, done) => {
      const { id, accountId } = user as Person;
      const { userAgent, address } = factsOf(request);
      done(null, { userId: id, accountId, userAgent, address });
    });
    this.passport.deserializeUser<SessionUser>((user, done) => done(null, user as Express.User));
  }

  /** Whose address and password the sign-in form holds; null when they are nobody's. @throws TooMany */
  authenticate(request: Request): Promise<SignedInPerson | null> {
    return new Promise((resolve, reject) => {
      const answer = (error: Error | null, person: SignedInPerson | false | null) =>
        error ? reject(error) : resolve(person || null);
      (this.passport.authenticate('local', answer) as Middleware)(request, request.res, reject);
    });
  }
}

type Middleware = (request: Request, response: unknown, next: (error?: unknown) => void) => void;
