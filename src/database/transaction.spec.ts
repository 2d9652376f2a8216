import { isConnectionLoss } from './transaction.js';

describe('an outage of the database', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }],
    [{ code: 'ETIMEDOUT' }],
    [{ driverError: { errno: 2006 } }],
    [new Error("Can't add new command when connection is in closed state")],
    [new Error("Can't write in closed state")],
  ])('%j is one', (error) => expect(isConnectionLoss(error)).toBe(true));

  it.each([[null], ['ECONNREFUSED'], [new Error('closed')], [{ errno: 1062, code: 'ER_DUP_ENTRY' }]])(
    '%j is none',
    (error) => expect(isConnectionLoss(error)).toBe(false),
  );
});
