import {
  AccessDenied,
  AuthorizationRevoked,
  ContactGone,
  ContactRefused,
  CursorExpired,
  FolderGone,
  ProviderBusy,
  QuotaExceeded,
  RevisionConflict,
  Throttled,
  type ProviderError,
} from '../provider-errors.js';

export interface Failure {
  code: string;
  /** What the server asks us to wait. */
  backOffMs: number | null;
}

/** What was asked: the same code means another thing of the tree, of a folder and of a contact. */
export type Aim = 'tree' | 'folder' | 'read' | 'write';

/** Our error for a `ResponseCode`, by the table of NOTES §7. */
export function errorOf({ code, backOffMs }: Failure, aim: Aim, facts: Facts = {}): ProviderError {
  const known = { ...facts, code };
  if (backOffMs !== null && backOffMs > 0) return new Throttled(Math.min(backOffMs, LONGEST_WAIT_MS), known);
  if (code === 'ErrorAccessDenied' && aim === 'tree') return new AuthorizationRevoked('not-allowed', known);
  if (FOLDER_CODES_OF_IDS.has(code) && aim === 'folder') return new FolderGone(known);
  const make = table.get(code);
  if (make) return make(known, aim);
  return new ProviderBusy(known);
}

/** Codes nobody wrote down: to be tried a few times, then taken for final. */
export function isUnknown(code: string): boolean {
  return !table.has(code) && !busy.includes(code) && !FOLDER_CODES_OF_IDS.has(code) && !tooNew.has(code);
}

/** The server is older than what we say it is. */
export function isTooNew(code: string): boolean {
  return tooNew.has(code);
}

/** May be said of one contact that is broken there, and of no other. */
export function mayBeOfOne(code: string): boolean {
  return code === 'ErrorInternalServerError' || !busy.includes(code);
}

/** A smaller batch may do. */
export function wantsLess(code: string): boolean {
  return code === 'ErrorTimeoutExpired' || code === 'ErrorServerBusy';
}

export type Facts = Readonly<Record<string, string | number>>;
type Make = (facts: Facts, aim: Aim) => ProviderError;

const LONGEST_WAIT_MS = 15 * 60_000;

const tooNew = new Set(['ErrorInvalidServerVersion', 'ErrorIncorrectSchemaVersion']);

/** An id the server cannot read: of a folder it is one that is no more, of a contact our fault. */
const FOLDER_CODES_OF_IDS = new Set(['ErrorInvalidIdMalformed', 'ErrorInvalidFolderId', 'ErrorInvalidId']);

const busy = [
  'ErrorServerBusy',
  'ErrorInternalServerError',
  'ErrorInternalServerTransientError',
  'ErrorMailboxStoreUnavailable',
  'ErrorMailboxMoveInProgress',
  'ErrorConnectionFailed',
  'ErrorADUnavailable',
  'ErrorTimeoutExpired',
  'ErrorTooManyObjectsOpened',
  'ErrorExceededConnectionCount',
  'ErrorBatchProcessingStopped',
  'ErrorMailboxFailover',
  'ErrorADOperation',
  'ErrorADSessionFilter',
  'ErrorInsufficientResources',
];

const refusedWhenWritten: Make = (facts, aim) =>
  aim === 'write' ? new ContactRefused(facts) : new ProviderBusy(facts);

const table = new Map<string, Make>([
  ...rows((facts) => new CursorExpired(facts), 'ErrorInvalidSyncStateData'),
  ...rows(
    (facts) => new FolderGone(facts),
    'ErrorSyncFolderNotFound',
    'ErrorFolderNotFound',
    'ErrorToFolderNotFound',
    'ErrorParentFolderNotFound',
    'ErrorSavedItemFolderNotFound',
    'ErrorCannotCreateContactInNonContactFolder',
  ),
  ...rows((facts) => new ContactGone(facts), 'ErrorItemNotFound'),
  ...rows(
    (facts) => new RevisionConflict(facts),
    'ErrorIrresolvableConflict',
    'ErrorStaleObject',
    'ErrorChangeKeyRequired',
    'ErrorChangeKeyRequiredForWriteOperations',
    'ErrorInvalidChangeKey',
  ),
  ...rows((facts) => new AccessDenied(facts), 'ErrorAccessDenied', 'ErrorCreateItemAccessDenied'),
  ...rows((facts) => new QuotaExceeded(facts), 'ErrorQuotaExceeded'),
  ...rows(
    (facts) => new AuthorizationRevoked('password-expired', facts),
    'ErrorPasswordExpired',
    'ErrorPasswordChangeRequired',
  ),
  ...rows((facts) => new AuthorizationRevoked('account-disabled', facts), 'ErrorAccountDisabled'),
  ...rows(
    (facts) => new AuthorizationRevoked('no-mailbox', facts),
    'ErrorNonExistentMailbox',
    'ErrorMissingEmailAddress',
  ),
  ...rows(
    refusedWhenWritten,
    'ErrorSchemaValidation',
    'ErrorInvalidRequest',
    'ErrorInvalidPropertySet',
    'ErrorInvalidPropertyDelete',
    'ErrorInvalidPropertyRequest',
    'ErrorInvalidPropertyUpdateSentMessage',
    'ErrorInvalidExtendedProperty',
    'ErrorInvalidExtendedPropertyValue',
    'ErrorIncorrectUpdatePropertyCount',
    'ErrorUpdatePropertyMismatch',
    'ErrorPropertyUpdate',
    'ErrorPropertyValidationFailure',
    'ErrorObjectTypeChanged',
    'ErrorMessageSizeExceeded',
    'ErrorDataSizeLimitExceeded',
    'ErrorItemCorrupt',
    'ErrorCannotUseItemIdForFolderId',
    'ErrorInvalidIdMalformed',
    'ErrorInvalidId',
  ),
]);

function rows(make: Make, ...codes: string[]): [string, Make][] {
  return codes.map((code) => [code, make]);
}
