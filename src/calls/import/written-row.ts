import { headerKey } from '../../csv/header-names.js';
import { type CallDirection, type CallOutcome } from '../call.js';
import { secondsOf, type StartTimes } from './call-times.js';
import { tellDestroyed, type RowReader } from './leg.js';

/** What people and their programs write for each word, in both languages, by `headerKey`. */
const directions = words<CallDirection>({
  incoming: ['incoming', 'in', 'inbound', 'received', 'entrant', 'reçu', 'arrivée', 'entrée'],
  outgoing: [
    'outgoing',
    'out',
    'outbound',
    'placed',
    'dialled',
    'dialed',
    'sortant',
    'émis',
    'départ',
    'sortie',
  ],
});

const outcomes = words<CallOutcome>({
  answered: [
    'answered',
    'answer',
    'connected',
    'completed',
    'normal clearing',
    'ok',
    'répondu',
    'abouti',
    'décroché',
  ],
  missed: [
    ...[
      'missed',
      'no answer',
      'noanswer',
      'unanswered',
      'busy',
      'failed',
      'congestion',
      'cancelled',
      'canceled',
    ],
    ...['rejected', 'abandoned', 'user busy', 'originator cancel', 'no user response'],
    ...[
      'manqué',
      'en absence',
      'sans réponse',
      'non répondu',
      'non abouti',
      'occupé',
      'échec',
      'annulé',
      'rejeté',
    ],
  ],
  voicemail: [
    'voicemail',
    'voice mail',
    'message',
    'messagerie',
    'messagerie vocale',
    'message vocal',
    'répondeur',
  ],
});

/** Some programs have one column for both: a missed call is an incoming one. */
const missedDirection = new Set(['missed', 'manqué', 'en absence'].map(headerKey));

const yes = new Set(
  ['yes', 'y', 'true', '1', 'x', 'oui', 'o', 'vrai', 'voicemail', 'message'].map(headerKey),
);
const no = new Set(['no', 'n', 'false', '0', 'non', 'faux', '-', ''].map(headerKey));

/** Reads rows of files with a header: one row, one person's call. */
export function writtenRows(times: StartTimes): RowReader {
  return (cells, tell) => {
    let wrong = tellDestroyed(cells, ['callId', 'user', 'number'], tell);
    const problem = (field: string, name: string) => {
      wrong = true;
      tell(field, `call-imports.problem.${name}`);
    };
    const said = headerKey(cells('direction'));
    const direction = missedDirection.has(said) ? 'incoming' : directions.get(said);
    if (direction === undefined) problem('direction', said === '' ? 'direction-missing' : 'direction');
    if (cells('user') === '') problem('user', 'user-missing');

    const start = cells('startedAt') === '' ? null : times.read(cells('startedAt'));
    if (start === null) problem('startedAt', 'start-missing');
    else if ('problem' in start) problem('startedAt', `start-${start.problem}`);

    const seconds = cells('duration') === '' ? 0 : secondsOf(cells('duration'));
    if (seconds === null) problem('duration', 'duration');

    const outcomeSaid = headerKey(cells('outcome'));
    const known = outcomes.get(outcomeSaid);
    if (outcomeSaid !== '' && known === undefined) problem('outcome', 'outcome');
    const voicemail = headerKey(cells('voicemail'));
    if (!yes.has(voicemail) && !no.has(voicemail)) problem('voicemail', 'voicemail');
    if (wrong || !start || 'problem' in start || direction === undefined || seconds === null) return null;

    const outcome = yes.has(voicemail)
      ? 'voicemail'
      : (known ?? (missedDirection.has(said) || seconds === 0 ? 'missed' : 'answered'));
    const call = { direction, outcome, number: cells('number'), name: cells('name') || null, seconds };
    return {
      legs: [
        { ...call, candidates: [{ text: cells('user'), field: 'user' }], startedAt: start.at, direct: true },
      ],
      callId: cells('callId'),
      chain: '',
    };
  };
}

function words<Word extends string>(spellings: Record<Word, string[]>): ReadonlyMap<string, Word> {
  return new Map(
    Object.entries(spellings).flatMap(([word, names]) =>
      (names as string[]).map((name) => [headerKey(name), word as Word] as const),
    ),
  );
}
