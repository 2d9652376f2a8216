import { type SignedIn } from './signed-in.js';
import { type Words } from './words.js';

type Features = SignedIn['features'];

/** What the "Add" menu of the directory leads to; a feature that brings something to add has its line here. */
const entries: readonly {
  href: string;
  /** Below "Add". */
  labelKey: string;
  /** Alone, where it says itself what it does. */
  actionKey: string;
  icon: string;
  feature: keyof Features;
}[] = [
  {
    ...{ href: '/personal-contacts/new', labelKey: 'personal-contact.menu-entry' },
    ...{ actionKey: 'personal-contact.new-title', icon: 'personal-contacts', feature: 'personal-contacts' },
  },
  {
    ...{ href: '/external-contacts/invite', labelKey: 'external-list.menu-entry' },
    ...{ actionKey: 'external-invite.title', icon: 'external', feature: 'external-contacts' },
  },
  {
    ...{ href: '/cloud-contacts/new', labelKey: 'cloud-contacts.menu-entry' },
    ...{ actionKey: 'cloud-contact.new-title', icon: 'cloud', feature: 'integrations' },
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

/** Something a reader can do, or look up, that is no page of the navigation. */
export interface Action {
  href: string;
  label: string;
  icon: string;
  /** What else one may call it, in the reader's language; '' for nothing. */
  also: string;
}

type Reader = Pick<SignedIn, 'features' | 'role' | 'account'>;

const administers = ({ role, account }: Reader) => role !== 'member' && account.kind === 'company';
const owns = (reader: Reader) => administers(reader) && reader.role === 'owner';

/** What is done elsewhere than in the "Add" menu. */
const others: readonly Other[] = [
  {
    ...{ href: '/personal-contacts/import', labelKey: 'personal-imports.title', icon: 'upload' },
    ...{ alsoKey: 'search.also.import', offeredTo: ({ features }) => features['personal-contacts'] },
  },
  {
    ...{ href: '/personal-contacts/duplicates', labelKey: 'contact-duplicates.title', icon: 'merge' },
    ...{ alsoKey: 'search.also.duplicates', offeredTo: ({ features }) => features['personal-contacts'] },
  },
  {
    ...{ href: '/users/new', labelKey: 'users.invite', icon: 'plus' },
    ...{ alsoKey: 'search.also.add', offeredTo: administers },
  },
  {
    ...{ href: '/users/import', labelKey: 'user-imports.title', icon: 'upload' },
    ...{ alsoKey: 'search.also.import', offeredTo: administers },
  },
  {
    ...{ href: '/users/update', labelKey: 'user-updates.title', icon: 'upload' },
    ...{ alsoKey: 'search.also.import', offeredTo: administers },
  },
  {
    ...{ href: '/calls/import', labelKey: 'call-imports.title', icon: 'upload' },
    ...{ alsoKey: 'search.also.import', offeredTo: administers },
  },
  {
    ...{ href: '/settings/tokens', labelKey: 'tokens.title', icon: 'key' },
    ...{ alsoKey: 'search.also.api', offeredTo: owns },
  },
  {
    ...{ href: '/api/docs', labelKey: 'api-docs.title', icon: 'file' },
    ...{ alsoKey: 'search.also.api', offeredTo: administers },
  },
  {
    ...{ href: '/notifications', labelKey: 'search.notifications', icon: 'bell' },
    ...{ alsoKey: 'search.also.notifications', offeredTo: () => true },
  },
  {
    ...{ href: '/profile', labelKey: 'profile.title', icon: 'user' },
    ...{ alsoKey: 'search.also.profile', offeredTo: () => true },
  },
  {
    ...{ href: '/help', labelKey: 'help.title', icon: 'info' },
    ...{ alsoKey: 'search.also.help', offeredTo: () => true },
  },
];

interface Other {
  href: string;
  labelKey: string;
  icon: string;
  /** More words it is found by. */
  alsoKey?: string;
  offeredTo: (reader: Reader) => boolean;
}

/** All the reader may do, by its own name; for the palette and the search. */
export function actionsFor(words: Words, reader: Reader): Action[] {
  return [
    ...entries
      .filter(({ feature }) => reader.features[feature])
      .map(({ href, actionKey, icon }) => ({ href, icon, labelKey: actionKey, alsoKey: 'search.also.add' })),
    ...others.filter(({ offeredTo }) => offeredTo(reader)),
  ].map(({ href, icon, labelKey, alsoKey }) => ({
    ...{ href, icon, label: words.t(labelKey) },
    also: alsoKey ? words.t(alsoKey) : '',
  }));
}
