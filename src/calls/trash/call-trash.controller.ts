import { Controller, Get, Post, Query } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { addressOf, placeOf } from '../../web/list-address.js';
import { pageLinks } from '../../web/page-links.js';
import { SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { messageOf } from '../acts/call-acts.controller.js';
import { CallActs } from '../acts/call-acts.service.js';
import { CallList } from '../list/call-list.query.js';
import { CALLS } from '../list/call-list.state.js';
import { callRowView, labelsOf } from '../list/call-list.view.js';
import { Callers } from '../who/callers.service.js';
import { withOf } from '../who/dialled.js';

const TRASH = `${CALLS}/trash`;

/** Calls in the bin, for 30 days. */
@Member()
@NeedsFeature('phone')
@Controller('calls/trash')
export class CallTrashController {
  constructor(
    private readonly calls: CallList,
    private readonly callers: Callers,
    private readonly acts: CallActs,
  ) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const found = await this.calls.bin(reader.id, placeOf(query));
    const callers = await this.callers.of(reader, found.rows);
    const days = limits.restoreDays;
    return page('calls/trash', {
      ...{
        title: words.t('calls.trash.title'),
        text: words.t('calls.trash.text', { days }),
        backHref: CALLS,
      },
      columns: ['who', 'what', 'began', 'deleted'].map((name) => ({
        label: words.t(`calls.column.${name}`),
      })),
      labels: {
        ...labelsOf(words),
        began: words.t('calls.column.began'),
        deleted: words.t('calls.column.deleted'),
      },
      calls: found.rows.map((call) => ({
        ...callRowView(words, reader, call, callers.get(withOf(call))),
        began: words.dateTime(call.startedAt),
        deleted: words.date(call.deletedAt),
        until: words.t('calls.trash.until', {
          date: words.date(call.deletedAt.getTime() + days * 86_400_000),
        }),
      })),
      pagination: { ...pageLinks(found, (place) => addressOf(TRASH, [], place)), text: '' },
      empty: {
        icon: 'trash',
        title: words.t('calls.trash.empty'),
        text: words.t('calls.trash.text', { days }),
      },
    });
  }

  /** Those ticked. */
  @Post('restoration')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    if (form.ids.length === 0) return redirect(TRASH, { kind: 'notice', key: 'calls.none-ticked' });
    const outcome = await this.acts.restore(reader, form.ids);
    return redirect(TRASH, messageOf('restore', outcome, TRASH));
  }
}
