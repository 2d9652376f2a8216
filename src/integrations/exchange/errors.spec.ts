import { errorOf, isTooNew, isUnknown, mayBeOfOne, wantsLess, type Aim } from './errors.js';

const nameOf = (code: string, aim: Aim = 'write', backOffMs: number | null = null) => {
  const error = errorOf({ code, backOffMs }, aim, { operation: 'X' });
  return error.name === 'AuthorizationRevoked' ? error.key : error.name;
};

describe('What the codes of Exchange mean (NOTES §7)', () => {
  it.each([
    ['ErrorServerBusy', 'ProviderBusy'],
    ['ErrorInternalServerError', 'ProviderBusy'],
    ['ErrorInternalServerTransientError', 'ProviderBusy'],
    ['ErrorMailboxStoreUnavailable', 'ProviderBusy'],
    ['ErrorMailboxMoveInProgress', 'ProviderBusy'],
    ['ErrorConnectionFailed', 'ProviderBusy'],
    ['ErrorADUnavailable', 'ProviderBusy'],
    ['ErrorTimeoutExpired', 'ProviderBusy'],
    ['ErrorTooManyObjectsOpened', 'ProviderBusy'],
    ['ErrorExceededConnectionCount', 'ProviderBusy'],
    ['ErrorInvalidSyncStateData', 'CursorExpired'],
    ['ErrorSyncFolderNotFound', 'FolderGone'],
    ['ErrorFolderNotFound', 'FolderGone'],
    ['ErrorToFolderNotFound', 'FolderGone'],
    ['ErrorItemNotFound', 'ContactGone'],
    ['ErrorIrresolvableConflict', 'RevisionConflict'],
    ['ErrorStaleObject', 'RevisionConflict'],
    ['ErrorChangeKeyRequiredForWriteOperations', 'RevisionConflict'],
    ['ErrorAccessDenied', 'AccessDenied'],
    ['ErrorSchemaValidation', 'ContactRefused'],
    ['ErrorInvalidRequest', 'ContactRefused'],
    ['ErrorInvalidPropertySet', 'ContactRefused'],
    ['ErrorInvalidPropertyDelete', 'ContactRefused'],
    ['ErrorInvalidPropertyRequest', 'ContactRefused'],
    ['ErrorUpdatePropertyMismatch', 'ContactRefused'],
    ['ErrorPropertyUpdate', 'ContactRefused'],
    ['ErrorInvalidIdMalformed', 'ContactRefused'],
    ['ErrorQuotaExceeded', 'QuotaExceeded'],
    ['ErrorPasswordExpired', 'password-expired'],
    ['ErrorAccountDisabled', 'account-disabled'],
    ['ErrorNonExistentMailbox', 'no-mailbox'],
    ['ErrorOfTomorrow', 'ProviderBusy'],
  ])('%s: %s', (code, meaning) => expect(nameOf(code)).toBe(meaning));

  it('stops the mailbox where its root may not be read, and one folder where that may not', () => {
    expect(nameOf('ErrorAccessDenied', 'tree')).toBe('not-allowed');
    expect(nameOf('ErrorAccessDenied', 'folder')).toBe('AccessDenied');
  });

  it('blames no contact for a request that only reads', () => {
    expect(nameOf('ErrorSchemaValidation', 'read')).toBe('ProviderBusy');
    expect(nameOf('ErrorInvalidIdMalformed', 'folder')).toBe('FolderGone');
  });

  it.each(['ErrorServerBusy', 'ErrorInternalServerError'])('waits as %s says, 15 minutes at most', (code) => {
    expect(errorOf({ code, backOffMs: 7_000 }, 'read')).toMatchObject({ key: 'throttled', waitMs: 7_000 });
    expect(errorOf({ code, backOffMs: 1e9 }, 'read')).toMatchObject({ waitMs: 900_000 });
  });

  it('tells what is known from what is not', () => {
    expect(
      ['ErrorOfTomorrow', 'ErrorServerBusy', 'ErrorItemNotFound', 'ErrorInvalidServerVersion'].map(isUnknown),
    ).toEqual([true, false, false, false]);
    expect(isTooNew('ErrorIncorrectSchemaVersion')).toBe(true);
    expect(['ErrorTimeoutExpired', 'ErrorServerBusy', 'ErrorItemCorrupt'].map(wantsLess)).toEqual([
      true,
      true,
      false,
    ]);
    expect(['ErrorItemCorrupt', 'ErrorMailboxStoreUnavailable'].map(mayBeOfOne)).toEqual([true, false]);
  });

  it('names operation and code, and nothing else', () =>
    expect(
      errorOf({ code: 'ErrorItemNotFound', backOffMs: null }, 'read', { operation: 'GetItem' }).message,
    ).toBe('operation GetItem, code ErrorItemNotFound'));
});
