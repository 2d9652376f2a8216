import { type Id } from '../../database/new-id.js';
import { type Words } from '../../web/words.js';
import { type CallDirection, type CallOutcome, type RecordingState } from '../call.js';
import { type RecordingFacts } from './recordings.service.js';

/** What a page knows of the call. */
export interface PlayedCall {
  id: Id;
  direction: CallDirection;
  outcome: CallOutcome;
  recording: RecordingState | null;
  heardAt: Date | null;
  startedAt: Date;
}

/** What `recordings/player` shows. */
export interface PlayerView {
  /** null: it is not here. */
  sound: { src: string; label: string; download: string; downloadLabel: string; heardAction: string } | null;
  /** Why it is not here, or that it is on its way; '' where there is nothing to say. */
  text: string;
  failed: boolean;
  /** Posts there to ask for it again. */
  retry: { action: string; label: string } | null;
  /** null: nothing of it is to be heard. */
  hearing: { action: string; label: string; of: string; icon: string } | null;
}

/** Path a POST marks a voicemail by. @param to page of calls to come back to */
export function hearingPath(id: Id, heard: boolean, to?: string): string {
  return `/calls/${id}/hearing${heard ? '' : '/removal'}${query(to)}`;
}

/**
 * The row or part of a page that plays a call; null where there is nothing to play and nothing to say.
 * @param who the other side, as the page calls it
 * @param to page of calls the buttons come back to
 */
export function playerView(
  words: Words,
  call: PlayedCall,
  facts: RecordingFacts | undefined,
  { who, to }: { who: string; to: string },
): PlayerView | null {
  const isVoicemail = call.outcome === 'voicemail' && call.direction === 'incoming';
  const kept = facts !== undefined && facts.mediaType !== null;
  if (!isVoicemail && !kept && call.recording === null) return null;
  const values = { who, when: words.dateTime(call.startedAt) };
  const src = `/calls/${call.id}/recording`;
  return {
    sound: kept
      ? {
          src,
          label: words.t('recordings.player', values),
          download: src,
          downloadLabel: words.t('recordings.download', { ...values, size: words.bytes(facts.sizeBytes) }),
          heardAction: isVoicemail && call.heardAt === null ? hearingPath(call.id, true, to) : '',
        }
      : null,
    ...standingOf(words, call, facts, kept, isVoicemail),
    retry:
      call.recording === 'failed'
        ? { action: `${src}/retrieval${query(to)}`, label: words.t('recordings.try-again') }
        : null,
    hearing: isVoicemail ? hearingOf(words, call, values, to) : null,
  };
}

function standingOf(
  words: Words,
  { recording }: PlayedCall,
  facts: RecordingFacts | undefined,
  kept: boolean,
  isVoicemail: boolean,
): { text: string; failed: boolean } {
  const problem = facts?.problem ? words.t(`recordings.problem.${facts.problem}`) : '';
  if (recording === 'failed')
    return { text: words.t('recordings.failed', { problem: problem || 'none' }), failed: true };
  if (recording === 'asked' && problem !== '' && facts?.dueAt)
    return {
      text: words.t('recordings.waits', { problem, when: words.dateTime(facts.dueAt) }),
      failed: false,
    };
  if (recording === 'asked') return { text: words.t('recordings.on-its-way'), failed: false };
  return { text: kept || !isVoicemail ? '' : words.t('recordings.none'), failed: false };
}

function hearingOf(
  words: Words,
  { id, heardAt }: PlayedCall,
  values: { who: string; when: string },
  to: string,
) {
  const heard = heardAt !== null;
  return {
    action: hearingPath(id, !heard, to),
    label: words.t(heard ? 'recordings.mark-unheard' : 'recordings.mark-heard'),
    of: words.t('recordings.of', values),
    icon: heard ? 'undo' : 'check',
  };
}

function query(to: string | undefined): string {
  return to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
}
