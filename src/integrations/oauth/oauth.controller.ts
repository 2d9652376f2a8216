import {
  Controller,
  createParamDecorator,
  Get,
  Logger,
  Param,
  Post,
  Query,
  Req,
  type ExecutionContext,
} from '@nestjs/common';
import { type Request } from 'express';
import { errorText } from '../../database/error-text.js';
import { NotFound } from '../../errors/domain-error.js';
import { Member, NeedsFeature, Public } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type Connection } from '../connection.entities.js';
import { Connections, type Permissions } from '../connections/connections.service.js';
import { takenView } from '../connections/exchange.view.js';
import { providerNames } from '../connections/provider-names.js';
import { INTEGRATIONS, oauthPath } from '../connections/providers.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { OAuthClients, type OAuthProvider } from './oauth-clients.js';
import { type OAuthRequest } from './oauth-request.entity.js';
import { OAuthRequests } from './oauth-requests.service.js';
import { OAuthSignIn } from './oauth-sign-in.service.js';
import { OAuthForm } from './oauth.form.js';
import { agreedView, attemptView, goOnView, oauthView, type Ended } from './oauth.view.js';
import { isNothing } from './scopes.js';

/** Which of the two addresses of the controller was asked for. */
const ProviderOfPath = createParamDecorator((_: unknown, context: ExecutionContext): OAuthProvider => {
  const { path } = context.switchToHttp().getRequest<Request>();
  return /^\/integrations\/google\b/i.test(path) ? 'google' : 'office365';
});

/**
 * Connecting a mailbox by the consent of its owner at Google or Microsoft, signing in to it again, and allowing it more. What the
 * provider sends people back with is in an address: no page is ever shown there, and none leads on from it.
 */
@Member()
@NeedsFeature('integrations')
@Controller([oauthPath('google').slice(1), oauthPath('office365').slice(1)])
export class OAuthController {
  private readonly logger = new Logger('OAuth');

  constructor(
    private readonly connections: Connections,
    private readonly clients: OAuthClients,
    private readonly requests: OAuthRequests,
    private readonly signIn: OAuthSignIn,
    private readonly worker: SyncWorker,
  ) {}

