import { Controller, Get, Param, Post } from '@nestjs/common';
import { IsIn } from 'class-validator';
import { limits } from '../../config/limits.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { type Returned } from '../../web/fields.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { ConnectionStatuses } from './connection-status.query.js';
import { Connections } from './connections.service.js';
import { disconnectionView, UNSENT_NAMED } from './disconnection.view.js';
import { KeptCopies } from './kept-copies.service.js';
import { providerNames } from './provider-names.js';
import { INTEGRATIONS } from './providers.js';

export class DisconnectionForm {
  @IsIn(['copy', 'remove'], { message: 'integrations.disconnection.choose' })
  keep = '';
}

/** The end of a connection: asked on a page of its own, with what becomes of everything. */
@Member()
@NeedsFeature('integrations')
@Controller(INTEGRATIONS.slice(1))
export class DisconnectionController {
  constructor(
    private readonly connections: Connections,
    private readonly statuses: ConnectionStatuses,
    private readonly copies: KeptCopies,
  ) {}

  @Get(':id/disconnection')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return this.question(reader, words, id);
  }

  @Post(':id/disconnection')
  async end(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(DisconnectionForm) submission: Submission<DisconnectionForm>,
  ): Promise<Page | Redirect> {
    const mayKeep = reader.features['personal-contacts'];
    const keep = submission.form.keep === 'copy';
    const checked =
      keep && !mayKeep
        ? submission.with({ field: 'keep', key: 'integrations.disconnection.no-personal-contacts' })
        : submission;
    if (checked.refused) return this.question(reader, words, id, checked);
    const { provider, accountName } = await this.connections.disconnect(reader, id, { keep });
    return redirect(INTEGRATIONS, {
      ...{ kind: 'success', key: `integrations.disconnected.${keep ? 'copy' : 'remove'}` },
      values: {
        ...{ provider: providerNames[provider], account: accountName },
        days: limits.restoreDays,
      },
    });
  }

  private async question(reader: SignedIn, words: Words, id: string, returned?: Returned): Promise<Page> {
    const { id: connectionId } = await this.connections.get(reader.id, id);
    const [statuses, unsent, gone, room] = await Promise.all([
      this.statuses.of(reader),
      this.statuses.unsent(connectionId, UNSENT_NAMED),
      this.statuses.gone(connectionId),
      this.copies.room(reader),
    ]);
    const status = statuses.find(({ connection }) => connection.id === connectionId);
    // Ended in the moment between.
    if (!status) return this.question(reader, words, '', returned);
    const view = disconnectionView(words, reader, { status, unsent, gone, room }, returned);
    return page('integrations/disconnection', view, returned ? 422 : 200);
  }
}
