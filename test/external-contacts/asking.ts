import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { type TestApp } from '../support/app.js';
import { type Message } from '../../src/web/answers.js';
import { Words } from '../../src/web/words.js';
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

/** The message an answer sets for the next page, in English; '' when it sets none. It is the answer's own, whatever came after. */
export function toldBy(answer: Answer): string {
  const cookies = (answer.headers['set-cookie'] ?? []) as unknown as string[];
  const text = cookies.map((cookie) => /^carnet_message=([^.;]+)\./.exec(cookie)?.[1]).find(Boolean);
  if (text === undefined) return '';
  const { key, values } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Message;
  return Words.for('en').t(key, values);
}
