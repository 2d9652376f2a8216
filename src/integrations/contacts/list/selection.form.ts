import { SelectionForm } from '../../../web/selection.js';

/** What the bar of the list does; `move` asks first, `export` gives a file. */
export const selectionActs = ['move', 'star', 'unstar', 'delete', 'export'] as const;
export type SelectionAct = (typeof selectionActs)[number];

/** A folder for the chosen contacts. */
export class MoveForm extends SelectionForm {
  folderId = '';
}
