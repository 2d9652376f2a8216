import { type CardProperty } from '../../contact-card/contact-fields.js';
import { addressKinds, addressParts } from '../../csv/contact-columns.js';
import { fold } from '../../text/fold.js';
import { type Composing } from './composing.js';
import { labelParameter, readLabel, typeParameter } from './labels.js';
import { numbersOf } from './numbered.js';

type Parts = Record<(typeof addressParts)[number], string>;

/** Postal addresses as `adr`: seven parts each (RFC 6350 §6.3.1), lines of a street kept. */
export function addressesOf(composing: Composing): CardProperty[] {
  return [
    ...addressKinds.flatMap((kind) =>
      read(composing, `${kind}Address`, kind === 'other' ? {} : { type: kind }),
    ),
    ...numbersOf(composing, 'address').flatMap((number) => {
      const label = readLabel(composing.line(`address.${number}.label`));
      return read(composing, `address.${number}`, { ...typeParameter(label), ...labelParameter(label) });
    }),
  ];
}

function read(composing: Composing, prefix: string, parameters: Record<string, string>): CardProperty[] {
  if (!isSaid(composing, prefix)) return [];
  const cells = addressParts.map((part) => [part, composing.several(`${prefix}.${part}`)] as const);
  const count = Math.max(0, ...cells.map(([, values]) => values.length));
  return Array.from({ length: count }, (_, index) => {
    const parts = Object.fromEntries(cells.map(([part, values]) => [part, values[index] ?? ''])) as Parts;
    return property(parts, parameters);
  });
}

function isSaid({ facts: { columns } }: Composing, prefix: string): boolean {
  return addressParts.some((part) => columns.has(`${prefix}.${part}`));
}

function property(parts: Parts, parameters: Record<string, string>): CardProperty {
  const { poBox, extended, street, street2, street3, city, region, postalCode, country, formatted } = parts;
  const streets = [street, street2, street3].filter((line) => line !== '').join('\n');
  const components = [poBox, extended, streets, city, region, postalCode, country];
  // Programs write the parts once more as they stand on an envelope: kept only where it says more than they do.
  const known = new Set(wordsOf(components.join(' ')));
  const label: Record<string, string> = wordsOf(formatted).every((word) => known.has(word))
    ? {}
    : { label: formatted };
  return ['adr', { ...parameters, ...label }, 'text', components];
}

function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}
