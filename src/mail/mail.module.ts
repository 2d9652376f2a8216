import { Global, Module } from '@nestjs/common';
import { MailLinks } from './mail-links.js';
import { MailList } from './mail-list.query.js';
import { MailSender } from './mail-sender.js';
import { MailTest } from './mail-test.service.js';
import { MailsController } from './mails.controller.js';
import { Mails } from './mails.service.js';

@Global()
@Module({
  controllers: [MailsController],
  providers: [MailLinks, MailList, Mails, MailSender, MailTest],
  exports: [MailLinks, Mails, MailSender, MailTest],
})
export class MailModule {}
