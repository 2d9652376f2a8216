import { createHash } from 'node:crypto';
import { type Connection } from '../connection.entities.js';

/** As the column holds it. */
const LONGEST = 191;

/** What the unique index of a person's connections compares: one place for all, or one for each mailbox. */
export function slotKeyOf(
  several: boolean,
  { provider, mailboxId }: Pick<Connection, 'provider' | 'mailboxId'>,
): string {
  if (!several) return 'one';
  const key = `${provider}:${mailboxId}`;
  if ([...key].length <= LONGEST) return key;
  return `${provider}:#${createHash('sha256').update(mailboxId).digest('hex')}`;
}
