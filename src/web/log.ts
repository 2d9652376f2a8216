import { type LoggerService } from '@nestjs/common';
import { pino } from 'pino';

/** JSON lines on stdout. Never passwords, tokens, names or query values: paths of token routes are cut. */
export const log = pino({
  // A test says what failed by itself; LOG_LEVEL=info shows the requests behind it.
  level: process.env['LOG_LEVEL'] ?? (process.env['NODE_ENV'] === 'test' ? 'fatal' : 'info'),
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['*.password', '*.secret', '*.token'],
});

const TOKEN_ROUTES =
  /^\/(setup|activate|reset-password|signup|external-contacts\/confirm|unsubscribe)\/[^/?]+/;

/** The path as a log may say it: no query, no token. */
export function loggablePath(url: string): string {
  return (url.split('?')[0] ?? '').replace(TOKEN_ROUTES, '/$1/…');
}

/** What the framework says, in the same lines; its start-up chatter is for debugging. */
export class NestLog implements LoggerService {
  log(message: unknown, ...rest: unknown[]): void {
    log.debug({ rest }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    log.error({ err: message instanceof Error ? message : undefined, rest }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    log.warn({ rest }, String(message));
  }
}
