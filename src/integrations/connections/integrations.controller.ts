import { Controller, Get, Param, Post } from '@nestjs/common';
import { IsIn, Matches } from 'class-validator';
import { Conflict } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { ConnectionStatuses } from './connection-status.query.js';
import { Connections } from './connections.service.js';
import { integrationsView } from './integrations.view.js';
import { INTEGRATIONS } from './providers.js';

export class PermissionsForm {
  @IsIn(['read', 'write'], { message: 'common.problem.choice' })
  contacts = '';

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
  ) {}

  @Get()
  async show(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const [statuses, ended, allowed, inTheWay] = await Promise.all([
      this.statuses.of(reader),
      this.statuses.ended(reader),
      this.connections.providersOf(reader.accountId),
      this.connections.inTheWay(reader),
    ]);
    const read = { statuses, ended, allowed, inTheWay };
    return page('integrations/integrations', integrationsView(words, reader, read));
  }

  @Post(':id/sync')
  async sync(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const runs = await this.connections.syncNow(reader, id);
    if (!runs) return redirect(INTEGRATIONS, { kind: 'notice', key: 'integrations.sync.not-running' });
    this.worker.wake();
    return redirect(INTEGRATIONS, 'integrations.sync.asked');
  }

  @Post(':id/permissions')
  async change(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Submitted(PermissionsForm) { form, refused }: Submission<PermissionsForm>,
  ): Promise<Redirect> {
    const { calendar } = await this.connections.get(reader.id, id);
    if (refused)
      return redirect(INTEGRATIONS, { kind: 'failure', key: 'integrations.permission.not-chosen' });
    const contacts = form.contacts === 'write' ? 'write' : 'read';
    try {
      await this.connections.change(reader, id, { contacts, calendar }, Number(form.revision));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return redirect(INTEGRATIONS, { kind: 'failure', key: error.key });
    }
    this.worker.wake();
    const key = `integrations.permission.saved-${contacts}`;
    return redirect(INTEGRATIONS, { kind: 'success', key });
  }
}
