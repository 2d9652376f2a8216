import { Controller, Get, Post, Query } from '@nestjs/common';
import { limits } from '../../../config/limits.js';
import { type Id } from '../../../database/id.js';
import { tidy } from '../../../text/tidy.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { placeOf, textOf } from '../../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { CloudContacts } from '../cloud-contacts.service.js';
import { failureOf, undoPath } from '../cloud-messages.js';
import { CloudPlaces } from '../cloud-places.query.js';
import { CloudErasure } from './cloud-erasure.service.js';
import { CloudTrashQuery } from './cloud-trash.query.js';
import { cloudErasureView, cloudTrashView, NAMED, TRASH } from './cloud-trash.view.js';
import { CloudTrashForm } from './trash.form.js';

/** The bin of one's cloud contacts: restored within 30 days, which makes them again in their mailbox, or gone for good. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts/trash')
export class CloudTrashController {
  constructor(
    private readonly trash: CloudTrashQuery,
    private readonly contacts: CloudContacts,
    private readonly places: CloudPlaces,
    private readonly erasure: CloudErasure,
  ) {}

  @Get()
  async list(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const q = tidy(textOf(query['q'])).slice(0, 200);
    const mailboxes = await this.places.mailboxes(id);
    const shown = mailboxes.map((mailbox) => mailbox.id);
    const [found, count, erasable] = await Promise.all([
      this.trash.page(id, shown, q, placeOf(query)),
      this.trash.count(id, shown, q),
      this.trash.erasableCount(id, shown),
    ]);
    return page('cloud-trash/list', cloudTrashView(words, found, { q, count, erasable, mailboxes }));
  }

  /** Those ticked. */
  @Post('restoration')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Submitted(CloudTrashForm) { form }: Submission<CloudTrashForm>,
  ): Promise<Redirect> {
    if (form.ids.length === 0) return redirect(TRASH, { kind: 'notice', key: 'cloud-trash.none-ticked' });
    await this.trash.assertOwn(reader.id, form.ids);
    try {
      const { batchId, done } = await this.contacts.restore(reader, form.ids);
      if (batchId === null) return redirect(TRASH, { kind: 'notice', key: 'cloud-trash.none-left' });
      const undo = undoPath(batchId, TRASH);
      return redirect(TRASH, {
        ...{ kind: 'success', key: 'cloud-trash.restored', values: { count: done }, undo },
      });
    } catch (error) {
      return redirect(TRASH, failureOf(error));
    }
  }

  /** Asks before the whole bin goes for good. */
  @Get('erasure')
  async ask(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page | Redirect> {
    return this.question(reader, words, await this.shown(reader), null);
  }

  /** Asks before the ticked contacts go for good; once that is agreed with, they do. */
  @Post('erasure')
  async erase(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(CloudTrashForm) { form }: Submission<CloudTrashForm>,
  ): Promise<Page | Redirect> {
    const ids = form.all ? null : [...new Set(form.ids)];
    if (ids?.length === 0) return redirect(TRASH, { kind: 'notice', key: 'cloud-trash.none-ticked' });
    const shown = await this.shown(reader);
    if (!form.confirmed) return this.question(reader, words, shown, ids, form.asked);
    const count = await this.erasure.erase(reader, shown, ids);
    return redirect(TRASH, { kind: 'success', key: 'cloud-trash.erased', values: { count } });
  }

  private async shown({ id }: SignedIn): Promise<Id[]> {
    return (await this.places.mailboxes(id)).map((mailbox) => mailbox.id);
  }

  private async question(
    reader: SignedIn,
    words: Words,
    shown: readonly Id[],
    ids: readonly Id[] | null,
    unticked = false,
  ): Promise<Page | Redirect> {
    if (ids !== null) await this.trash.assertOwn(reader.id, ids);
    const found = await this.trash.erasable(reader.id, shown, ids, ids === null ? NAMED : limits.page);
    const count = ids === null ? await this.trash.erasableCount(reader.id, shown) : found.length;
    if (count === 0) return redirect(TRASH, { kind: 'notice', key: 'cloud-trash.none-erasable' });
    const view = cloudErasureView(words, found, { all: ids === null, count, unticked });
    return page('cloud-trash/erasure', view, unticked ? 422 : 200);
  }
}
