/** Values a message may name. */
export type MessageValues = Record<string, string | number | Date>;

/**
 * Something a reader can understand and act on, worded by a catalogue key. One filter turns these into pages;
 * every other error is a bug and answers 500.
 */
export abstract class DomainError extends Error {
  abstract readonly status: number;

  constructor(
    /** Catalogue key of the sentence, for example `users.not-found`. */
    readonly key: string,
    readonly values: MessageValues = {},
  ) {
    super(key);
  }
}

/** The request itself cannot be read: no page of ours sends such a thing. */
export class BadRequest extends DomainError {
  readonly status = 400;
}

/** It does not exist, or is somebody else's: both look the same from outside. */
export class NotFound extends DomainError {
  readonly status = 404;
  constructor(
    key = 'common.error.not-found',
    values?: MessageValues,
    /** Where the reader may find what they looked for. */
    readonly help: { href: string; key: string } | null = null,
  ) {
    super(key, values);
  }
}

/** The reader is known but may not; the sentence says who can help. */
export class Forbidden extends DomainError {
  readonly status = 403;
  constructor(key = 'common.error.forbidden', values?: MessageValues) {
    super(key, values);
  }
}

/** The feature of a page is off for the reader; whoever can switch it on is led there. */
export class SwitchedOff extends Forbidden {
  readonly titleKey = 'common.switched-off.title';
  readonly help: { href: string; key: string } | null;

  constructor(feature: string, reader: { canSwitch: boolean; unlicensed?: boolean; personal?: boolean }) {
    // A message chooses by words without a hyphen: `external-contacts` is `external`.
    const values = { feature: feature.split('-')[0] };
    const whom = reader.canSwitch ? 'admin' : reader.unlicensed && reader.personal ? 'personal' : 'member';
    super(reader.unlicensed ? `common.unlicensed.${whom}` : `common.switched-off.${whom}`, values);
    const help = reader.unlicensed
      ? { href: '/users', key: 'common.unlicensed.open' }
      : { href: '/settings#features', key: 'common.switched-off.open' };
    this.help = reader.canSwitch ? help : null;
  }
}

/** Somebody else was first, or the state has moved on. */
export class Conflict extends DomainError {
  readonly status = 409;
}

/** The request is understood and cannot be done as it is. */
export class Refused extends DomainError {
  readonly status = 422;
}

/** What the link or page led to has ended. */
export class Gone extends DomainError {
  readonly status = 410;
}

/** Asked too often. */
export class TooMany extends DomainError {
  readonly status = 429;
  constructor(
    key: string,
    readonly retryAfterSeconds: number,
  ) {
    super(key, { minutes: Math.max(1, Math.ceil(retryAfterSeconds / 60)) });
  }
}
