import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { isId } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { Journal } from '../journal/journal.service.js';
import { Admin } from '../web/access.js';
import { page } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { placeOf, textOf } from '../web/list-address.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Templates } from '../web/templates.js';
import { type Words } from '../web/words.js';
import { MailLinks, type MailLink } from './mail-links.js';
import { MailList } from './mail-list.query.js';
import { Mail } from './mail.entity.js';
import { mailsView, mailView } from './mails.view.js';

/** The outbox of an account, where no mail server sends it: an administrator reads it and passes links on. */
@Admin()
@Controller('mail')
export class MailsController {
  constructor(
    private readonly list: MailList,
    private readonly links: MailLinks,
    private readonly journal: Journal,
    private readonly templates: Templates,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Get()
  async all(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ) {
    this.needsNoServer();
    const q = textOf(query['q']).trim().toLowerCase().slice(0, 254);
    const place = placeOf(query);
    return page('mails/list', mailsView(words, q, await this.list.page(accountId, q, place)));
  }

  @Get(':id')
  async one(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ) {
    this.needsNoServer();
    const mail = isId(id)
      ? await this.database.getRepository(Mail).findOneBy({ id, accountId: reader.accountId })
      : null;
    if (!mail) throw new NotFound();
    const link = mail.linkId === null ? null : await this.linkOf(mail.linkId);
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'mail.open',
      targetType: 'mail',
      targetId: mail.id,
      targetName: mail.toAddress,
    });
    const renderText = (content: object) => this.templates.render('mail/message.txt', content);
    const shown = link !== null && (reader.role === 'owner' || link.role !== 'owner');
    const own = mail.userId === reader.id || mail.userId === null;
    return page(
      'mails/show',
      mailView(words, mail, link, { shown, own, publicUrl: this.environment.publicUrl, renderText }),
    );
  }

  private needsNoServer(): void {
    if (this.environment.smtpUrl !== null) throw new NotFound();
  }

  /** A link that is gone is shown as one that was withdrawn. */
  private async linkOf(linkId: string): Promise<MailLink> {
    const known = (await this.links.of([linkId])).get(linkId);
    return known ?? { path: '/…', state: 'withdrawn', expiresAt: new Date(0), role: 'owner' };
  }
}
