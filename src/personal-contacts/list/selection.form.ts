import { limits } from '../../config/limits.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';
import { rule } from '../../web/form-rules.js';

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
export const hows = ['add', 'move'] as const;

/** Groups for the chosen contacts. */
export class RegroupForm extends SelectionForm {
  @rule('how', (how) => hows.some((known) => known === how), { message: 'common.problem.choice' })
  how = 'add';

  groupIds: string[] = [];

  /** A group that may not exist yet. */
  @rule('semicolon', (name) => !name.includes(';'), { message: 'contact-groups.problem.semicolon' })
  @rule('controlCharacters', (name) => !hasControlCharacters(name), {
    message: 'common.problem.control-characters',
  })
  @rule('tooLong', (name) => codePoints(name) <= limits.nameCharacters, {
    message: 'common.problem.too-long',
    context: { max: limits.nameCharacters },
  })
  newGroup = '';
}

/** The star of one contact, given (`on`) or taken. */
export class StarForm {
  starred = false;
  /** The page the button was on. */
  from = '';
}
