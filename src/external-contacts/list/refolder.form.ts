import { limits } from '../../config/limits.js';
import { Line, rule } from '../../web/form-rules.js';
import { SelectionForm } from '../../web/selection.js';

/** What the bar of the list does at once; the folders are asked for first. */
export const selectionActs = ['folders', 'star', 'unstar', 'leave', 'remove', 'csv', 'vcf'] as const;
export type SelectionAct = (typeof selectionActs)[number];

/** How contacts come into folders: beside those they are in, or instead of them. */
const hows = ['add', 'move'] as const;

/** Folders for the chosen contacts. */
export class RefolderForm extends SelectionForm {
  @rule('how', (how) => hows.some((known) => known === how), { message: 'common.problem.choice' })
  how = 'add';

  folderIds: string[] = [];

  /** A folder that may not exist yet. */
  @Line(limits.nameCharacters)
  newFolder = '';
}
