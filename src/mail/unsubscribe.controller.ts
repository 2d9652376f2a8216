import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Forbidden, NotFound } from '../errors/domain-error.js';
import { NeedsNoFormToken, Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { Csrf } from '../web/csrf.js';
import { MailStops } from './mail-stops.service.js';
import { isOneClick } from './one-click.js';
import { StopLinks, type Stopped } from './stop-links.js';

/**
 * Where the foot of a mail leads whoever wants no more of its kind, signed in or not. Looking changes nothing: mail
 * programs and scanners follow links.
 */
@Controller('unsubscribe')
@Public()
export class UnsubscribeController {
  constructor(
    private readonly links: StopLinks,
    private readonly stops: MailStops,
    private readonly csrf: Csrf,
  ) {}

  @Get(':token')
  async show(@Param('token') token: string): Promise<Page> {
    const what = this.read(token);
    return pageOf(token, what, await this.stops.isStopped(what));
  }

  /**
   * By the button of the page, or by a mail program for its user (RFC 8058): that one has no cookie and no form of ours,
   * and follows no redirect; the token in the address is what it may.
   */
  @Post(':token')
  @NeedsNoFormToken()
  async stop(
    @Param('token') token: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page | Redirect> {
    const what = this.read(token);
    const oneClick = await isOneClick(request, response);
    if (!oneClick && !this.csrf.acceptsForm(request)) throw new Forbidden('common.error.form-expired');
    await this.stops.stop(what);
    return oneClick ? pageOf(token, what, true) : redirect(`/unsubscribe/${token}`);
  }

  @Post(':token/return')
  async resume(@Param('token') token: string): Promise<Redirect> {
    const what = this.read(token);
    await this.stops.resume(what);
    return redirect(`/unsubscribe/${token}`, `unsubscribe.${what.what}.resumed`);
  }

  private read(token: string): Stopped {
    const what = this.links.read(token);
    if (!what) throw new NotFound('unsubscribe.unknown');
    return what;
  }
}

function pageOf(token: string, { what }: Stopped, stopped: boolean): Page {
  const key = `unsubscribe.${what}.${stopped ? 'stopped' : 'ask'}`;
  return page('unsubscribe/unsubscribe', {
    titleKey: `${key}-title`,
    textKey: key,
    buttonKey: `${key}-button`,
    quiet: stopped,
    action: stopped ? `/unsubscribe/${token}/return` : `/unsubscribe/${token}`,
  });
}
