import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { type TestApp } from '../support/app.js';
import { someAddress } from '../support/browser.js';
import { type Somebody } from './two-companies.js';

export interface Invited {
  address: string;
  requestId: Id;
  /** Paths of the mail's two links. */
  signUp: string;
  confirm: string;
}

/** A request to an address that is nobody's, with the two links its mail carries. */
export async function inviteOutside(
  app: TestApp,
  { user, account }: Somebody,
  { address = someAddress('new'), message = null }: { address?: string; message?: string | null } = {},
): Promise<Invited> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 30 * 86_400_000);
  const requestId = newId();
  const links = app.get(OneTimeLinks);
  return inTransaction(app.database, async (manager) => {
    await manager.insert(SentRequest, {
      ...{ id: requestId, accountId: account.id, senderId: user.id, toAddress: address, message },
      ...{ state: 'waiting', openKey: 1, once: null, timesSent: 1 },
      ...{ sentAt: now, lastSentAt: now, expiresAt, answeredAt: null },
    });
    const link = { accountId: account.id, userId: user.id, address, subjectId: requestId, expiresAt };
    return {
      ...{ address, requestId },
      signUp: links.pathOf(await links.create(manager, { ...link, purpose: 'external-signup' })),
      confirm: links.pathOf(await links.create(manager, { ...link, purpose: 'external-confirm' })),
    };
  });
}
