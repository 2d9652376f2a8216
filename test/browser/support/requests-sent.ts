import { type User } from '../../../src/accounts/user.entity.js';
import { newId } from '../../../src/database/id.js';
import { SentRequest, type SentState } from '../../../src/external-contacts/external-request.entities.js';
import { type TestApp } from '../../support/app.js';

const DAY = 86_400_000;

const states: [SentState, Partial<SentRequest>][] = [
  ['waiting', { message: 'Nous nous sommes rencontrés au salon de Köln.\nGardons le contact !' }],
  ['waiting', { timesSent: 3, toAddress: 'pay@xn--pple-43d.example' }],
  ['accepted', {}],
  ['declined', {}],
  ['withdrawn', {}],
  ['expired', { toAddress: `${'maximilienne.'.repeat(4)}rochefoucauld@direction-generale.example` }],
];

/** One request in each state, for each of these people. */
export async function requestsSent(app: TestApp, senders: readonly User[]): Promise<void> {
  const rows = senders.flatMap(({ id: senderId, accountId }) =>
    states.map(([state, fields], place): SentRequest => {
      const sentAt = new Date(Date.now() - place * DAY);
      const waits = state === 'waiting';
      return {
        ...{ id: newId(), accountId, senderId, toAddress: `someone${place}@requests.example`, message: null },
        ...{ state, openKey: waits ? 1 : null, once: null, timesSent: 1, sentAt, lastSentAt: sentAt },
        ...{ expiresAt: new Date(sentAt.getTime() + 30 * DAY), answeredAt: waits ? null : new Date() },
        ...fields,
      };
    }),
  );
  await app.database.getRepository(SentRequest).insert(rows);
}
