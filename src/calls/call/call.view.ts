import { limits } from '../../config/limits.js';
import { type Words } from '../../web/words.js';
import { durationText, outcomeBadge } from '../call-words.js';
import { newContactLinks } from '../contacts/new-contact-links.js';
import { type ListedCall, type ShownCall } from '../list/call-list.query.js';
import { CALLS } from '../list/call-list.state.js';
import { callRowView, type CallReader } from '../list/call-list.view.js';
import { playerView } from '../recordings/recording.view.js';
import { type RecordingFacts } from '../recordings/recordings.service.js';
import { type Caller } from '../who/callers.service.js';
import { extensionOf, isHidden } from '../who/dialled.js';
import { otherSideView } from '../who/other-side.view.js';

/** Calls with the same person shown below one. */
export const OTHER_CALLS = 5;

/** `/calls/:id`. @param others calls with the same person, this one among them */
export function callView(
  words: Words,
  reader: CallReader,
  call: ShownCall,
  {
    caller,
    others,
    facts,
  }: { caller: Caller | undefined; others: readonly ListedCall[]; facts: RecordingFacts | undefined },
) {
  const side = otherSideView(words, reader, call, caller);
  const rest = others.filter(({ id }) => id !== call.id).slice(0, OTHER_CALLS);
  return {
    ...{ id: call.id, title: words.t('calls.call-title', { name: side.name }), backHref: CALLS, side },
    navigationPath: CALLS,
    what: outcomeBadge(words, call),
    sentence: words.t(`calls.sentence.${call.direction}`, { at: words.dateTime(call.startedAt) }),
    why: side.reach?.why ?? '',
    links: call.deletedAt === null ? (side.reach?.links ?? []) : [],
    items: itemsOf(words, call, side),
    isNew: call.heardAt === null && call.outcome === 'missed',
    voicemail: call.direction === 'incoming' && call.outcome === 'voicemail',
    adding: side.unknown && call.deletedAt === null ? newContactLinks(call, reader) : null,
    player:
      call.deletedAt === null
        ? playerView(words, call, facts, { who: side.name, to: `${CALLS}/${call.id}` })
        : null,
    deleted:
      call.deletedAt === null
        ? ''
        : words.t('calls.in-bin', {
            date: words.date(call.deletedAt.getTime() + limits.restoreDays * 86_400_000),
          }),
    others: rest.map((each) => ({
      ...callRowView(words, reader, each, caller),
      at: words.dateTime(each.startedAt),
    })),
    othersTitle: words.t('calls.others-title', { name: side.name }),
  };
}

function itemsOf(words: Words, call: ShownCall, side: ReturnType<typeof otherSideView>) {
  const { number, typedNumber, callerName } = call;
  const copied = number ?? extensionOf(call);
  const item = (name: string, value: string, more: object = {}) => ({
    ...{ label: words.t(`calls.item.${name}`), value },
    ...more,
  });
  return [
    item('what', '', { badge: outcomeBadge(words, call) }),
    item('started', words.dateTime(call.startedAt)),
    ...(call.seconds > 0 ? [item('duration', durationText(words, call.seconds))] : []),
    item('number', side.number === '' ? side.name : side.number, copied === null ? {} : { copy: copied }),
    ...(side.others === '' ? [] : [item('others', side.others)]),
    // As text, whatever it is: it was said by a machine, or by whoever called.
    ...(typedNumber !== null && (number !== null || isHidden(call)) ? [item('said', typedNumber)] : []),
    ...(callerName === null
      ? []
      : [
          item('caller-name', callerName, side.claimed === '' ? {} : { note: words.t('calls.claimed-note') }),
        ]),
    item('source', words.t(`calls.source.${call.source}`)),
  ];
}
