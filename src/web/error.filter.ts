import {
  Catch,
  HttpException,
  Inject,
  Injectable,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { MulterError } from 'multer';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { isConnectionLoss } from '../database/transaction.js';
import { DomainError, NotFound, SwitchedOff, TooMany } from '../errors/domain-error.js';
import { Elsewhere, page } from './answers.js';
import { isApiPath } from './api-paths.js';
import { wordsOf } from './context.js';
import { log, loggablePath } from './log.js';
import { sendProblem } from './problem-json.js';
import { Renderer } from './renderer.js';

/**
 * Every error becomes a page in the reader's language with the request's id, or for programs JSON. What is not a `DomainError` (or an HTTP
 * error of the framework) is a bug: logged whole, told as "something went wrong", nothing of it shown.
 */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly renderer: Renderer,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(
      error,
      host.switchToHttp().getRequest<Request>(),
      host.switchToHttp().getResponse<Response>(),
    );
  }

  /** Also for errors of middleware, which never reach Nest. */
  answer(error: unknown, request: Request, response: Response): void {
    if (error instanceof Elsewhere) return this.renderer.redirect(request, response, error.answer);
    const { status, key, values } = described(error);
    if (status >= 500)
      log.error(
        { err: error, requestId: request.requestId, path: loggablePath(request.originalUrl) },
        'request failed',
      );
    if (response.headersSent) {
      // A stream broke in the middle: the browser must see a broken download, not a short one.
      response.destroy();
      return;
    }
    if (error instanceof TooMany) response.setHeader('Retry-After', String(error.retryAfterSeconds));
    if (status === 503) response.setHeader('Retry-After', '5');
    response.removeHeader('Content-Disposition');
    if (isApiPath(request)) {
      sendProblem(request, response, this.environment.publicUrl, error, { status, key, values });
      return;
    }
    const words = wordsOf(request);
    const sentence = words.has(key) ? words.t(key, values) : words.t('common.error.unexpected');
    response.setHeader('Cache-Control', 'no-store');
    const off = error instanceof SwitchedOff ? error : null;
    const title = words.t(off?.titleKey ?? `common.error.title-${status}`);
    const led = off?.help ?? (error instanceof NotFound ? error.help : null);
    const help = led ? { href: led.href, label: words.t(led.key) } : null;
    const answer = page(
      'errors/error',
      { status, title, sentence, help, unavailable: status === 503 },
      status,
    );
    response.send(this.renderer.page(request, response, answer));
  }
}

/** Statuses that have a title of their own in the catalogue. */
const told = new Set([400, 403, 404, 409, 410, 413, 422, 429, 500, 503]);

function described(error: unknown): { status: number; key: string; values?: DomainError['values'] } {
  if (error instanceof DomainError) return { status: error.status, key: error.key, values: error.values };
  if (isConnectionLoss(error)) return { status: 503, key: 'common.error.unavailable' };
  if (error instanceof MulterError) {
    const tooLarge = error.code === 'LIMIT_FILE_SIZE';
    return tooLarge
      ? { status: 413, key: 'common.error.too-large' }
      : { status: 400, key: 'common.error.bad-request' };
  }
  const status = statusOf(error);
  if (status === 404) return { status, key: 'common.error.not-found' };
  if (status === 413) return { status, key: 'common.error.too-large' };
  if (status === 403) return { status, key: 'common.error.forbidden' };
  if (status >= 400 && status < 500)
    return { status: told.has(status) ? status : 400, key: 'common.error.bad-request' };
  return { status: 500, key: 'common.error.unexpected' };
}

/** Errors of Nest and of body parsers carry a status; anything else is ours to mend. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && expose === true ? status : 500;
}
