import { type CallOutcome } from '../call.js';
import { secondsOf, type StartTimes } from './call-times.js';
import { tellDestroyed, type Candidate, type Cells, type Leg, type RowReader } from './leg.js';

/** Begins chains that are no id of a call; ids have no space before them. */
export const NO_ID = ' ';

const dispositions = new Set(['ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION']);

/**
 * Reads rows of Asterisk's call detail records. Each has a channel that called and mostly one that was called; a call has
 * several where it went through a queue, was transferred or reached a voicemail box (CDR specification, docs.asterisk.org). A
 * colleague may stand on either side, or on both.
 * @param isExtension whether digits are an extension by their length
 */
export function asteriskRows(times: StartTimes, isExtension: (digits: string) => boolean): RowReader {
  return (cells, tell) => {
    let wrong = tellDestroyed(cells, ['callId', 'linkedid', 'src', 'dst'], tell);
    const problem = (field: string, name: string) => {
      wrong = true;
      tell(field, `call-imports.problem.${name}`);
    };
    const start = cells('startedAt') === '' ? null : times.read(cells('startedAt'));
    if (start === null) problem('startedAt', 'start-missing');
    else if ('problem' in start) problem('startedAt', `start-${start.problem}`);
    const seconds = cells('duration') === '' ? 0 : secondsOf(cells('duration'));
    if (seconds === null) problem('duration', 'duration');
    const disposition = cells('disposition').toUpperCase();
    // FreeSWITCH writes the same columns (template `asterisk` of mod_cdr_csv), with why the call ended in this one.
    const isCause = /^[A-Z]+(?:_[A-Z]+)+$/.test(disposition);
    if (!isCause && !dispositions.has(disposition)) problem('disposition', 'disposition');
    if (wrong || !start || 'problem' in start || seconds === null) return null;

    const answered = isCause ? seconds > 0 : disposition === 'ANSWERED';
    const channel = channelOf(cells('channel'));
    const called = channelOf(cells('dstchannel'));
    const caller = [
      // A channel of Asterisk's own is nobody's telephone.
      ...(channel.local ? [] : candidate(channel.peer, 'channel', isExtension)),
      ...candidate(cells('src'), 'src', isExtension),
    ];
    const callee = calleeOf(cells, called.peer, isExtension);
    const times_ = { startedAt: start.at, seconds };
    const { name, number } = callerId(cells('clid'));
    const legs: Leg[] = [];
    // The second half of a local channel only goes on with a call that another row begins.
    if (!channel.continues)
      legs.push({
        candidates: caller,
        direction: 'outgoing',
        outcome: answered ? 'answered' : 'missed',
        ...{ number: cells('dst'), name: null, ...times_, seconds: answered ? seconds : 0, direct: true },
      });
    const outcome = calledOutcome(cells, answered);
    legs.push({
      candidates: callee.candidates,
      direction: 'incoming',
      outcome,
      ...{ number: cells('src') || number, name, ...times_, seconds: outcome === 'missed' ? 0 : seconds },
      direct: callee.direct,
    });
    const callId = cells('callId');
    return {
      legs,
      callId,
      // Without an id of its own a call is known by its channel, whose name is given once until Asterisk is started again.
      chain: cells('linkedid') || callId || `${NO_ID}${cells('channel')} ${cells('startedAt').slice(0, 10)}`,
      ...(called.opens ? { opens: called.opens } : {}),
      ...(channel.continues ? { continues: channel.continues } : {}),
    };
  };
}

/** Of whom was dialled: the telephone that rang, whose voicemail box it is, or the number. */
function calleeOf(
  cells: Cells,
  peer: string,
  isExtension: (digits: string) => boolean,
): { candidates: Candidate[]; direct: boolean } {
  // `101@default,u`, or in FreeSWITCH `default example.org 101`.
  const box = isVoicemail(cells) ? /([^\s@,&]+)(?:[@,&].*)?$/s.exec(cells('lastdata'))?.[1] : undefined;
  const first = box ?? peer;
  return {
    candidates: [
      ...(box === undefined ? [] : candidate(box, 'lastdata', isExtension)),
      ...candidate(peer, 'dstchannel', isExtension),
      ...candidate(cells('dst'), 'dst', isExtension),
    ],
    direct: first === '' || first === cells('dst'),
  };
}

/** The voicemail answers for a person; an announcement or a queue answers for nobody. */
function calledOutcome(cells: Cells, answered: boolean): CallOutcome {
  if (!answered) return 'missed';
  if (isVoicemail(cells)) return 'voicemail';
  return cells('dstchannel') === '' ? 'missed' : 'answered';
}

function isVoicemail(cells: Cells): boolean {
  return /^voicemail$/i.test(cells('lastapp'));
}

function candidate(text: string, field: string, isExtension: (digits: string) => boolean): Candidate[] {
  // `s`, `h`, `t` and the like are steps of the dialplan; a short number is an extension or nobody's.
  if (text.length < 2) return [];
  return /^\d+$/.test(text) && text.length < 7 && !isExtension(text) ? [] : [{ text, field }];
}

/**
 * Whose channel it is: `PJSIP/101-0000002a` is that of 101. `Local/101@internal-00000007;1` is the first half of a channel
 * inside Asterisk that rings 101. FreeSWITCH names a profile too: `sofia/internal/101@pbx.example`.
 */
function channelOf(name: string): { peer: string; local: boolean; opens?: string; continues?: string } {
  const [, technology = '', rest = ''] = /^([A-Za-z0-9]+)\/(.*)$/s.exec(name) ?? [];
  const local = /^local$/i.test(technology);
  const own = /^sofia$/i.test(technology) ? rest.replace(/^[^/]*\//, '') : rest;
  const [, pair, half] = (local && /^(.*);([12])$/s.exec(rest)) || [];
  const peer = own
    .replace(/;[12]$/, '')
    .replace(/-[0-9a-f]+$/i, '')
    .replace(/@.*$/s, '');
  return {
    ...{ peer, local },
    ...(half === '1' ? { opens: pair } : half === '2' ? { continues: pair } : {}),
  };
}

/** `"Ada Lovelace" <+442079460018>` */
function callerId(text: string): { name: string | null; number: string } {
  const [, quoted, plain, number = ''] = /^\s*(?:"([^"]*)"|([^<]*))\s*<([^>]*)>\s*$/.exec(text) ?? [];
  const name = (quoted ?? plain ?? '').trim();
  return { name: name === '' || name === number || /^[+\d\s]+$/.test(name) ? null : name, number };
}
