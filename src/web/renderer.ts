import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { SecretKeys } from '../crypto/secret-keys.js';
import { type Page, type Redirect } from './answers.js';
import { Csrf } from './csrf.js';
import { MessageCookie } from './message-cookie.js';
import { Shells } from './shell.js';
import { Templates } from './templates.js';

/** Answers with pages and redirects; the only place that writes HTML to a response. */
@Injectable()
export class Renderer {
  private readonly messages: MessageCookie;
  private readonly shells: Shells;

  constructor(
    @Inject(ENVIRONMENT) environment: Environment,
    keys: SecretKeys,
    csrf: Csrf,
    readonly templates: Templates,
  ) {
    this.messages = new MessageCookie(keys, environment.secure);
    this.shells = new Shells(environment, csrf, this.messages);
  }

  /** @returns the HTML, for whoever sends it */
  page(request: Request, response: Response, { view, data, status }: Page): string {
    response.status(status).type('html');
    // The shell stays the object it is: its form token is made only if the template asks for it.
    const { navigationPath } = data as { navigationPath?: string };
    const shell = this.shells.of(request, response, navigationPath);
    return this.templates.render(view, Object.assign({}, data, { shell }));
  }

  redirect(request: Request, response: Response, { to, message }: Redirect): void {
    if (message) this.messages.put(request, response, message);
    response.redirect(303, to);
  }
}
