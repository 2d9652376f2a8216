import { QueryFailedError } from 'typeorm';
import { errorText } from '../database/error-text.js';
import { log, loggableError, loggablePath, NestLog } from './log.js';

describe('the path of a request, as a log may say it', () => {
  it.each([
    ['/activate/AaIBDwxldU2I', '/activate/…'],
    ['/ACTIVATE/AaIBDwxldU2I', '/ACTIVATE/…'],
    ['//activate//AaIBDwxldU2I', '/activate/…'],
    ['/reset-password/AaIBDwxldU2I/', '/reset-password/…/'],
    ['/profile/email/AaIBDwxldU2I?x=1', '/profile/email/…'],
    ['http://carnet.example/setup/AaIBDwxldU2I', '/setup/…'],
    ['/reopen/AaIBDwxldU2I', '/reopen/…'],
    ['/signup/AaIBDwxldU2I', '/signup/…'],
    ['/external-contacts/confirm/AaIBDwxldU2I/sign-out', '/external-contacts/confirm/…/sign-out'],
    ['/unsubscribe/iAaIBDwx.ldU2I', '/unsubscribe/…'],
    ['/contacts?q=ada', '/contacts'],
    [`/api/v1/lookup/carnet_${'aB3-_'.repeat(8)}xyz/x`, '/api/v1/lookup/carnet_…/x'],
  ])('%s is %s', (url, path) => {
    expect(loggablePath(url)).toBe(path);
  });
});

describe('an error of the database, as a log may say it', () => {
  const driverError = Object.assign(
    new Error(`Duplicate entry '7-o'neil@example.test-1' for key 'uq_users_email'`),
    { errno: 1062, code: 'ER_DUP_ENTRY', sql: `INSERT INTO users VALUES ('o''neil@example.test')` },
  );
  const error = new QueryFailedError('INSERT INTO users VALUES (?)', ["o'neil@example.test"], driverError);

  it('names the index, and no value', () => {
    const told = JSON.stringify(loggableError(error));
    expect(told).not.toContain('neil');
    expect(loggableError(error)).toMatchObject({
      type: 'QueryFailedError',
      message: `Duplicate entry '…' for key 'uq_users_email'`,
      query: 'INSERT INTO users VALUES (?)',
      errno: 1062,
    });
    expect(loggableError(error).stack).toMatch(/^ {4}at /);
  });

  it('says no value in the stack either', () => {
    const said = jest.spyOn(log, 'error').mockImplementation();
    new NestLog().error('A sign-in failed', error.stack, 'OAuth');
    expect(JSON.stringify(said.mock.calls)).toMatch(/ at .*log\.spec/);
    expect(JSON.stringify(said.mock.calls)).not.toContain('neil');
    said.mockRestore();
  });

  it.each([
    [`Incorrect string value: '\\xF0\\x9F' for column 'givenName' at row 1`, 'column'],
    [`You have an error in your SQL syntax near 'Ada' Lovelace' at line 1`, 'syntax'],
    [`Truncated incorrect INTEGER value: 'Ada'`, 'INTEGER'],
  ])('%s keeps what is wrong and drops the value', (message, kept) => {
    const masked = errorText(Object.assign(new Error(message), { errno: 1366 }));
    expect(masked).toContain(kept);
    expect(masked).not.toMatch(/Ada|xF0/);
  });

  it('keeps the message of an error of ours', () => {
    expect(errorText(new Error(`No entry 'x' for y`))).toBe(`No entry 'x' for y`);
  });
});
