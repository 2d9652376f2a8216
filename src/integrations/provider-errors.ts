/**
 * What can go wrong at a provider, in our words. `key` names the sentence people read (`sync.problem.<key>`); nothing of an
 * answer's text is in an error, because it may hold anything.
 */
export abstract class ProviderError extends Error {
  abstract readonly key: string;
  /** For the log of the operator: request id, operation, HTTP status, codes. Never bodies, names or secrets. */
  constructor(readonly facts: Readonly<Record<string, string | number>> = {}) {
    super(
      Object.entries(facts)
        .map((fact) => fact.join(' '))
        .join(', '),
    );
    this.name = new.target.name;
  }
}

/** Signing in is refused, by a changed password or a withdrawn consent: the person is asked to sign in again. */
export class AuthorizationRevoked extends ProviderError {
  readonly key: string;
  constructor(
    why: 'sign-in' | 'password-expired' | 'account-disabled' | 'no-mailbox' | 'not-allowed',
    facts = {},
  ) {
    super(facts);
    this.key = why;
  }
}

/** Told to wait: nothing is asked of this mailbox before. */
export class Throttled extends ProviderError {
  readonly key = 'throttled';
  constructor(
    readonly waitMs: number,
    facts = {},
  ) {
    super(facts);
  }
}

/** Busy, failing or speaking nonsense for now (5xx, cut answers, time limits): tried again with growing pauses. */
export class ProviderBusy extends ProviderError {
  readonly key = 'busy';
}

/** No connection: name, network, certificate, an address that is not allowed. Which of them is not told. */
export class NotReachable extends ProviderError {
  readonly key = 'not-reachable';
}

/** Answers, but not as this service does (wrong address, a sign-in page, a redirect, switched off). */
export class NotTheService extends ProviderError {
  readonly key = 'not-the-service';
}

/** The provider does not know this installation (any more): its operator alone can mend that, nobody has to sign in again. */
export class ClientRefused extends ProviderError {
  readonly key = 'client-refused';
}

/** Its operator has taken the provider's client away from this installation: as with one that is refused. */
export class NotSetUp extends ProviderError {
  readonly key = 'not-set-up';
}

/** The cursor is not taken any more: read all, compare, lose and double nothing. */
export class CursorExpired extends ProviderError {
  readonly key = 'cursor-expired';
}

export class FolderGone extends ProviderError {
  readonly key = 'folder-gone';
}

/** No right in one folder: the others go on. */
export class AccessDenied extends ProviderError {
  readonly key = 'access-denied';
}

/** Changed there since the revision we named: read again and merge. */
export class RevisionConflict extends ProviderError {
  readonly key = 'revision';
}

export class ContactGone extends ProviderError {
  readonly key = 'contact-gone';
}

/** This one contact is not taken as it is: not tried again before somebody changes it. */
export class ContactRefused extends ProviderError {
  readonly key = 'contact-refused';
}

/** The mailbox is full: reading goes on, writing waits. */
export class QuotaExceeded extends ProviderError {
  readonly key = 'quota';
}
