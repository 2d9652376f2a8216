import { type Message } from '../../web/answers.js';
import { type Id } from '../../database/new-id.js';
import { type Words } from '../../web/words.js';
import { type UndoneAct } from './contact-acts.service.js';
import { type Kept } from './undone.js';

/** How many of what was left a message names; the cookie it travels in holds four kilobytes. */
const NAMED = 5;

/** Path a POST undoes an act by. @param to a page below `/personal-contacts` to go to afterwards, if not to what was done */
export function undoPath(batchId: Id, to?: string): string {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  return `/personal-contacts/acts/${batchId}/undo${query}`;
}

/** What an undo did, what it left, and a button that takes it back. */
export function undoneMessage(words: Words, undone: UndoneAct, undo: string): Message {
  const { restored, changed, removed, groups, kept } = undone;
  const done = restored.length + changed.length + removed.length + groups.length;
  const [group] = groups;
  const act =
    // Two groups merged are two groups again, whoever was in them.
    undone.kind.startsWith('contact-groups.') && groups.length > 0
      ? { act: group.action === 'removed' ? 'groupRemoved' : 'group', count: groups.length }
      : restored.length > 0
        ? { act: 'restored', count: restored.length }
        : changed.length > 0
          ? { act: 'changed', count: changed.length }
          : removed.length > 0
            ? { act: 'removed', count: removed.length }
            : { act: groups.at(0)?.action === 'removed' ? 'groupRemoved' : 'group', count: groups.length };
  const renamed = groups.find(({ name, wasCalled }) => name !== wasCalled);
  const values = {
    ...act,
    name: shortened(act.act.startsWith('group') ? (groups.at(0)?.name ?? '') : undone.name),
    renamed: renamed ? 'yes' : 'no',
    was: shortened(renamed?.wasCalled ?? ''),
    now: shortened(renamed?.name ?? ''),
    kept: kept.length,
    left: words.list(keptTexts(words, kept)),
  };
  if (done === 0)
    return { kind: kept.length > 0 ? 'failure' : 'notice', key: 'contact-undo.nothing', values };
  return { kind: 'success', key: 'contact-undo.done', values, undo };
}

function keptTexts(words: Words, kept: readonly Kept[]): string[] {
  const named = kept.slice(0, NAMED).map(({ name, reason, fields = [] }) =>
    words.t('contact-undo.kept', {
      name: shortened(name),
      reason: reason.replace('-', ''),
      fields: words.list(fields.map((field) => words.t(`contact-undo.field.${field}`))),
      named: name === '' ? 'no' : 'yes',
    }),
  );
  const more = kept.length - named.length;
  return more > 0 ? [...named, words.t('contact-undo.more', { count: more })] : named;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= 60 ? name : `${characters.slice(0, 59).join('')}…`;
}
