import { Controller, Get, Post, Query } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { tidy } from '../../text/tidy.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, refusal, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { PersonalContacts } from '../contact/contacts.service.js';
import { undoPath } from '../undo/undone.view.js';
import { TrashForm } from './trash.form.js';
import { TrashQuery } from './trash.query.js';
import { ContactErasure } from './contact-erasure.service.js';
import { erasureView, NAMED, TRASH, trashView } from './trash.view.js';

/** The bin of one's own contacts: restored within 30 days, or gone for good. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/trash')
export class TrashController {
  constructor(
    private readonly trash: TrashQuery,
    private readonly contacts: PersonalContacts,
    private readonly erasure: ContactErasure,
  ) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const q = typeof query['q'] === 'string' ? tidy(query['q']).slice(0, 200) : '';
    const [found, count, all] = await Promise.all([
      this.trash.page(reader.id, q, placeOf(query)),
      this.trash.count(reader.id, q),
      this.trash.count(reader.id),
    ]);
    return page('contact-trash/list', trashView(words, found, { q, count, all }));
  }

  /** Those ticked. */
  @Post('restoration')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Submitted(TrashForm) { form }: Submission<TrashForm>,
  ): Promise<Redirect> {
    if (form.ids.length === 0) return redirect(TRASH, { kind: 'notice', key: 'contact-trash.none-ticked' });
    try {
      const { batchId, restored } = await this.contacts.restore(reader, form.ids);
      const values = { count: restored };
      if (batchId === null) return redirect(TRASH, { kind: 'notice', key: 'contact-trash.none-left' });
      const undo = undoPath(batchId, TRASH);
      return redirect(TRASH, { kind: 'success', key: 'contact-trash.restored', values, undo });
    } catch (error) {
      return redirect(TRASH, refusal(error));
    }
  }

  /** Asks before the whole bin goes for good. */
  @Get('erasure')
  async ask(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page | Redirect> {
    return this.question(reader, words, null);
  }

  /** Asks before the ticked contacts go for good; once that is agreed with, they do. */
  @Post('erasure')
  async erase(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(TrashForm) { form }: Submission<TrashForm>,
  ): Promise<Page | Redirect> {
    const ids = form.all ? null : [...new Set(form.ids)];
    if (ids?.length === 0) return redirect(TRASH, { kind: 'notice', key: 'contact-trash.none-ticked' });
    if (!form.confirmed) return this.question(reader, words, ids, form.asked);
    const count = await this.erasure.erase(reader, ids);
    return redirect(TRASH, { kind: 'success', key: 'contact-trash.erased', values: { count } });
  }

  private async question(
    reader: SignedIn,
    words: Words,
    ids: readonly Id[] | null,
    unticked = false,
  ): Promise<Page | Redirect> {
    if (ids !== null) await this.trash.assertOwn(reader.id, ids);
    const found = await this.trash.binned(reader.id, ids, ids === null ? NAMED : limits.page);
    const count = ids === null ? await this.trash.count(reader.id) : found.length;
    if (count === 0) return redirect(TRASH, { kind: 'notice', key: 'contact-trash.none-left' });
    const view = erasureView(words, found, { all: ids === null, count, unticked });
    return page('contact-trash/erasure', view, unticked ? 422 : 200);
  }
}
