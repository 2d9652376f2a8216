import { domainToASCII } from 'node:url';
import { domainShown } from '../accounts/domain-rules.js';

export interface AddressShown {
  /** In full, as mail goes to it: an internationalised domain as `xn--…`. */
  address: string;
  /** The same with its domain in the letters people write it in; null where that says nothing more. */
  readable: string | null;
}

/** An address so that of two that look alike one is seen to be another. */
export function addressShown(address: string): AddressShown {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  const shown = domainShown(domain);
  return { address, readable: shown === domain ? null : address.slice(0, at) + shown };
}

/** What somebody types to find an address by, as addresses are kept: a domain in its own letters becomes `xn--…`. */
export function addressSearched(typed: string): string {
  const text = typed.toLowerCase();
  const at = text.lastIndexOf('@') + 1;
  const domain = text.slice(at);
  return /[^\0-\x7f]/.test(domain) ? text.slice(0, at) + (domainToASCII(domain) || domain) : text;
}

/** In a sentence an address this long stands once: it makes no sentence, nor the cookie that carries it, too long. */
const LONG = 100;

/** Both forms in one line, for a sentence: `ada@xn--bcher-kva.example (ada@bücher.example)`. */
export function addressText(address: string): string {
  const { readable } = addressShown(address);
  return readable === null || address.length > LONG ? address : `${address} (${readable})`;
}
