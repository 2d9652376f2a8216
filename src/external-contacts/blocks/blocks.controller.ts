import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { answerUndoPath } from '../requests/answer-words.js';
import { Blocks } from './blocks.service.js';
import { BLOCKED, blocksView } from './blocks.view.js';

/** People one has blocked: seen, and unblocked. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/blocked')
export class BlocksController {
  constructor(private readonly blocks: Blocks) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const [found, count] = await Promise.all([
      this.blocks.page(reader, placeOf(query)),
      this.blocks.count(reader),
    ]);
    return page('external-blocks/list', blocksView(words, found, count));
  }

  @Post(':id/deletion')
  async unblock(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const { name, batchId } = await this.blocks.remove(reader, id);
    return redirect(BLOCKED, {
      ...{ kind: 'success', key: 'external-blocks.unblocked', values: { name } },
      undo: answerUndoPath(batchId),
    });
  }
}
