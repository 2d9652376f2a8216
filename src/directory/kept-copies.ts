import { type KeptCopyTaker } from '../integrations/connections/kept-copies.service.js';
import { type ContactCopies } from '../personal-contacts/copies/contact-copies.service.js';

/** Copies of cloud contacts become personal contacts: two features that do not know each other. */
export function asPersonalContacts(copies: ContactCopies): KeptCopyTaker {
  return {
    room: (owner) => copies.room(owner),
    async take(manager, owner, groupName, sets) {
      const { groupId, ...counts } = await copies.take(manager, owner, groupName, sets);
      return { ...counts, href: `/personal-contacts${groupId === null ? '' : `?group=${groupId}`}` };
    },
  };
}
