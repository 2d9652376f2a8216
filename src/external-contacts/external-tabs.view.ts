import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** The list everything of external contacts begins at. */
export const EXTERNAL = '/external-contacts';
/** Requests received. */
export const RECEIVED = `${EXTERNAL}/requests`;
/** Requests sent. */
export const SENT = `${RECEIVED}/sent`;

/** Under this name a session counts the requests that wait for its reader's answer. */
export const REQUESTS_WAITING = 'externalRequests';

export type ExternalTab = 'contacts' | 'received' | 'sent';

/** The views of the area, for the partial `tabs`; of those received it says how many wait for an answer. */
export function externalTabs(words: Words, reader: SignedIn, current: ExternalTab) {
  return [
    { name: 'contacts', href: EXTERNAL, count: undefined },
    { name: 'received', href: RECEIVED, count: waitingFor(reader) },
    { name: 'sent', href: SENT, count: undefined },
  ].map(({ name, href, count }) => ({
    ...{ href, count, current: name === current },
    label: words.t(`external-received.tab.${name}`),
  }));
}

/** Requests that wait for the reader's answer, as their session's read counted them. */
export function waitingFor({ counts }: SignedIn): number | undefined {
  return counts[REQUESTS_WAITING] || undefined;
}
