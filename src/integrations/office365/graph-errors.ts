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
  type ProviderError,
} from '../provider-errors.js';
import { type Facts, type WebApiFailure } from '../web-api/web-api.client.js';

/**
 * What was asked: the same code means another thing of each. `cursor`: a link of a delta query, whose folder may be gone too;
 * `create`: a contact in a folder; `move`: one that was just seen there.
 */
export type GraphAim = 'tree' | 'cursor' | 'folder' | 'read' | 'create' | 'write' | 'move';

/** Operations as the log has them. */
const aims = {
  'contactFolders.delta': 'tree',
  'contactFolders.delta.link': 'cursor',
  'contactFolders.list': 'tree',
  'contactFolders.default': 'tree',
  'contactFolders.get': 'folder',
  'contacts.delta': 'folder',
  'contacts.delta.link': 'cursor',
  'contacts.find': 'folder',
  'contacts.get': 'read',
  'contacts.create': 'create',
  'contacts.update': 'write',
  'contacts.move': 'move',
  'contacts.delete': 'write',
  // Without the permission for calendars, contacts go on.
  'calendars.list': 'folder',
  'me.get': 'folder',
  'events.get': 'read',
  'events.instances': 'read',
  'calendarView.delta': 'folder',
  'calendarView.delta.link': 'cursor',
  $batch: 'tree',
} as const satisfies Record<string, GraphAim>;
export type GraphOperation = keyof typeof aims;

/** Our error for an answer of Microsoft Graph (NOTES §2 and §3); null leaves it to the rules that hold for all. */
export function graphError({ operation, status, body }: WebApiFailure, facts: Facts): ProviderError | null {
  const code = codeOf(body);
  const known = code === '' ? facts : { ...facts, code };
  const aim = aims[operation as GraphOperation] ?? 'read';
  const make = ofCode.get(code);
  if (make) return make(known);
  const takesContent = aim === 'create' || aim === 'write' || aim === 'move';
  switch (status) {
    case 400:
      if (aim === 'cursor') return new CursorExpired(known);
      if (badIds.has(code) && (aim === 'folder' || aim === 'create')) return new FolderGone(known);
      return takesContent ? new ContactRefused(known) : new ProviderBusy(known);
    case 403:
      return aim === 'tree' ? new AuthorizationRevoked('not-allowed', known) : new AccessDenied(known);
    case 404:
      // A page of some other server says nothing about a folder or a contact.
      if (code === '' || aim === 'tree') return null;
      return aim === 'read' || aim === 'write' ? new ContactGone(known) : new FolderGone(known);
    case 409:
      return aim === 'write' || aim === 'move' ? new RevisionConflict(known) : new ProviderBusy(known);
    case 410:
      return new CursorExpired(known);
    case 412:
      return new RevisionConflict(known);
    case 413:
    case 422:
      return takesContent ? new ContactRefused(known) : new ProviderBusy(known);
    case 423:
    case 424:
      return new ProviderBusy(known);
    case 507:
      return new QuotaExceeded(known);
    default:
      return status >= 500 ? new ProviderBusy(known) : null;
  }
}

/** `error.code` of an answer, where it is one; its texts may hold anything. */
export function codeOf(body: unknown): string {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
  return typeof code === 'string' && /^[\w.-]{1,100}$/.test(code) ? code : '';
}

/** Ids that are of no form: of a folder it is one that is no more. */
const badIds = new Set(['ErrorInvalidIdMalformed', 'ErrorInvalidId', 'ErrorInvalidFolderId']);

const ofCode = new Map<string, (facts: Facts) => ProviderError>([
  ...rows(
    (facts) => new CursorExpired(facts),
    ...['SyncStateNotFound', 'SyncStateInvalid', 'ErrorInvalidSyncStateData', 'resyncRequired'],
    ...['ResyncRequired', 'syncStateNotFound'],
  ),
  ...rows(
    (facts) => new AuthorizationRevoked('no-mailbox', facts),
    ...['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI', 'ErrorNonExistentMailbox'],
  ),
  ...rows((facts) => new AuthorizationRevoked('account-disabled', facts), 'ErrorAccountDisabled'),
  ...rows((facts) => new RevisionConflict(facts), 'ErrorIrresolvableConflict', 'ErrorStaleObject'),
  ...rows((facts) => new QuotaExceeded(facts), 'ErrorQuotaExceeded', 'ErrorMailboxFull'),
  ...rows(
    (facts) => new FolderGone(facts),
    ...[
      'ErrorFolderNotFound',
      'ErrorToFolderNotFound',
      'ErrorParentFolderNotFound',
      'ErrorSyncFolderNotFound',
    ],
  ),
  ...rows((facts) => new AccessDenied(facts), 'ErrorCreateItemAccessDenied'),
]);

function rows(make: (facts: Facts) => ProviderError, ...codes: string[]) {
  return codes.map((code): [string, typeof make] => [code, make]);
}
