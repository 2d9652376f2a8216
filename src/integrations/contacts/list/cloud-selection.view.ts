import { problemsOf } from '../../../web/fields.js';
import { ALL, idsIn } from '../../../web/selection.js';
import { type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { type Mailbox } from '../cloud-places.query.js';
import { placeWord } from '../labels.js';
import { placeField } from '../contact/cloud-contact-form.view.js';
import { CLOUD } from './cloud-list.state.js';
import { placePaths, type MoveForm, type PlaceAct } from './selection.form.js';

/** Into which folder the chosen contacts are moved, or which label they are given or lose. @param list address of the list they were chosen on */
export function moveView(
  words: Words,
  {
    act,
    form,
    mailboxes: all,
    count,
    list,
  }: { act: PlaceAct; form: MoveForm; mailboxes: readonly Mailbox[]; count: number; list: string },
  submission?: Submission<MoveForm>,
) {
  // None is chosen yet: the first of them is nobody's wish.
  const choice = { name: 'folderId', emptyKey: 'common.field.choose' };
  const mailboxes = act === 'move' ? all : all.filter(({ labels }) => labels);
  const labelKey = `cloud-contact.field.${act === 'move' ? `place.${placeWord(mailboxes)}` : 'label'}`;
  const fields = [placeField(words, mailboxes, form.folderId, submission, { ...choice, labelKey })];
  return {
    title: words.t(`cloud-contacts.${act}.title`, { count }),
    text:
      act === 'move' && mailboxes.length > 1
        ? words.t('cloud-contacts.move.several')
        : act === 'unlabel'
          ? words.t('cloud-contacts.unlabel.text')
          : '',
    back: list,
    backLabel: words.t('cloud-contacts.title'),
    action: `${CLOUD}/selection/${placePaths[act]}`,
    hidden: [
      { name: 'list', value: list },
      ...(form.all === ALL
        ? [{ name: 'all', value: ALL }]
        : idsIn(form.ids.join(',')).map((value) => ({ name: 'ids', value }))),
    ],
    fields,
    problems: problemsOf(words, fields, submission),
    send: words.t(`cloud-contacts.${act}.send`),
  };
}
