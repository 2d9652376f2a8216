import { type XmlElement } from './reader.js';

/** What columns hold, and base64 is part of. A space at the end would be no difference to the database. */
const USABLE = /^[\x21-\x7e]{1,512}$/;

/** An id, or null where there is none a server of ours gives: then the thing is left out, and the others go on. */
export function idOf(element: XmlElement | null | undefined): string | null {
  return usable(element?.attribute('Id'));
}

/** The version of an item or folder, by the same rule. */
export function changeKeyOf(element: XmlElement | null | undefined): string | null {
  return usable(element?.attribute('ChangeKey'));
}

function usable(text: string | null | undefined): string | null {
  return text && USABLE.test(text) ? text : null;
}
