import { type NestExpressApplication } from '@nestjs/platform-express';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import session from 'express-session';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { limits } from '../config/limits.js';
import { SecretKeys } from '../crypto/secret-keys.js';
import { notForTokens } from '../web/api-paths.js';
import { SignInPassport } from './passport.js';
import { SessionCounts } from './session-counts.js';
import { SessionStore, SessionUser } from './session-store.js';

/** Name of the session cookie; the prefix makes browsers refuse one that is not Secure or not ours alone. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-carnet_session' : 'carnet_session';
}

/**
 * Gives every request `signedIn`. Mount it after what needs no session (`/assets`, `/healthz`): a request with a
 * session cookie costs one read. Visitors get no session and no row. Who comes with a token has none, cookie or not.
 */
export function installSessions(app: NestExpressApplication): void {
  const { secure } = app.get<Environment>(ENVIRONMENT, { strict: false });
  const keys = app.get(SecretKeys, { strict: false });
  const { passport } = app.get(SignInPassport, { strict: false });
  if (secure) app.use(behindTls);
  const steps = [
    session({
      store: new SessionStore(
        app.get(DataSource, { strict: false }),
        app.get(SessionCounts, { strict: false }),
      ),
      name: sessionCookieName(secure),
      genid: SessionStore.newSid,
      secret: keys.signatures('session-cookie', 'carnet'),
      resave: false,
      saveUninitialized: false,
      rolling: false,
      cookie: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: limits.sessionDays * 86_400_000 },
    }),
    passport.initialize() as RequestHandler,
    passport.session() as RequestHandler,
    rememberUser,
  ];
  app.use(...steps.map(notForTokens));
}

/**
 * PUBLIC_URL says that browsers come by https; the last hop, from the proxy to us, may be plain. express-session
 * would leave out a Secure cookie there.
 */
function behindTls(request: Request, _response: Response, next: NextFunction): void {
  Object.defineProperty(request, 'secure', { value: true, configurable: true });
  next();
}

function rememberUser(request: Request, _response: Response, next: NextFunction): void {
  if (request.user instanceof SessionUser) request.signedIn = request.user;
  next();
}
