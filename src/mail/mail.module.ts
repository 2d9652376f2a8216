import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { MailLinks } from './mail-links.js';
import { MailList } from './mail-list.query.js';
import { MailRefusals } from './mail-refusals.service.js';
import { MailSender } from './mail-sender.js';
import { MailStops } from './mail-stops.service.js';
import { MailTest } from './mail-test.service.js';
import { MailsController } from './mails.controller.js';
import { Mails } from './mails.service.js';
import { StopLinks } from './stop-links.js';
import { UnsubscribeController } from './unsubscribe.controller.js';

@Global()
@Module({
  controllers: [MailsController, UnsubscribeController],
  providers: [MailLinks, MailList, MailRefusals, Mails, MailSender, MailStops, MailTest, StopLinks],
  exports: [MailLinks, MailRefusals, Mails, MailSender, MailStops, MailTest],
})
export class MailModule implements OnModuleInit {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly mails: Mails,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('mails.sweep', every.quarterHour, () => this.mails.sweep(this.database.manager));
  }
}
