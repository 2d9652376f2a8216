import { DomainError, Forbidden, Refused } from '../../errors/domain-error.js';
import { type Id } from '../../database/new-id.js';
import { type Message } from '../../web/answers.js';
import { CLOUD } from './list/cloud-list.state.js';

/** Path a POST undoes an act by. @param to the page of cloud contacts or of a run to go back to, if not to what was done */
export function undoPath(batchId: Id, to?: string): string {
  const query = to === undefined || to === CLOUD ? '' : `?to=${encodeURIComponent(to)}`;
  return `${CLOUD}/acts/${batchId}/undo${query}`;
}

/** Why nothing was done, told on the page it was asked from. @throws whatever else went wrong */
export function failureOf(error: unknown): Message {
  const told = error instanceof Refused || error instanceof Forbidden;
  if (!told || !(error as DomainError).key.startsWith('cloud-contact.')) throw error;
  return { kind: 'failure', key: error.key, values: error.values };
}
