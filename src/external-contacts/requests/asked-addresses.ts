import { limits } from '../../config/limits.js';
import { parseAddressList } from '../../text/address.js';
import { codePoints } from '../../text/tidy.js';

/** An entry of what was typed that is not asked, and why. */
export interface LeftOut {
  typed: string;
  /** Catalogue key of the reason. */
  key: string;
  values: Record<string, string | number | Date>;
  /** Where the reader can do something about it. */
  help?: { href: string; key: string };
}

export interface AskedAddresses {
  /** Normalised, each once, in the order they were typed. */
  addresses: string[];
  left: LeftOut[];
}

/** Characters of a wrong entry that are shown again. */
const SHOWN = 100;

/** What was typed into a field for addresses; names beside them are passed over, an address that stands twice is one. */
export function readAskedAddresses(texts: readonly string[]): AskedAddresses {
  const entries = parseAddressList(texts.join('\n'));
  const addresses = entries.flatMap((entry) => ('problem' in entry ? [] : [entry.address]));
  if (addresses.length > limits.externalAddresses) {
    const values = { count: addresses.length, max: limits.externalAddresses };
    return { addresses: [], left: [{ typed: '', key: 'external-invite.too-many', values }] };
  }
  const left = entries.flatMap((entry): LeftOut[] => {
    if (!('problem' in entry) || entry.problem === 'twice') return [];
    const typed = cut(entry.typed);
    return [{ typed, key: `external-invite.${entry.problem}`, values: { typed } }];
  });
  if (left.length > limits.page) {
    const values = { count: left.length, typed: left[0].typed };
    return { addresses, left: [{ typed: '', key: 'external-invite.many-wrong', values }] };
  }
  return { addresses, left };
}

function cut(text: string): string {
  return codePoints(text) <= SHOWN ? text : `${[...text.slice(0, 2 * SHOWN)].slice(0, SHOWN - 1).join('')}…`;
}
