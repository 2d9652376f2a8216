import { kindOf } from './card-properties.js';
import { type CardProperty } from './contact-fields.js';
import { type VcardVersion } from './vcard.js';

/** A kept property as a line of a card, not folded yet; read again it is the same property. */
export function propertyLine(
  [name, parameters, type, ...values]: CardProperty,
  version: VcardVersion,
): string {
  const { value, name: written, parameters: further } = writtenAs(name, type, values, version);
  const group = typeof parameters['group'] === 'string' ? `${word(parameters['group'])}.` : '';
  return `${group}${written}${parameterText(parameters, version)}${further}:${value}`;
}

/** RFC 6350 §3.4; control characters have no place in a text value. */
export function escaped(text: string): string {
  return text
    .replace(/[\\,;]/g, '\\$&')
    .replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n')
    .replace(/(?!\t)\p{Cc}/gu, '');
}

interface Written {
  name: string;
  /** Parameters that say how the value is written. */
  parameters: string;
  value: string;
}

function writtenAs(name: string, type: string, values: readonly unknown[], version: VcardVersion): Written {
  const [value] = values;
  const kind = kindOf(name);
  const as = (text: string, parameters = '', other = name): Written => ({
    ...{ name: word(other).toUpperCase(), parameters, value: text },
  });
  const text = () => values.map(componentsText).join(',');
  if (type === 'unknown') return as(oneLine(String(value)));
  if (kind === 'date' && type !== 'text') {
    // In 3.0 the anniversary is nobody's standard; this is the name most programs know.
    const known = name === 'anniversary' && version === '3.0' ? 'x-anniversary' : name;
    const date = dateText(String(value), version);
    return as(date.value, date.parameters, known);
  }
  if (type === 'uri') {
    const uri = oneLine(String(value));
    const data = version === '3.0' ? base64In(uri) : null;
    if (data) return as(data.base64, `;ENCODING=b;TYPE=${formatOf(data.mediaType)}`);
    if (name === 'geo' && version === '3.0') return as(uri.replace(/^geo:/, '').replace(',', ';'));
    const unusual = version === '3.0' && !WEB.has(name) && kind === 'uri';
    return as(uri, unusual ? ';VALUE=uri' : '');
  }
  if (name === 'tel') {
    const number = String(value);
    return version === '4.0' && /^\+\d+$/.test(number)
      ? as(`tel:${number}`, ';VALUE=uri')
      : as(escaped(number));
  }
  const looksOther = kind === 'date' || kind === 'unknown' || kind === 'geo';
  return as(
    text(),
    looksOther || (kind === 'uri' && /^[a-z][a-z0-9+.-]*:/i.test(String(value))) ? ';VALUE=text' : '',
  );
}

/** What a `data:` address holds (RFC 2397). By hand: an expression would try each place of a long one as the end of its type. */
function base64In(uri: string): { mediaType: string; base64: string } | null {
  const comma = uri.indexOf(',');
  const [scheme, said] = [uri.slice(0, 5), uri.slice(5, Math.max(5, comma))];
  if (!/^data:$/i.test(scheme) || !/;base64$/i.test(said)) return null;
  return { mediaType: said.split(';', 1)[0], base64: uri.slice(comma + 1) };
}

/** Whose values are addresses in 3.0 too. */
const WEB = new Set(['url', 'impp', 'source', 'fburl', 'caluri', 'caladruri']);

function componentsText(value: unknown): string {
  if (!Array.isArray(value)) return escaped(String(value ?? ''));
  return (value as unknown[])
    .map((component) =>
      [component]
        .flat()
        .map((each) => escaped(String(each ?? '')))
        .join(','),
    )
    .join(';');
}

/** `--04-12` in the form of each version; 3.0 has a year always, and Apple's word for none. */
function dateText(date: string, version: VcardVersion): { value: string; parameters: string } {
  const plain = oneLine(date);
  if (version === '4.0') {
    // RFC 6350 §4.3.1: the basic form, but a month of a year keeps its dash.
    const whole = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(plain);
    if (!whole) return { value: plain, parameters: '' };
    return { value: `${whole[1] === '-' ? '--' : whole[1]}${whole[2]}${whole[3]}`, parameters: '' };
  }
  const yearless = /^--(\d\d)-?(\d\d)$/.exec(plain);
  if (!yearless) return { value: plain, parameters: '' };
  return { value: `1604-${yearless[1]}-${yearless[2]}`, parameters: ';X-APPLE-OMIT-YEAR=1604' };
}

function parameterText({ type, pref, group: _, ...others }: CardProperty[1], version: VcardVersion): string {
  const types = [type ?? []].flat().map((each) => (version === '3.0' ? each.toUpperCase() : each));
  const preferred = pref === undefined ? [] : version === '3.0' && pref === '1' ? ['PREF'] : [];
  const named = [...types, ...preferred].map(parameterValue);
  const text =
    named.length > 0
      ? `;TYPE=${version === '3.0' || named.length === 1 ? named.join(',') : `"${named.join(',').replaceAll('"', '')}"`}`
      : '';
  const rank = pref !== undefined && preferred.length === 0 ? `;PREF=${parameterValue(String(pref))}` : '';
  return (
    text +
    rank +
    Object.entries(others)
      .map(([key, value]) => `;${word(key).toUpperCase()}=${[value].flat().map(parameterValue).join(',')}`)
      .join('')
  );
}

/** RFC 6868, quoted where it holds what would end it. */
function parameterValue(value: string): string {
  const safe = value
    .replace(/\^/g, '^^')
    .replace(/"/g, "^'")
    .replace(/\r\n|[\r\n]/g, '^n')
    .replace(/\p{Cc}/gu, '');
  return /[:;,\s]/.test(safe) ? `"${safe}"` : safe;
}

/** `JPEG` of `image/jpeg`; whole where that would not come back (`text/plain`). */
function formatOf(mediaType: string): string {
  const [kind, format] = mediaType.split('/');
  const plain = kind === 'image' && /^[\w.+-]+$/.test(format ?? '');
  return plain ? format.toUpperCase() : parameterValue(mediaType || 'application/octet-stream');
}

function word(text: string): string {
  return text.replace(/[^\w-]/g, '');
}

function oneLine(text: string): string {
  return text.replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n').replace(/(?!\t)\p{Cc}/gu, '');
}