  /** @param connectionId the page of one that is signed in to again, or is to be allowed more */
  @Get()
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @ProviderOfPath() provider: OAuthProvider,
    @Query('connection') connectionId: unknown,
    @Query('allow') allow: unknown,
  ): Promise<Page> {
    const { connection, taken } = await this.asked(reader, provider, connectionId);
    if (taken) return page('integrations/taken', takenView(words, taken, provider));
    return page('oauth/form', oauthView(words, provider, connection, { allow }));
  }

  @Post()
  async begin(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @ProviderOfPath() provider: OAuthProvider,
    @Submitted(OAuthForm) sent: Submission<OAuthForm>,
  ): Promise<Page> {
    const { form, once } = sent;
    const { connection, taken } = await this.asked(reader, provider, form.connection);
    if (taken) return page('integrations/taken', takenView(words, taken, provider), 409);
    const { contacts, calendar } = form as Permissions & OAuthForm;
    const submission =
      !sent.refused && isNothing({ contacts, calendar })
        ? sent.with({ field: 'contacts', key: `integrations.permission.nothing${connection ? '' : '-new'}` })
        : sent;
    if (submission.refused)
      return page('oauth/form', oauthView(words, provider, connection, { returned: submission }), 422);
    const account = connection?.accountName ?? null;
    const wanted = { provider, contacts, calendar, connectionId: connection?.id ?? null };
    const href = await this.signIn.begin(reader, wanted, once, account);
    return page('oauth/go-on', goOnView(words, wanted, href, account));
  }

  /**
   * Where the provider sends people back to: the one GET that changes something, once and for whoever asked for it, as the state
   * proves. Open to visitors because a page to sign in at would carry the address along.
   */
  @Public()
  @Get('callback')
  async back(
    @Req() { signedIn }: Request,
    @ProviderOfPath() provider: OAuthProvider,
    @Query() query: Record<string, unknown>,
  ): Promise<Redirect> {
    const unknown = redirect(oauthPath(provider, '/attempts/unknown'));
    // An administrator who agreed for their organisation need not be anybody here.
    if (typeof query['admin_consent'] === 'string') return redirect(oauthPath(provider, '/agreed'));
    if (!signedIn?.features.integrations) return unknown;
    try {
      const answered = await this.signIn.finish(signedIn, provider, query);
      if (!answered) return unknown;
      const { outcome, requestId } = answered;
      if (outcome === null) return redirect(oauthPath(provider, `/attempts/${requestId}?again=1`));
      if (outcome.kind !== 'done') return redirect(oauthPath(provider, `/attempts/${requestId}`));
      this.worker.wake();
      const message = `oauth.done.${outcome.how}${outcome.partly ? '-partly' : ''}`;
      return redirect(INTEGRATIONS, {
        kind: outcome.partly ? 'notice' : 'success',
        key: message,
        values: { provider: providerNames[provider] },
      });
    } catch (error) {
      this.logger.error(`A sign-in failed: ${errorText(error)}`, (error as Error).stack);
      return redirect(oauthPath(provider, '/attempts/failed'));
    }
  }

  /** How it ended, where nothing was connected. */
  @Get('attempts/:id')
  async attempt(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @ProviderOfPath() provider: OAuthProvider,
    @Param('id') id: string,
    @Query('again') again: unknown,
  ): Promise<Page | Redirect> {
    const request = await this.requests.ofId(reader.id, provider, id);
    if (request?.outcome?.kind === 'done')
      return redirect(INTEGRATIONS, { kind: 'notice', key: 'oauth.done.already' });
    const ended: Ended = request
      ? endOf(request, reader.sessionHash, again !== undefined)
      : { key: id === 'failed' ? 'failed' : 'unknown' };
    const consentHref = ended.key === 'administrator' ? this.clients.adminConsentUrl(provider) : null;
    return page('oauth/attempt', attemptView(words, provider, { ...ended, consentHref }));
  }

  /** What an administrator of Microsoft 365 sees who agreed for everybody. */
  @Public()
  @Get('agreed')
  agreed(@CurrentWords() words: Words, @ProviderOfPath() provider: OAuthProvider): Page {
    if (provider !== 'office365') throw new NotFound('common.error.not-found');
    return page('oauth/agreed', agreedView(words));
  }

  /** @throws NotFound where it is not set up, not allowed, or the connection is none of the reader's at this provider */
  private async asked(
    reader: SignedIn,
    provider: OAuthProvider,
    connectionId: unknown,
  ): Promise<{ connection: Connection | null; taken: Connection | null }> {
    if (!this.clients.has(provider)) throw new NotFound('oauth.not-set-up');
    if (typeof connectionId === 'string' && connectionId !== '') {
      const connection = await this.connections.get(reader.id, connectionId);
      if (connection.provider !== provider || connection.state === 'paused')
        throw new NotFound('integrations.not-found');
      return { connection, taken: null };
    }
    const [allowed, taken] = await Promise.all([
      this.connections.providersOf(reader.accountId),
      this.connections.inTheWay(reader),
    ]);
    if (!allowed[provider]) throw new NotFound('integrations.provider-off');
    return { connection: null, taken };
  }
}

/** Of a request that has no outcome yet, what is in the way of one. */
function endOf(
  { outcome, usedAt, sessionHash, connectionId }: OAuthRequest,
  reader: string,
  isSecondAnswer: boolean,
): Ended {
  const about = connectionId === null ? {} : { connectionId };
  // Who goes back and answers otherwise is not told of the first answer as if it were this one.
  if (outcome?.kind === 'ended') return isSecondAnswer ? { key: 'used', ...about } : outcome;
  if (usedAt !== null) return { key: 'under-way' };
  return { key: sessionHash === reader ? 'late' : 'other-session', ...about };
}
