import { Global, Module } from '@nestjs/common';
import { MailLinks } from './mail-links.js';
import { MailSender } from './mail-sender.js';
import { Mails } from './mails.service.js';

@Global()
@Module({ providers: [MailLinks, Mails, MailSender], exports: [MailLinks, Mails, MailSender] })
export class MailModule {}
