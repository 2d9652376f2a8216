import { newId, type Id } from '../../src/database/id.js';
import { Notifications } from '../../src/notifications/notifications.service.js';
import { type Answer } from '../support/browser.js';
import { type TestApp } from '../support/app.js';

export interface Reader {
  id: Id;
  accountId: Id;
}

/** Tells this person that somebody of this name asks. @returns the notification's id */
export async function tell(
  app: TestApp,
  { id: userId, accountId }: Reader,
  name: string,
  { href = '/external-contacts/requests', kind = 'external.request' } = {},
): Promise<Id> {
  const onceKey = newId();
  const values = { name, address: 'bob@harbour.example' };
  await app
    .get(Notifications)
    .tell(app.database.manager, [{ accountId, userId, kind, values, href, onceKey }]);
  const [{ id }] = await app.database.query<{ id: Id }[]>('SELECT id FROM notifications WHERE onceKey = ?', [
    onceKey,
  ]);
  return id;
}

/** The names in the list, in its order; `*` before those marked as unread. */
export function listed({ text }: Answer): string[] {
  return text
    .split('<li class="news__item')
    .slice(1)
    .map((item) => `${item.includes('Unread') ? '*' : ''}${/news__open">(.*?) \(/.exec(item)?.[1] ?? '?'}`);
}
