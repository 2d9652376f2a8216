import { type Id } from '../../database/id.js';
import { type Message } from '../../web/answers.js';
import { type Words } from '../../web/words.js';
import { type UndoneLinks } from './person-acts.service.js';
import { type LinkEvent } from './person-history.query.js';

/** Path a POST takes an act back by. @param to the card to go to afterwards */
export function undoPath(batchId: Id, to: string): string {
  return `/people/acts/${batchId}/undo?${new URLSearchParams({ to }).toString()}`;
}

/** What was said of somebody's entries, for `partials/contact-history`; null where nothing was. */
export function historyView(words: Words, path: string, events: readonly LinkEvent[]) {
  if (events.length === 0) return null;
  return {
    entries: events.map(({ batchId, kind, at, undoneAt }) => {
      const what = words.t(`person-card.act.${kind.replace('person-links.', '')}`);
      const when = words.dateTime(at);
      return {
        ...{ at: when, what, undone: undoneAt === null ? '' : words.t('person-card.act.undone') },
        ...(undoneAt === null
          ? { undo: { action: undoPath(batchId, path), what: `${what}, ${when}`, more: '' } }
          : {}),
      };
    }),
  };
}

/** What an undo did, with a button that takes it back. */
export function undoneMessage({ batchId, restored, left }: UndoneLinks, to: string): Message {
  if (restored === 0) return { kind: 'failure', key: 'person-card.undone-nothing' };
  return { kind: 'success', key: 'person-card.undone', values: { left }, undo: undoPath(batchId, to) };
}
