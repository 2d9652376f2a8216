import { Refused, type MessageValues } from '../errors/domain-error.js';

/** A page to render; the interceptor turns it into HTML. */
export class Page {
  constructor(
    readonly view: string,
    readonly data: object,
    readonly status: number,
  ) {}
}

/** A redirect (303) and the message the next page shows. */
export class Redirect {
  constructor(
    readonly to: string,
    readonly message: Message | null,
  ) {}
}

/** Thrown where no answer can be returned (a guard): the error filter sends the browser there instead. */
export class Elsewhere extends Error {
  constructor(readonly answer: Redirect) {
    super(`Go to ${answer.to}`);
  }
}

/** One sentence on the next page, with an optional button that posts to `undo`. */
export interface Message {
  kind: 'success' | 'failure' | 'notice';
  /** Catalogue key. */
  key: string;
  values?: MessageValues;
  /** Path that a POST undoes this by; shown as a button in the message. */
  undo?: string;
}

/** @param data its `navigationPath` is the page of the navigation that is marked, where the address does not say it */
/** What was refused, told on the page it was asked from. @throws whatever else went wrong */
export function refusal(error: unknown): Message {
  if (!(error instanceof Refused)) throw error;
  return { kind: 'failure', key: error.key, values: error.values };
}

export function page(view: string, data: object, status = 200): Page {
  return new Page(view, data, status);
}

/** @param message a catalogue key (success), or a whole message */
export function redirect(to: string, message?: string | Message): Redirect {
  return new Redirect(
    to,
    typeof message === 'string' ? { kind: 'success', key: message } : (message ?? null),
  );
}
