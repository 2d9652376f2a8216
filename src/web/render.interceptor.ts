import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { map, type Observable } from 'rxjs';
import { Page, Redirect } from './answers.js';
import { Renderer } from './renderer.js';

/** Turns the plain `page(…)` and `redirect(…)` of a controller into an answer. */
@Injectable()
export class RenderInterceptor implements NestInterceptor {
  constructor(private readonly renderer: Renderer) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (answer instanceof Page) return this.renderer.page(request, response, answer);
        if (answer instanceof Redirect) return this.renderer.redirect(request, response, answer);
        return answer;
      }),
    );
  }
}
