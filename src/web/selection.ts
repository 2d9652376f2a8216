import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';

/** Rows of a list that are chosen: ticked ones, or all that the list shows. */

/** Value of `all` when all that match are selected, not single rows. */
export const ALL = 'matching';

/** The bar of a list: ticked rows or all that match, and what is to be done with them. */
export class SelectionForm {
  act = '';
  ids: string[] = [];
  /** `matching`: not the ticked, but all that the list below shows. */
  all = '';
  /** Address of the list, with its search and filters. */
  list = '';
}

/** The star of one row, given (`on`) or taken. */
export class StarForm {
  starred = false;
  /** The page the button was on. */
  from = '';
}

/** The ids of a text that separates them by commas, each once; at most those of one page. */
export function idsIn(text: string): Id[] {
  return [...new Set(text.split(',').filter(isId))].slice(0, limits.page);
}
