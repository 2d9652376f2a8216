import { type Words } from '../web/words.js';
import { type CallDirection, type CallOutcome } from './call.js';

/** What became of a call, in a word and a drawing. */
export function outcomeBadge(
  words: Words,
  { direction, outcome, heardAt }: { direction: CallDirection; outcome: CallOutcome; heardAt: Date | null },
): { text: string; icon: string; kind?: string } {
  const text = words.t(`calls.outcome.${direction}.${outcome}`);
  const icon = outcome === 'voicemail' ? 'voicemail' : `call-${outcome === 'missed' ? 'missed' : direction}`;
  if (direction === 'outgoing' || outcome === 'answered') return { text, icon };
  return { text, icon, kind: heardAt === null ? 'danger' : 'warn' };
}

/** 12 s, 3 min 05 s, 1 h 02 min; '' of a call nobody answered. */
export function durationText(words: Words, seconds: number): string {
  if (seconds <= 0) return '';
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return words.t('calls.duration.hours', { hours, minutes: two(minutes) });
  if (minutes > 0) return words.t('calls.duration.minutes', { minutes, seconds: two(seconds % 60) });
  return words.t('calls.duration.seconds', { seconds });
}
