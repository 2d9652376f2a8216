import { type Message } from '../../../web/answers.js';
import { type Words } from '../../../web/words.js';
import { type UndoneCloudAct } from '../../undo/cloud-undo.service.js';
import { type KeptContact } from '../../undo/undo-plan.js';

/** How many of what was left a message names; the cookie it travels in holds four kilobytes. */
const NAMED = 5;

/** What an undo did, what it left, and a button that takes it back. */
export function undoneMessage(words: Words, undone: UndoneCloudAct, undo: string | undefined): Message {
  const { restored, changed, removed, reopened, kept } = undone;
  const act =
    restored.length > 0
      ? { act: 'restored', count: restored.length }
      : changed.length > 0
        ? { act: 'changed', count: changed.length }
        : removed.length > 0
          ? { act: 'removed', count: removed.length }
          : { act: 'reopened', count: reopened };
  const values = {
    ...{ ...act, name: shortened(undone.name), kept: kept.length },
    left: words.list(keptTexts(words, kept)),
  };
  if (restored.length + changed.length + removed.length + reopened === 0)
    return { kind: kept.length > 0 ? 'failure' : 'notice', key: 'cloud-undo.nothing', values };
  return { kind: 'success', key: 'cloud-undo.done', values, ...(undo === undefined ? {} : { undo }) };
}

/** What an undo left as it is, and why, in words. */
export function keptTexts(words: Words, kept: readonly KeptContact[], most = NAMED): string[] {
  const named = kept.slice(0, most).map(({ name, reason, fields = [] }) =>
    words.t('cloud-undo.kept', {
      ...{ name: shortened(name), reason, named: name === '' ? 'no' : 'yes' },
      fields: words.list(fields.map((field) => words.t(`cloud-undo.field.${field}`))),
    }),
  );
  const more = kept.length - named.length;
  return more > 0 ? [...named, words.t('cloud-undo.more', { count: more })] : named;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= 60 ? name : `${characters.slice(0, 59).join('')}…`;
}
