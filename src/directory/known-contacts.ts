import { type Id } from '../database/id.js';
import { type KnownExternalContacts } from '../external-contacts/links/known-contacts.query.js';
import { type ContactSource, type KnownContact } from '../integrations/calendar/known-contacts.js';
import { type PersonalContacts } from '../personal-contacts/contact/contacts.service.js';
import { emptyEdit } from '../personal-contacts/contact/edited.js';
import { type KnownPersonalContacts } from '../personal-contacts/contact/known-contacts.query.js';
import { undoPath } from '../personal-contacts/undo/undone.view.js';
import { type SignedIn } from '../web/signed-in.js';
import { type PeopleVisible } from './people-visible.query.js';

/** Whose cards a reader has, by address, across features that do not know each other; one query of each. */
export function knownContacts(
  people: PeopleVisible,
  external: KnownExternalContacts,
  personal: KnownPersonalContacts,
  contacts: PersonalContacts,
): ContactSource {
  return {
    async among(viewer, addresses) {
      const { account, features } = viewer;
      const [colleagues, others, own] = await Promise.all([
        account.kind === 'company' ? people.cardsAmong(viewer, addresses) : [],
        features['external-contacts'] ? external.among(viewer.id, addresses) : [],
        features['personal-contacts'] ? personal.among(viewer.id, addresses) : [],
      ]);
      const known = new Map<string, KnownContact>();
      const take = (kind: KnownContact['kind'], base: string, cards: readonly Card[]) => {
        // Where there are several, what the person says of themselves comes before what one keeps of them.
        for (const { id, email, name } of cards)
          if (!known.has(email)) known.set(email, { kind, name, href: `${base}/${id}` });
      };
      take('colleague', '/contacts', colleagues);
      take('external', '/external-contacts', others);
      take('personal', '/personal-contacts', own);
      return known;
    },
    async add(owner: SignedIn, { name, email }, { once, page }) {
      const edit = { ...emptyEdit, fields: { displayName: name, email } };
      const id = await contacts.add(owner, edit, { newGroup: null }, once);
      const batchId = await personal.batchOf(owner.id, id);
      return { href: `/personal-contacts/${id}`, undo: undoPath(batchId, page) };
    },
  };
}

interface Card {
  id: Id;
  email: string;
  name: string;
}
