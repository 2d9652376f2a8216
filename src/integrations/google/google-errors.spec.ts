import { errorOf, type Aim } from './google-errors.js';

describe('what the People API refuses', () => {
  const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });
  const read = (http: number, status: string, message = '', details: object[] = [], aim: Aim = 'list') => {
    const headers = { get: () => null };
    const body = { error: { code: http, status, message, details } };
    return errorOf({ operation: 'o', status: http, headers, body }, { operation: 'o' }, aim, () => 77);
  };

  it.each([400, 410])('is an expired token whichever status it has (%i)', (http) => {
    const expired = read(http, 'FAILED_PRECONDITION', '', [info('EXPIRED_SYNC_TOKEN')]);
    expect(expired).toMatchObject({ name: 'CursorExpired', facts: { code: 'EXPIRED_SYNC_TOKEN' } });
    expect(read(http, '', 'Sync token is expired. Clear local cache.')).toMatchObject({
      name: 'CursorExpired',
    });
    expect(read(400, 'INVALID_ARGUMENT', 'Page token is invalid.')).toMatchObject({ name: 'CursorExpired' });
  });

  it('is patience, as long as is said or as we choose', () => {
    const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '41s' };
    expect(read(429, 'RESOURCE_EXHAUSTED', '', [retry])).toMatchObject({ waitMs: 41_000 });
    expect(read(429, 'RESOURCE_EXHAUSTED')).toMatchObject({ name: 'Throttled', waitMs: 77 });
    expect(read(403, 'PERMISSION_DENIED', '', [info('RATE_LIMIT_EXCEEDED')])).toMatchObject({ waitMs: 77 });
  });

  it('is a permission of the person, of the installation, or of one contact', () => {
    const scope = [info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')];
    expect(read(403, 'PERMISSION_DENIED', '', scope)).toMatchObject({
      name: 'AuthorizationRevoked',
      key: 'sign-in',
    });
    expect(read(403, 'PERMISSION_DENIED', '', [info('SERVICE_DISABLED')])).toMatchObject({
      name: 'NotTheService',
    });
    expect(read(403, 'PERMISSION_DENIED')).toMatchObject({ key: 'not-allowed' });
    expect(read(403, 'PERMISSION_DENIED', '', [], 'write')).toMatchObject({ name: 'AccessDenied' });
  });

  it('is a newer contact, a contact that is not taken, one that is gone, or a full book', () => {
    const etag = 'Request person.etag is different than the current person.etag. Clear local cache.';
    expect(read(400, 'FAILED_PRECONDITION', etag, [], 'write')).toMatchObject({ name: 'RevisionConflict' });
    expect(read(400, 'INVALID_ARGUMENT', 'names', [], 'write')).toMatchObject({ name: 'ContactRefused' });
    expect(read(404, 'NOT_FOUND', '', [], 'write')).toMatchObject({ name: 'ContactGone' });
    expect(read(400, '', '', [info('MY_CONTACTS_OVERFLOW_COUNT')], 'write')).toMatchObject({
      name: 'QuotaExceeded',
    });
    expect([read(404, 'NOT_FOUND'), read(500, 'INTERNAL', '', [], 'write')]).toEqual([null, null]);
  });

  it('tells no more than codes', () => {
    const error = read(400, 'Zoé Durand said', 'Zoé', [info('names of Zoé')], 'write');
    expect(JSON.stringify([error?.message, error?.facts])).not.toMatch(/zo|durand/i);
  });
});
