import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { BadRequest } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { UNBLOCKING } from '../blocks/blocks.service.js';
import { BLOCKED } from '../blocks/blocks.view.js';
import { RECEIVED } from '../external-tabs.view.js';
import { AnswerUndo } from './answer-undo.service.js';
import { answeredMessage, undoneMessage } from './answer-words.js';
import { acts, ReceivedAnswers, type Act } from './received-answers.service.js';
import { ReceivedRequests } from './received-requests.query.js';
import { answeredView, receivedView } from './received.view.js';

/** Requests one has received: read and answered. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/requests')
export class ReceivedController {
  constructor(
    private readonly requests: ReceivedRequests,
    private readonly answers: ReceivedAnswers,
    private readonly undoing: AnswerUndo,
  ) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const which = query['state'] === 'answered' ? 'answered' : 'waiting';
    const [found, count] = await Promise.all([
      this.requests.page(reader.id, which, placeOf(query)),
      this.requests.count(reader.id, which),
    ]);
    const read = { page: found, count };
    if (which === 'waiting') return page('external-received/list', receivedView(words, reader, read));
    const rows = await this.requests.answered(reader.id, found.rows);
    return page('external-received/answered', answeredView(words, reader, rows, read));
  }

  /** Those ticked. */
  @Post('acts')
  async several(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const act = acts.find((known) => known === form.act);
    if (!act || form.ids.length > limits.page) throw new BadRequest('common.error.bad-request');
    if (form.ids.length === 0)
      return redirect(RECEIVED, { kind: 'notice', key: 'external-received.none-ticked' });
    return this.answer(reader, words, act, form.ids);
  }

  @Post('acts/:batchId/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('batchId') batchId: string,
  ): Promise<Redirect> {
    const undone = await this.undoing.undo(reader, batchId);
    return redirect(undone?.kind === UNBLOCKING ? BLOCKED : RECEIVED, undoneMessage(words, undone));
  }

  @Post(':id/acceptance')
  accept(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    return this.answer(reader, words, 'accept', [id]);
  }

  @Post(':id/refusal')
  decline(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    return this.answer(reader, words, 'decline', [id]);
  }

  @Post(':id/block')
  block(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    return this.answer(reader, words, 'block', [id]);
  }

  private async answer(reader: SignedIn, words: Words, act: Act, ids: readonly string[]): Promise<Redirect> {
    return redirect(RECEIVED, answeredMessage(words, act, await this.answers.answer(reader, act, ids)));
  }
}
