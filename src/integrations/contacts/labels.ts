import { type Provider } from '../../accounts/settings.js';
import { type Words } from '../../web/words.js';
import { type Folder } from './folder-tree.js';

/** Whose folders are labels: a contact may have several at once. For the engine as for the pages, also where no connector is set up. */
export function hasLabels(provider: Provider): boolean {
  return provider === 'google';
}

/** Google's own label of all contacts is called in the language of its account; here in the reader's. */
export function folderName(
  words: Words,
  provider: Provider,
  { name, isDefault }: Pick<Folder, 'name' | 'isDefault'>,
): string {
  return isDefault && hasLabels(provider) ? words.t('cloud-contacts.label.mine') : name;
}

/** `folder`, `label`, or `place` where some mailboxes have these and some those: the end of a key. */
export function placeWord(mailboxes: readonly { provider: Provider }[]): 'folder' | 'label' | 'place' {
  const labelled = mailboxes.filter(({ provider }) => hasLabels(provider)).length;
  return labelled === 0 ? 'folder' : labelled === mailboxes.length ? 'label' : 'place';
}
