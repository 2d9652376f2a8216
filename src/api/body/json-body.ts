import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { limits } from '../../config/limits.js';
import { ApiError } from '../../web/api-error.js';
import { readBody } from './read-body.js';
import { readJson, UnreadableJson } from './read-json.js';

/** What the body of a request says as JSON, its shape not looked at. */
export const JsonBody = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readJsonBody(context.switchToHttp().getRequest<Request>()),
);

async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await readBody(request, { types: ['application/json'], bytes: limits.apiBodyBytes });
  try {
    return readJson(textOf(bytes));
  } catch (error) {
    if (error instanceof UnreadableJson)
      throw new ApiError(400, error.reason, { name: error.twice.slice(0, 100) });
    throw error;
  }
}

/** JSON between programs is UTF-8 (RFC 8259 §8.1), whatever `charset` says. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableJson('not-json');
  }
}
