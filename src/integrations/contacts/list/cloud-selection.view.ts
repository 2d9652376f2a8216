import { problemsOf } from '../../../web/fields.js';
import { ALL, idsIn } from '../../../web/selection.js';
import { type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { type Mailbox } from '../cloud-places.query.js';
import { placeField } from '../contact/cloud-contact-form.view.js';
import { CLOUD } from './cloud-list.state.js';
import { type MoveForm } from './selection.form.js';

/** Into which folder the chosen contacts are moved. @param list address of the list they were chosen on */
export function moveView(
  words: Words,
  {
    form,
    mailboxes,
    count,
    list,
  }: { form: MoveForm; mailboxes: readonly Mailbox[]; count: number; list: string },
  submission?: Submission<MoveForm>,
) {
  // None is chosen yet: the first of them is nobody's wish.
  const choice = { name: 'folderId', emptyKey: 'common.field.choose' };
  const fields = [placeField(words, mailboxes, form.folderId, submission, choice)];
  return {
    title: words.t('cloud-contacts.move.title', { count }),
    text: mailboxes.length > 1 ? words.t('cloud-contacts.move.several') : '',
    back: list,
    backLabel: words.t('cloud-contacts.title'),
    action: `${CLOUD}/selection/folder`,
    hidden: [
      { name: 'list', value: list },
      ...(form.all === ALL
        ? [{ name: 'all', value: ALL }]
        : idsIn(form.ids.join(',')).map((value) => ({ name: 'ids', value }))),
    ],
    fields,
    problems: problemsOf(words, fields, submission),
    send: words.t('cloud-contacts.move.send'),
  };
}
