import { type NestExpressApplication } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { type Environment } from '../config/environment.js';
import { BadRequest } from '../errors/domain-error.js';
import { notForTokens } from './api-paths.js';
import { Assets } from './assets.js';
import { identify, LANGUAGE_COOKIE } from './context.js';
import { log, loggablePath } from './log.js';
import { timeRequests } from './metrics.js';
import { isLocale } from './words.js';

/**
 * What happens to every request before a route sees it, in order. `installSessions` comes from auth: it stands
 * between the static files, which need nobody, and the forms, which do.
 */
export function installWeb(
  app: NestExpressApplication,
  environment: Environment,
  installSessions: (app: NestExpressApplication) => void,
): void {
  app.set('trust proxy', environment.trustProxy);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  // ETags would be computed over every signed-in page and never used: those are not stored.
  app.set('etag', false);
  app.use(identify);
  if (environment.metricsPort !== null) app.use(timeRequests);
  app.use(headers(environment));
  app.use(knownHost(environment));
  app.get(Assets).serveOn(app);
  // What fails is logged by the error filter at any level; nobody pays for lines that are not written.
  if (log.isLevelEnabled('info')) app.use(requestLog());
  app.use(notForTokens(visitorLanguage(environment)));
  app.use(notForTokens(forms()));
  installSessions(app);
  app.use(neverStored);
}

/** One line a request: method, path without query and tokens, status, time. */
function requestLog() {
  return pinoHttp({
    logger: log,
    genReqId: (request) => (request as Request).requestId,
    autoLogging: { ignore: ({ url }) => url === '/healthz' || url === '/readyz' },
    customLogLevel: (_, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: loggablePath(url),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
  });
}

function headers({ secure }: Environment) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'media-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'same-origin' },
    // On plain http these break the site, so they follow PUBLIC_URL. Hosts beside ours are not ours to speak for.
    strictTransportSecurity: secure ? { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false } : false,
  });
}

/** A Host that is not ours would put foreign addresses into what we answer. Health checks come by any name. */
function knownHost({ hosts }: Environment) {
  return (request: Request, _: Response, next: NextFunction) => {
    const ours = hosts.includes(request.headers.host ?? '');
    if (ours || request.path === '/healthz' || request.path === '/readyz') return next();
    next(new BadRequest('common.error.unknown-host'));
  };
}

/** Bodies of forms. Only the page that names a file's columns may send more fields than a form has. */
function forms() {
  const [few, many] = [200, 600].map((parameterLimit) =>
    express.urlencoded({ extended: false, limit: '100kb', parameterLimit }),
  );
  return (request: Request, response: Response, next: NextFunction) =>
    (request.path.startsWith('/imports/') ? many : few)(request, response, next);
}

/** `?lang=fr` on a visitor's page: remembered in a cookie, since a visitor has no profile. */
function visitorLanguage({ secure }: Environment) {
  return (request: Request, response: Response, next: NextFunction) => {
    const wanted = request.query['lang'];
    if (request.method === 'GET' && isLocale(wanted)) {
      response.cookie(LANGUAGE_COOKIE, wanted, {
        sameSite: 'lax',
        secure,
        path: '/',
        maxAge: 365 * 24 * 60 * 60 * 1000,
      });
      request.headers.cookie = `${LANGUAGE_COOKIE}=${wanted}; ${request.headers.cookie ?? ''}`;
    }
    next();
  };
}

/**
 * What people see when signed in, and what a visitor's form or the link of a mail shows: nothing for a cache, nor for
 * whoever presses Back later. Static files and photos say otherwise themselves.
 */
function neverStored(_: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}
