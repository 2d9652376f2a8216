import { rule } from '../../web/form-rules.js';
import { SelectionForm } from '../../web/selection.js';
import { GroupName } from '../groups/contact-group.form.js';

/** What the bar of the list does at once; the others ask first. */
export const selectionActs = ['groups', 'star', 'unstar', 'leave', 'delete', 'export'] as const;
export type SelectionAct = (typeof selectionActs)[number];

/** How contacts come into groups: beside those they are in, or instead of them. */
const hows = ['add', 'move'] as const;

/** Groups for the chosen contacts. */
export class RegroupForm extends SelectionForm {
  @rule('how', (how) => hows.some((known) => known === how), { message: 'common.problem.choice' })
  how = 'add';

  groupIds: string[] = [];

  /** A group that may not exist yet. */
  @GroupName()
  newGroup = '';
}
