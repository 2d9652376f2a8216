import { SelectionForm } from '../../../web/selection.js';

/** What the bar of the list does; `move`, `label` and `unlabel` ask where first, `export` gives a file. */
export const selectionActs = ['move', 'label', 'unlabel', 'star', 'unstar', 'delete', 'export'] as const;
export type SelectionAct = (typeof selectionActs)[number];

/** Acts that ask for a folder: each has a page of its own. */
export const placeActs = ['move', 'label', 'unlabel'] as const satisfies readonly SelectionAct[];
export type PlaceAct = (typeof placeActs)[number];

/** The address of an act's page, below `selection`. */
export const placePaths = { move: 'folder', label: 'label', unlabel: 'label-removal' } as const;

/** A folder for the chosen contacts, or a label. */
export class MoveForm extends SelectionForm {
  folderId = '';
}
