import { type LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import { errorText } from '../database/error-text.js';

/** JSON lines on stdout. Never passwords, tokens, names or query values: paths of token routes are cut. */
export const log = pino({
  // A test says what failed by itself; LOG_LEVEL=info shows the requests behind it.
  level: process.env['LOG_LEVEL'] ?? (process.env['NODE_ENV'] === 'test' ? 'fatal' : 'info'),
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['*.password', '*.secret', '*.token'],
  serializers: { err: loggableError },
});

/** The router takes capitals for small letters, so does the cut. */
const TOKEN_ROUTES =
  /^\/+(setup|activate|reset-password|reopen|signup|external-contacts\/confirm|profile\/email|unsubscribe)\/+[^/]+/i;

/** A token of a program (src/api/tokens), wherever in an address somebody put it. */
const API_TOKEN = /carnet_[\w-]{20,}/gi;

/** The path as a log may say it: no query, no token. Also of an address in full, as a proxy may send it. */
export function loggablePath(url: string): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return path.replace(TOKEN_ROUTES, '/$1/…').replace(API_TOKEN, 'carnet_…');
}

/** What a log may say of an error: a driver's carries the statement's values, which are people's names and secrets. */
export interface LoggableError {
  type: string;
  message: string;
  /** Where it came from, without the message. */
  stack: string;
  code?: string;
  errno?: number;
  /** The statement with its `?`. */
  query?: string;
  cause?: LoggableError;
}

export function loggableError(error: unknown): LoggableError {
  if (!(error instanceof Error)) return { type: typeof error, message: errorText(error), stack: '' };
  const { code, errno, query, driverError, cause } = error as DriverFields & Error;
  const stack = error.stack ?? '';
  return {
    type: error.constructor.name,
    message: errorText(error),
    stack: stack.slice(Math.max(0, stack.indexOf('\n    at ')) + 1),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof errno === 'number' ? { errno } : {}),
    // TypeORM keeps values apart from its statements; the driver's own `sql` has them filled in.
    ...(driverError && typeof query === 'string' ? { query } : {}),
    ...(cause === undefined || cause === error ? {} : { cause: loggableError(cause) }),
  };
}

interface DriverFields {
  code?: unknown;
  errno?: unknown;
  query?: unknown;
  driverError?: { errno?: unknown };
}

/** What the framework says, in the same lines; its start-up chatter is for debugging. */
export class NestLog implements LoggerService {
  log(message: unknown, ...rest: unknown[]): void {
    log.debug({ rest }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const err = message instanceof Error ? message : undefined;
    log.error({ err, rest: rest.map(withoutMessage) }, errorText(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    log.warn({ rest }, errorText(message));
  }
}

/** A stack begins with the message as its thrower wrote it, values and all. */
function withoutMessage(said: unknown): unknown {
  const frames = typeof said === 'string' ? said.indexOf('\n    at ') : -1;
  return frames < 0 ? said : (said as string).slice(frames + 1);
}
