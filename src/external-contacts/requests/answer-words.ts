import { limits } from '../../config/limits.js';
import { type Message } from '../../web/answers.js';
import { type Words } from '../../web/words.js';
import { RECEIVED } from '../external-tabs.view.js';
import { type Answer } from './acceptances.service.js';
import { type UndoneAnswer } from './answer-undo.service.js';
import { type Act, type Answered, type Outcome } from './received-answers.service.js';

/** How many of those refused a message names; the cookie it travels in holds four kilobytes. */
const NAMED = 5;

/** Path a POST takes an answer back by. */
export function answerUndoPath(batchId: string): string {
  return `${RECEIVED}/acts/${batchId}/undo`;
}

/** What became of the requests somebody answered: how many were done, and each that was not by name. */
export function answeredMessage(words: Words, act: Act, { answered, batchId }: Outcome): Message {
  const done = answered.filter(({ answer }) => isDone(act, answer));
  const left = answered.filter(({ answer }) => !isDone(act, answer));
  const [first] = done;
  const key = `external-received.${act}.${done.length === 1 && first.answer !== 'done' ? 'already' : 'done'}`;
  const sentences = [
    ...(done.length > 0 ? [words.t(key, { count: done.length, name: shortened(first.name) })] : []),
    ...left.slice(0, NAMED).map(({ name, answer }) => answerText(words, name, answer)),
    ...(left.length > NAMED ? [words.t('external-received.more-left', { count: left.length - NAMED })] : []),
  ];
  return {
    kind: left.length === 0 ? 'success' : done.length === 0 ? 'failure' : 'notice',
    key: 'external-received.told',
    values: { sentences: sentences.join(' ') },
    ...(batchId === null ? {} : { undo: answerUndoPath(batchId) }),
  };
}

/** Why a request was not answered as its receiver wished. */
export function answerText(words: Words, name: string, answer: Answer): string {
  const values = { name: shortened(name), days: limits.externalRefusalDays, max: limits.externalContacts };
  return words.t(`external-received.answer.${answer}`, values);
}

export function undoneMessage(words: Words, undone: UndoneAnswer | null): Message {
  if (!undone) return { kind: 'notice', key: 'external-received.undone-already' };
  const { kind, done, left } = undone;
  const what = kind.slice(kind.lastIndexOf('.') + 1);
  const sentences = [
    ...(done > 0 ? [words.t(`external-received.undone.${what}`, { count: done })] : []),
    ...(left > 0 ? [words.t('external-received.undone.left', { count: left })] : []),
  ];
  return {
    kind: left === 0 ? 'success' : done === 0 ? 'failure' : 'notice',
    key: 'external-received.told',
    values: { sentences: sentences.join(' ') },
  };
}

/** Whoever is in contact, or is blocked, before the button is pressed has what they wished. */
function isDone(act: Act, answer: Answered['answer']): boolean {
  if (answer === 'done') return true;
  if (act === 'accept') return answer === 'already';
  return act === 'block' ? answer === 'blocked' : answer === 'declined';
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= 60 ? name : `${characters.slice(0, 59).join('')}…`;
}
