import { rule } from '../../web/form-rules.js';
import { GroupName } from '../groups/contact-group.form.js';

/** What the bar of the list does at once; the others ask first. */
export const selectionActs = ['groups', 'star', 'unstar', 'leave', 'delete', 'export'] as const;
export type SelectionAct = (typeof selectionActs)[number];

/** The bar of the list: ticked contacts or all that match, and what is to be done with them. */
export class SelectionForm {
  act = '';
  ids: string[] = [];
  /** `matching`: not the ticked, but all that the list below shows. */
  all = '';
  /** Address of the list, with its search and filters. */
  list = '';
}

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

/** The star of one contact, given (`on`) or taken. */
export class StarForm {
  starred = false;
  /** The page the button was on. */
  from = '';
}
