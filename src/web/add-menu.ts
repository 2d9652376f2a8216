import { type SignedIn } from './signed-in.js';
import { type Words } from './words.js';

type Features = SignedIn['features'];

/** What the "Add" menu of the directory leads to; a feature that brings something to add has its line here. */
const entries: readonly { href: string; labelKey: string; icon: string; feature: keyof Features }[] = [
  {
    ...{ href: '/personal-contacts/new', labelKey: 'personal-contact.menu-entry' },
    ...{ icon: 'personal-contacts', feature: 'personal-contacts' },
  },
  {
    ...{ href: '/external-contacts/invite', labelKey: 'external-list.menu-entry' },
    ...{ icon: 'external', feature: 'external-contacts' },
  },
  {
    ...{ href: '/cloud-contacts/new', labelKey: 'cloud-contacts.menu-entry' },
    ...{ icon: 'cloud', feature: 'integrations' },
  },
];

/** Only what the reader's features offer; for partial `add-menu`. */
export function addMenuFor(
  words: Words,
  features: Features,
): { href: string; label: string; icon: string }[] {
  return entries
    .filter(({ feature }) => features[feature])
    .map(({ href, labelKey, icon }) => ({ href, icon, label: words.t(labelKey) }));
}
