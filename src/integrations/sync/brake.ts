import { type Id } from '../../database/new-id.js';
import { type Brake } from '../connection.entities.js';

/** Deletions that are always carried out, however small the folder. */
export const UNASKED = 25;
/** The part of a folder of which more is not deleted unasked. */
const PART = 1 / 5;

/** Whether so many deletions in a folder of so many contacts wait for the owner. */
export function needsBrake(deleted: number, of: number): boolean {
  return deleted > UNASKED && deleted > of * PART;
}

/** By what the owner is told once of a question, wherever it is asked and answered. */
export function brakeNewsKey(scopeId: Id, { direction, since }: Brake): string {
  return `sync-brake${direction === 'there' ? '-there' : ''}:${scopeId}:${since}`;
}

/** Deletions of a folder; `mailbox`: with those of other folders they are too much of the mailbox, however few they are here. */
export type Counted = Pick<Brake, 'direction' | 'deleted' | 'of' | 'mailbox'>;

/** What is done with the deletions of a folder. */
export type Verdict = 'carry-out' | 'keep' | 'wait';

/**
 * The brake of a folder after counting again, and what follows. What the owner decided holds for as many as they were asked
 * about: more than that is another question.
 * @param brake as it stands
 */
export function braked(
  brake: Brake | null,
  counted: Counted,
  now: Date,
): { brake: Brake | null; verdict: Verdict } {
  const { direction, deleted, of } = counted;
  const isMuch = needsBrake(deleted, of) || counted.mailbox === true;
  if (brake && brake.direction !== direction) {
    // One question at a time. A few deletions need none.
    return { brake, verdict: isMuch ? 'wait' : 'carry-out' };
  }
  if (brake?.decision && deleted <= brake.deleted)
    return { brake, verdict: brake.decision === 'delete' ? 'carry-out' : 'keep' };
  const mailbox = counted.mailbox ?? brake?.mailbox;
  if (!isMuch && !mailbox) return { brake: null, verdict: 'carry-out' };
  // Answered, and more by now: another question, of which its owner has yet to hear.
  const since = brake && !brake.decision ? brake.since : now.toISOString();
  return { brake: { direction, deleted, of, ...(mailbox && { mailbox }), since }, verdict: 'wait' };
}
