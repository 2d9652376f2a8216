import { type Account } from '../../../src/accounts/account.entity.js';
import { type User } from '../../../src/accounts/user.entity.js';
import { newId, type Id } from '../../../src/database/id.js';
import { addressHash, MailRefusals } from '../../../src/mail/mail-refusals.service.js';
import { Mail } from '../../../src/mail/mail.entity.js';
import { Mails } from '../../../src/mail/mails.service.js';
import { StopLinks } from '../../../src/mail/stop-links.js';
import { Notifications } from '../../../src/notifications/notifications.service.js';
import { type Locale } from '../../../src/web/words.js';
import { type TestApp } from '../../support/app.js';

/** What pages about news lead to. */
export interface SomeNews {
  /** Paths of links that stop mails: to an address that has them, to one that has stopped them, to a digest. */
  stop: string;
  stopped: string;
  stopDigest: string;
  /** A mail that quotes its sender. */
  quoted: Id;
}

/** News for the administrators, read and unread, and a mail in somebody's name. */
export async function someNews(
  app: TestApp,
  account: Account,
  admins: Record<Locale, User>,
): Promise<SomeNews> {
  const { manager } = app.database;
  const told = [
    ['external.request', 'Jean-François du Châtelet de la Rochefoucauld-Montbéliard'],
    ['external.accepted', 'נועה לוי'],
    ['external.removed', '敏 司马'],
    ['external.removed-by-company', 'Ada'],
  ] as const;
  const address = 'jean-francois.du.chatelet.de.la.rochefoucauld@a-very-long-name-of-a-company.example';
  for (const { id: userId, accountId } of [admins.en, admins.fr]) {
    await app.get(Notifications).tell(
      manager,
      told.map(([kind, name]) => ({
        ...{ accountId, userId, kind, values: { name, address } },
        ...{ href: '/external-contacts/requests', onceKey: newId() },
      })),
    );
    await app.database.query(
      `UPDATE notifications SET readAt = at WHERE userId = ? AND kind = 'external.removed'`,
      [userId],
    );
  }
  const onceKey = newId();
  await app.get(Mails).write(manager, {
    ...{ accountId: account.id, userId: null, toAddress: 'bob@harbour.example', toName: 'Bob' },
    ...{ template: 'external-pending', language: 'fr', onceKey },
    values: { name: 'Jean-François', address, company: 'Harbour & Pine', message: 'Bonjour,\n\nà bientôt' },
  });
  const links = app.get(StopLinks);
  const pathOf = (toAddress: string, template = 'external-invitation') =>
    links.pathFor({ template, toAddress, userId: admins.en.id }) ?? '';
  await app.get(MailRefusals).refuse(manager, addressHash('stopped@harbour.example'));
  return {
    stop: pathOf('bob@harbour.example'),
    stopped: pathOf('stopped@harbour.example'),
    stopDigest: pathOf('', 'notifications-digest'),
    quoted: (await app.database.getRepository(Mail).findOneByOrFail({ onceKey })).id,
  };
}
