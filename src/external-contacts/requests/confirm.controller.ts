import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { loginPath } from '../../auth/local-path.js';
import { SignIns } from '../../auth/sign-in.service.js';
import { type Id } from '../../database/id.js';
import { SwitchedOff } from '../../errors/domain-error.js';
import { Public } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { type Answer } from './acceptances.service.js';
import { answeredMessage } from './answer-words.js';
import { Confirmations, type Confirmation } from './confirmations.service.js';
import {
  confirmPath,
  confirmView,
  hinderedView,
  overView,
  signInFirstView,
  somebodyElseView,
} from './confirm.view.js';

/**
 * The link in the mail of a request. Opening it changes nothing, for programs that look through mail open links; only
 * whoever was asked, signed in, accepts.
 */
@Public()
@Controller('external-contacts/confirm/:token')
export class ConfirmController {
  constructor(
    private readonly confirmations: Confirmations,
    private readonly signIns: SignIns,
  ) {}

  @Get()
  async show(
    @Req() { signedIn: reader }: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const confirmation = await this.confirmations.find(token);
    const contactId = await this.connected(confirmation, reader);
    if (contactId !== null) return redirect(`${EXTERNAL}/${contactId}`);
    if (!confirmation || confirmation.ended) return overPage(words, confirmation, reader);
    if (!reader) return this.signInFirst(words, token, confirmation);
    if (!this.confirmations.isFor(confirmation, reader)) return otherPage(words, token, confirmation, reader);
    assertOn(reader);
    return page('external-confirm/form', confirmView(words, token, confirmation));
  }

  @Post()
  async confirm(
    @Req() { signedIn: reader }: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const confirmation = await this.confirmations.find(token);
    const contactId = await this.connected(confirmation, reader);
    if (confirmation && contactId !== null) return inContact(words, confirmation, 'already', contactId);
    if (!confirmation || confirmation.ended) return overPage(words, confirmation, reader);
    if (!reader) return redirect(loginPath(confirmPath(token)));
    if (!this.confirmations.isFor(confirmation, reader))
      return otherPage(words, token, confirmation, reader, 403);
    assertOn(reader);
    const accepted = await this.confirmations.confirm(confirmation, reader);
    if (!accepted) return overPage(words, { ...confirmation, ended: 'used' }, reader);
    const { answer } = accepted;
    if (answer === 'done' || answer === 'already')
      return inContact(words, confirmation, answer, accepted.contactId);
    if (isEnd(answer)) return overPage(words, { ...confirmation, ended: answer }, reader);
    return page('external-confirm/over', hinderedView(words, confirmation, answer), 409);
  }

  /** Ends the session of somebody else in this browser, and leads back here. */
  @Post('sign-out')
  async signOut(@Req() request: Request, @Param('token') token: string): Promise<Redirect> {
    if (request.signedIn) await this.signIns.end(request);
    return redirect(loginPath(confirmPath(token)), 'auth.signed-out');
  }

  private async connected(
    confirmation: Confirmation | null,
    reader: SignedIn | undefined,
  ): Promise<Id | null> {
    if (!confirmation || !reader || !this.confirmations.isFor(confirmation, reader)) return null;
    return this.confirmations.contactOf(confirmation, reader);
  }

  private async signInFirst(words: Words, token: string, confirmation: Confirmation): Promise<Page> {
    const [held, signUp] = await Promise.all([
      this.confirmations.isHeld(confirmation),
      this.confirmations.signUpOf(confirmation),
    ]);
    return page('external-confirm/sign-in', signInFirstView(words, token, confirmation, { held, signUp }));
  }
}

/** Answers after which a request is over, as against those that stand in its way for now. */
function isEnd(answer: Answer): boolean {
  return ['withdrawn', 'expired', 'over', 'late', 'gone'].includes(answer);
}

function inContact(words: Words, { sender }: Confirmation, answer: Answer, contactId: Id | null): Redirect {
  const answered = [{ name: sender.name, answer, contactId }];
  return redirect(
    `${EXTERNAL}/${contactId ?? ''}`,
    answeredMessage(words, 'accept', { answered, batchId: null }),
  );
}

function overPage(words: Words, confirmation: Confirmation | null, reader: SignedIn | undefined): Page {
  return page('external-confirm/over', overView(words, confirmation, reader), 410);
}

function otherPage(
  words: Words,
  token: string,
  confirmation: Confirmation,
  reader: SignedIn,
  status = 200,
): Page {
  return page('external-confirm/other', somebodyElseView(words, token, confirmation, reader), status);
}

/** @throws SwitchedOff as every page of external contacts does */
function assertOn(reader: SignedIn): void {
  const { features, role, account } = reader;
  if (features['external-contacts']) return;
  throw new SwitchedOff('external-contacts', { canSwitch: role !== 'member' && account.kind === 'company' });
}
