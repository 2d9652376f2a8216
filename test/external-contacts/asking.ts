import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { type TestApp } from '../support/app.js';
import { type Answer } from '../support/browser.js';
import { type Somebody } from './two-companies.js';

export const REQUESTS = '/external-contacts/requests';
export const SENT = `${REQUESTS}/sent`;
export const INVITE = '/external-contacts/invite';

/** Asking by the form, and what came of it on either side. */
export function asking(app: TestApp) {
  return {
    /** Sends the form, with a key of its own unless one is given. */
    ask: (
      { browser }: Pick<Somebody, 'browser'>,
      email: string | string[],
      fields: { message?: string; take?: string; _once?: string } = {},
    ): Promise<Answer> => browser.post(REQUESTS, { _once: newId(), email, ...fields }),
    /** Does what waits for a worker. */
    work: () => app.get(JobsWorker).runDue(),
    sentOf: ({ user }: Pick<Somebody, 'user'>): Promise<SentRequest[]> =>
      app.database.getRepository(SentRequest).find({ where: { senderId: user.id }, order: { id: 'ASC' } }),
    receivedOf: ({ id }: Pick<User, 'id'>): Promise<ReceivedRequest[]> =>
      app.database.getRepository(ReceivedRequest).find({ where: { receiverId: id }, order: { id: 'ASC' } }),
    mailsTo: (address: string): Promise<Mail[]> =>
      app.database.getRepository(Mail).find({ where: { toAddress: address }, order: { id: 'ASC' } }),
    newsOf: ({ id }: Pick<User, 'id'>): Promise<Notification[]> =>
      app.database.getRepository(Notification).find({ where: { userId: id }, order: { id: 'ASC' } }),
  };
}

/** What the page an answer leads to says in its message; '' for an answer that leads nowhere. */
export async function toldAfter({ browser }: Pick<Somebody, 'browser'>, answer: Answer): Promise<string> {
  if (answer.status !== 303) return '';
  const page = await browser.follow(answer);
  const text = /class="message__body">\s*<p>([\s\S]*?)<\/p>/.exec(page.text)?.[1] ?? '';
  return text.replaceAll('&#x27;', "'").replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}
