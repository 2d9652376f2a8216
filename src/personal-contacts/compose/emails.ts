import { type CardProperty } from '../../contact-card/contact-fields.js';
import { normaliseAddress, parseAddressList } from '../../text/address.js';
import { joinSeveral, SEVERAL, splitSeveral, type Composing } from './composing.js';
import { labelParameter, readLabel, typeParameter, type ReadLabel } from './labels.js';
import { numbersOf } from './numbered.js';

export interface ComposedEmails {
  email: string | null;
  /** The others, as further `email`. */
  further: CardProperty[];
  /** What stands in e-mail cells and is no address, while another one is: it goes into the notes. */
  aside: { field: string; text: string }[];
  /** The name a program shows beside the address. */
  shownName: string;
}

interface Found {
  address: string;
  label: ReadLabel;
}

export function emailsOf(composing: Composing): ComposedEmails {
  const found: Found[] = [];
  const bad: ComposedEmails['aside'] = [];
  const shown: string[] = [];
  const read = (field: string, number: number) => {
    const value = composing.value(field);
    if (value === '') return;
    const label = readLabel(composing.value(`email.${number}.label`));
    if (isExchange(value, composing.value(`email.${number}.type`))) {
      composing.propose(field, '', 'email-exchange');
      return;
    }
    const addresses = addressesIn(composing, field, value);
    if (addresses === null) bad.push({ field, text: value });
    else found.push(...addresses.map((address) => ({ address, label })));
    const name = shownNameIn(composing.value(`email.${number}.name`));
    if (name !== '') shown.push(name);
  };
  read('email', 1);
  for (const number of numbersOf(composing, 'email')) read(`email.${number}.value`, number);

  const keepsBad = composing.facts.foreign && found.length > 0;
  if (!keepsBad)
    for (const { field, text } of bad)
      composing.refuse(field, text.indexOf('@') !== text.lastIndexOf('@') ? 'email-several' : 'email');
  const primary = found.findIndex(({ label }) => label.primary);
  if (primary > 0) found.unshift(...found.splice(primary, 1));
  return {
    email: found[0]?.address ?? null,
    further: furtherOf(found),
    aside: keepsBad ? bad : [],
    shownName: shown[0] ?? '',
  };
}

/** The addresses of a cell; several, or one with a name, are proposed. @returns null when one of them is none */
function addressesIn(composing: Composing, field: string, value: string): string[] | null {
  const address = normaliseAddress(value);
  if (address !== null) return [address];
  if (!composing.facts.foreign) return null;
  if (value.includes(SEVERAL)) {
    const addresses = splitSeveral(value).map((each) => normaliseAddress(each));
    return addresses.every((each) => each !== null) ? addresses : null;
  }
  const listed = parseAddressList(value);
  const addresses = listed.flatMap((entry) => ('address' in entry ? [entry.address] : []));
  if (addresses.length === 0 || listed.some((entry) => 'problem' in entry && entry.problem !== 'twice'))
    return null;
  composing.propose(field, joinSeveral(addresses), addresses.length > 1 ? 'email-several' : 'email-written');
  return addresses;
}

/** Where a mailbox stands inside an Exchange organisation: nobody outside can write there. */
function isExchange(value: string, type: string): boolean {
  return /^\/(?:o|ou|cn)=/i.test(value) || (type.toUpperCase() === 'EX' && !value.includes('@'));
}

/** A name and an address behind it; what is longer is neither, and not looked through for them. */
const LONGEST_SHOWN = 1_000;

/** `Ada Lovelace (ada@x.org)` without the address, and nothing where there is no name. */
function shownNameIn(text: string): string {
  if (text.length > LONGEST_SHOWN) return '';
  const name = text.replace(/\s*[(<][^()<>]*@[^()<>]*[)>]\s*$/, '').replace(/^['"]+|['"]+$/g, '');
  return name.includes('@') ? '' : name.trim();
}

function furtherOf(found: readonly Found[]): CardProperty[] {
  const said = new Set(found.slice(0, 1).map(({ address }) => address));
  return found.slice(1).flatMap(({ address, label }): CardProperty[] => {
    if (said.has(address)) return [];
    said.add(address);
    return [['email', { ...typeParameter(label), ...labelParameter(label) }, 'text', address]];
  });
}
