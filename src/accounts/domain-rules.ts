import { domainToUnicode } from 'node:url';
import { normaliseAddress } from '../text/address.js';
import { tidy } from '../text/tidy.js';

/** Whom people may invite as external contacts; a domain stands for itself and everything below it. */
export interface DomainRules {
  /** Only these; empty: any. */
  allowedDomains: readonly string[];
  /** Never these, also where `allowedDomains` names them. */
  blockedDomains: readonly string[];
}

/** Something in a list that is no domain, with its line as an editor counts. */
export interface WrongDomain {
  line: number;
  typed: string;
  problem: 'address' | 'web-address' | 'no-dot' | 'not-a-domain';
}

/** True when the rules let this address be invited; what is no address may not be. */
export function mayInvite({ allowedDomains, blockedDomains }: DomainRules, address: string): boolean {
  const domain = normaliseAddress(address)?.split('@')[1];
  if (domain === undefined) return false;
  if (blockedDomains.some((rule) => covers(rule, domain))) return false;
  return allowedDomains.length === 0 || allowedDomains.some((rule) => covers(rule, domain));
}

/**
 * A typed list, one a line or separated by commas or semicolons: lower case, ASCII (`xn--…`), each once, in the order
 * of the alphabet. `@example.com`, `.example.com` and `*.example.com` are `example.com`.
 */
export function readDomains(text: string): { domains: string[]; wrong: WrongDomain[] } {
  const domains = new Set<string>();
  const wrong: WrongDomain[] = [];
  text.split(/\r\n|\r|\n/).forEach((line, place) => {
    for (const typed of line.split(/[,;]/).map((each) => tidy(each))) {
      if (typed === '') continue;
      const domain = normaliseDomain(typed);
      if (domain === null) wrong.push({ line: place + 1, typed, problem: problemOf(typed) });
      else domains.add(domain);
    }
  });
  return { domains: [...domains].sort(), wrong };
}

/** The one form a domain has here; null when the text is none. */
export function normaliseDomain(typed: string): string | null {
  // An address and its domain are one rule: what can stand after the @ of one is a domain.
  return normaliseAddress(`x@${bare(typed)}`)?.slice('x@'.length) ?? null;
}

/** As people write it, where that leads back to the same domain. */
export function domainShown(domain: string): string {
  const shown = domainToUnicode(domain);
  return normaliseDomain(shown) === domain ? shown : domain;
}

function covers(rule: string, domain: string): boolean {
  return domain === rule || domain.endsWith(`.${rule}`);
}

function bare(typed: string): string {
  return tidy(typed)
    .replace(/^(?:@|\*?\.)+/, '')
    .replace(/\.$/, '');
}

function problemOf(typed: string): WrongDomain['problem'] {
  if (/^[a-z]+:\/\/|\//i.test(typed)) return 'web-address';
  const text = bare(typed);
  if (text.includes('@')) return 'address';
  return /^[\p{L}\p{N}-]+$/u.test(text) ? 'no-dot' : 'not-a-domain';
}
