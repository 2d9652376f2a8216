import { type User } from '../../src/accounts/user.entity.js';
import { inTransaction } from '../../src/database/transaction.js';
import { type CallAnswer, type CallReport } from '../../src/calls/record/call-report.js';
import { recordCalls } from '../../src/calls/record/record-calls.js';
import { type TestApp } from '../support/app.js';

/** Somebody who may call: licensed, with the phone feature on. */
export const caller = { type: 'licensed', features: { phone: true } } as const;

let made = 0;

/** A missed call of somebody’s, unless said otherwise. */
export function aReport(user: Pick<User, 'email'>, fields: Partial<CallReport> = {}): CallReport {
  return {
    callId: `call-${++made}`,
    user: user.email,
    direction: 'incoming',
    outcome: 'missed',
    number: '+33612345678',
    startedAt: new Date(Date.now() - 3600_000),
    seconds: 0,
    ...fields,
  };
}

/** As a telephone system would have it recorded. */
export function report(app: TestApp, accountId: string, ...reports: CallReport[]): Promise<CallAnswer[]> {
  return inTransaction(app.database, (manager) =>
    recordCalls(manager, { accountId, source: 'api', batchId: null, now: new Date() }, reports),
  );
}
