import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { IsIn, MaxLength } from 'class-validator';
import { type Id } from '../../database/id.js';
import { limits } from '../../config/limits.js';
import { BadRequest } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf, textOf, type Query as ListQuery } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { INTEGRATIONS } from '../connections/providers.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { brakePath, brakeView } from './brake.view.js';
import { BrakeMovedOn, Brakes } from './brakes.service.js';

/** Names of a folder where there are several. */
const SAMPLE = 10;

class DecisionForm {
  @MaxLength(36)
  scope = '';

  /** The question as the page showed it. */
  @MaxLength(100)
  seen = '';

  @IsIn(['delete', 'keep'])
  decision = '';
}

/** So much was deleted that nothing is done before its owner has said what was meant. */
@Member()
@NeedsFeature('integrations')
@Controller(INTEGRATIONS.slice(1))
export class BrakeController {
  constructor(
    private readonly brakes: Brakes,
    private readonly worker: SyncWorker,
  ) {}

  @Get(':id/brake')
  ask(
    @CurrentUser() { id: ownerId }: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    return this.question(ownerId, words, id, query);
  }

  @Post(':id/brake')
  async decide(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(DecisionForm) { form, refused }: Submission<DecisionForm>,
  ): Promise<Page | Redirect> {
    const connection = await this.brakes.connection(reader.id, id);
    if (refused) throw new BadRequest('common.error.bad-request');
    const decision = form.decision === 'delete' ? 'delete' : 'keep';
    try {
      await this.brakes.decide(reader, connection.id, { scopeId: form.scope, seen: form.seen, decision });
    } catch (error) {
      if (!(error instanceof BrakeMovedOn)) throw error;
      return this.question(reader.id, words, id, {}, true);
    }
    this.worker.wake();
    const left = (await this.brakes.of(connection.id)).some(({ brake }) => brake.decision === undefined);
    return redirect(left ? brakePath(connection.id) : INTEGRATIONS, {
      ...{ kind: 'success', key: `sync-brake.done.${decision}` },
      values: {
        provider: providerNames[connection.provider],
        connected: connection.connected ? 'yes' : 'no',
      },
    });
  }

  /** Of several folders a few names each; `?scope=` shows all of one, as does a single question. */
  private async question(
    ownerId: Id,
    words: Words,
    id: string,
    query: ListQuery,
    changed = false,
  ): Promise<Page> {
    const connection = await this.brakes.connection(ownerId, id);
    const all = await this.brakes.of(connection.id);
    const chosen = all.filter(({ scopeId }) => scopeId === textOf(query['scope']));
    const shown = chosen.length > 0 ? chosen : all.slice(0, limits.page);
    const alone = shown.length === 1;
    const reads = await Promise.all(
      shown.map(async (braked) => ({
        braked,
        contacts: await this.brakes.contacts(
          connection.id,
          braked,
          alone ? placeOf(query) : {},
          alone ? limits.page : SAMPLE,
        ),
      })),
    );
    const view = brakeView(words, connection, reads, { alone, changed });
    return page('sync-brake/questions', view, changed ? 409 : 200);
  }
}
