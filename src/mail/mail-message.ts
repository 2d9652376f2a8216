import { type SendMailOptions } from 'nodemailer';
import { type Environment } from '../config/environment.js';
import { type Id } from '../database/id.js';
import { type Templates } from '../web/templates.js';
import { mailContent, oneLine, type Written } from './mail-content.js';
import { type MailLink } from './mail-links.js';

export interface AddressedMail extends Written {
  id: Id;
  toAddress: string;
  createdAt: Date;
}

/**
 * A mail as it goes to the server: text and HTML, with a Message-ID that a repetition shares.
 * @param stopPath where the receiver says that they want no more of these
 */
export function messageOf(
  mail: AddressedMail,
  link: MailLink | null,
  { publicUrl, mailFrom }: Environment,
  templates: Templates,
  stopPath: string | null = null,
): SendMailOptions {
  const content = mailContent(mail, link, publicUrl, stopPath);
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  return {
    from: mailFrom,
    to: { name: oneLine(mail.toName), address: mail.toAddress },
    subject: content.subject,
    text: templates.render('mail/message.txt', content),
    html: templates.render('mail/message.html', content),
    messageId: `<${mail.id}@${host}>`,
    date: mail.createdAt,
    headers: {
      // RFC 3834 §5: no answers from holiday responders.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': mail.language,
      ...(content.stop ? unsubscribing(content.stop.url) : {}),
    },
  };
}

/**
 * RFC 2369 §3.2: a page, whatever its scheme. That a POST to it is enough (RFC 8058 §3.1) is said of an https address
 * alone: mail programs act on no other.
 */
function unsubscribing(url: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${url}>`,
    ...(url.startsWith('https:') ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
  };
}
