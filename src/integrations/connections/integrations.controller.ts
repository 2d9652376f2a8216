import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { Conflict } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { OAuthSignIn } from '../oauth/oauth-sign-in.service.js';
import { goOnView } from '../oauth/oauth.view.js';
import { isNothing } from '../oauth/scopes.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { ConnectionStatuses } from './connection-status.query.js';
import { Connections, type Permissions } from './connections.service.js';
import { integrationsView } from './integrations.view.js';
import { connectPagesOf, INTEGRATIONS } from './providers.js';

const permissions = ['none', 'read', 'write'] as const;

export class PermissionsForm {
  @IsIn(permissions, { message: 'common.problem.choice' })
  contacts = '';

  /** null leaves it as it is. */
  @IsIn(permissions, { message: 'common.problem.choice' })
  @IsOptional()
  calendar: string | null = null;

  /** Of the connection, as the page showed it. */
  @Matches(/^\d{1,9}$/, { message: 'common.problem.choice' })
  revision = '';
}

/** One's connections: how they stand, synced on demand, what they may do. */
@Member()
@NeedsFeature('integrations')
@Controller(INTEGRATIONS.slice(1))
export class IntegrationsController {
  constructor(
    private readonly connections: Connections,
    private readonly statuses: ConnectionStatuses,
    private readonly worker: SyncWorker,
    private readonly signIn: OAuthSignIn,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Get()
  async show(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const [statuses, ended, allowed, inTheWay] = await Promise.all([
      this.statuses.of(reader),
      this.statuses.ended(reader),
      this.connections.providersOf(reader.accountId),
      this.connections.inTheWay(reader),
    ]);
    const read = { statuses, ended, allowed, inTheWay, pages: connectPagesOf(this.environment) };
    return page('integrations/integrations', integrationsView(words, reader, read));
  }

  @Post(':id/sync')
  async sync(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const runs = await this.connections.syncNow(reader, id);
    if (!runs) return redirect(INTEGRATIONS, { kind: 'notice', key: 'integrations.sync.not-running' });
    this.worker.wake();
    return redirect(INTEGRATIONS, 'integrations.sync.asked');
  }

  /** Also leads to the provider, where it has to be asked for what is new. */
  @Post(':id/permissions')
  async change(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(PermissionsForm) { form, refused, once }: Submission<PermissionsForm>,
  ): Promise<Page | Redirect> {
    const failure = (key: string) => redirect(INTEGRATIONS, { kind: 'failure', key });
    const connection = await this.connections.get(reader.id, id);
    if (refused) return failure('integrations.permission.not-chosen');
    const wanted = {
      contacts: form.contacts,
      calendar: form.calendar ?? connection.calendar,
    } as Permissions;
    if (isNothing(wanted)) return failure('integrations.permission.nothing');
    if (Number(form.revision) !== connection.revision) return failure('integrations.changed-since');
    const { provider, accountName } = connection;
    if (provider !== 'exchange' && !(await this.signIn.covers(connection, wanted))) {
      const asked = { ...wanted, provider, connectionId: connection.id };
      const href = await this.signIn.begin(reader, asked, once, accountName);
      return page('oauth/go-on', goOnView(words, asked, href, accountName));
    }
    try {
      await this.connections.change(reader, id, wanted, Number(form.revision));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return failure(error.key);
    }
    this.worker.wake();
    const saved = wanted.calendar === connection.calendar ? wanted.contacts : 'both';
    return redirect(INTEGRATIONS, `integrations.permission.saved-${saved}`);
  }
}
