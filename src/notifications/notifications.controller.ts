import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../auth/local-path.js';
import { isId } from '../database/id.js';
import { firstIdOf } from '../database/new-id.js';
import { NotFound } from '../errors/domain-error.js';
import { Member } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { placeOf } from '../web/list-address.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { NotificationList } from './notification-list.query.js';
import { notificationsView } from './notifications.view.js';
import { Reading } from './reading.service.js';

/** Up to which a reader has seen the list; all when it says nothing usable. */
class ReadingForm {
  until = '';
}

/** One's own news. */
@Controller('notifications')
@Member()
export class NotificationsController {
  constructor(
    private readonly list: NotificationList,
    private readonly reading: Reading,
  ) {}

  @Get()
  async show(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const unreadOnly = query['show'] === 'unread';
    const place = placeOf(query);
    const found = await this.list.page(me.id, unreadOnly, place);
    return page('notifications/list', notificationsView(words, me, unreadOnly, found));
  }

  /** Leads to what it is about; a POST, since it is read by that. */
  @Post(':id/opening')
  async open(@CurrentUser() me: SignedIn, @Param('id') id: string): Promise<Redirect> {
    if (!isId(id)) throw new NotFound();
    return redirect(localPath(await this.reading.open(me.id, id)) ?? '/notifications');
  }

  @Post('readings')
  async readAll(
    @CurrentUser() me: SignedIn,
    @Submitted(ReadingForm) { form }: Submission<ReadingForm>,
  ): Promise<Redirect> {
    const at = new Date();
    const until = isId(form.until) ? form.until : firstIdOf(at.getTime());
    const count = await this.reading.readAll(me.id, until, at);
    if (count === 0) return redirect('/notifications');
    const undo = `/notifications/readings/${at.getTime()}/undo`;
    return redirect('/notifications', {
      kind: 'success',
      key: 'notifications.all-read',
      values: { count },
      undo,
    });
  }

  @Post('readings/:at/undo')
  async undo(@CurrentUser() me: SignedIn, @Param('at') at: string): Promise<Redirect> {
    if (!/^\d{13}$/.test(at)) throw new NotFound();
    const count = await this.reading.undoReadAll(me.id, new Date(Number(at)));
    if (count === 0) throw new NotFound();
    return redirect('/notifications', {
      kind: 'success',
      key: 'notifications.unread-again',
      values: { count },
    });
  }
}
