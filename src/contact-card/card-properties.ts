import { type CardProperty } from './contact-fields.js';
import { type ContentLine } from './content-lines.js';

/**
 * A property in the one form we keep, whichever version it came from, so that what is exported and read again is the same:
 * types in lower case without what says nothing (`voice`, `internet`), `pref` as RFC 6350 has it, a `tel` as text (`+33…`),
 * dates as `1985-04-12` and `--04-12`, binary values as `data:` URIs, geographical positions as `geo:` URIs, `x-…` unread
 * (RFC 7095 §5.1: `unknown`) unless they say they are text.
 */
export function propertyOf({ group, name, parameters, value, base64 }: ContentLine): CardProperty {
  const own = ALIASES[name] ?? name;
  const kept = parametersOf(group, parameters, base64);
  const written = parameters.get('value')?.[0]?.toLowerCase();
  const [type, ...values] = valuesOf(own, value, { written, base64, parameters });
  return [own, own === 'adr' ? withoutSurplus(kept, values) : kept, type, ...values];
}

/** Google writes an address once more behind its seven components, as it stands on an envelope: that is its label. */
function withoutSurplus(kept: CardProperty[1], [components]: readonly unknown[]): CardProperty[1] {
  if (!Array.isArray(components)) return kept;
  const surplus = components.splice(COMPONENTS['adr']).flat().join('\n').trim();
  const known = components.flat(2).join(' ');
  const isKnown =
    surplus.length <= LONGEST_SURPLUS && surplus.split(/[\s,]+/).every((word) => known.includes(word));
  return isKnown || kept['label'] !== undefined ? kept : { ...kept, label: surplus };
}

/** No envelope has room for more; of a longer one each word would be looked for in all the others. */
const LONGEST_SURPLUS = 2_000;

/** How the values of a property are written. */
type Kind = 'structured' | 'list' | 'text' | 'uri' | 'date' | 'geo' | 'unknown';

/** Components of structured properties, missing ones at the end counted. */
export const COMPONENTS: Record<string, number> = { n: 5, adr: 7, org: 1, gender: 1, clientpidmap: 2 };

const KINDS: Record<string, Kind> = {
  ...Object.fromEntries(Object.keys(COMPONENTS).map((name) => [name, 'structured' as const])),
  ...{ nickname: 'list', categories: 'list' },
  ...{ bday: 'date', anniversary: 'date', deathdate: 'date' },
  ...{ url: 'uri', photo: 'uri', logo: 'uri', sound: 'uri', key: 'uri', source: 'uri', member: 'uri' },
  ...{ impp: 'uri', fburl: 'uri', caluri: 'uri', caladruri: 'uri', related: 'uri' },
  geo: 'geo',
};

export function kindOf(name: string): Kind {
  return KINDS[name] ?? (name.startsWith('x-') ? 'unknown' : 'text');
}

const ALIASES: Record<string, string> = {
  'x-anniversary': 'anniversary',
  'x-evolution-anniversary': 'anniversary',
  'x-ms-anniversary': 'anniversary',
};

/** Say nothing of a value that is read: how it was written down, or what everybody takes for granted. */
const FORMAL = new Set(['encoding', 'charset', 'value', 'type', 'pref', 'x-apple-omit-year', 'group']);
const EVERYBODYS = new Set(['internet', 'voice', 'pref', '']);

function parametersOf(
  group: string | null,
  parameters: Map<string, string[]>,
  base64: boolean,
): CardProperty[1] {
  const types = (parameters.get('type') ?? []).flatMap((each) => each.toLowerCase().split(','));
  const named = [...new Set(types)].map((each) => each.trim()).filter((each) => !EVERYBODYS.has(each));
  const pref = types.includes('pref') ? '1' : parameters.get('pref')?.[0];
  return {
    ...(group === null ? {} : { group }),
    // Of a picture it is its format, which the value says again.
    ...(named.length === 0 || base64 ? {} : { type: named.length === 1 ? named[0] : named }),
    ...(pref === undefined ? {} : { pref }),
    ...Object.fromEntries(
      [...parameters]
        .filter(([key]) => !FORMAL.has(key))
        .map(([key, values]) => [key, values.length === 1 ? values[0] : values]),
    ),
  };
}

function valuesOf(
  name: string,
  value: string,
  { written, base64, parameters }: { written?: string; base64: boolean; parameters: Map<string, string[]> },
): [type: string, ...values: unknown[]] {
  if (base64) return ['uri', `data:${mediaTypeOf(name, parameters)};base64,${value}`];
  if (name === 'tel') return ['text', unescaped(value).replace(/^tel:/i, '')];
  const kind = kindOf(name);
  if (written === 'text' || written === 'phone-number') {
    if (kind === 'uri' || kind === 'date' || kind === 'unknown' || kind === 'geo')
      return ['text', unescaped(value)];
  }
  switch (kind) {
    case 'structured': {
      const components = parted(value, ';').map((component) => {
        const several = parted(component, ',').map(unescaped);
        return several.length === 1 ? several[0] : several;
      });
      while (components.length < COMPONENTS[name]) components.push('');
      return ['text', components];
    }
    case 'list':
      return [
        'text',
        ...parted(value, ',')
          .map(unescaped)
          .filter((each) => each.trim() !== ''),
      ];
    case 'uri': {
      const uri = unescaped(value).trim();
      return [/^[a-z][a-z0-9+.-]*:/i.test(uri) ? 'uri' : 'text', uri];
    }
    case 'date':
      return dateOf(unescaped(value).trim(), parameters.get('x-apple-omit-year')?.[0]);
    case 'geo':
      return [
        'uri',
        /^\s*-?[\d.]+\s*[;,]/.test(value) ? `geo:${partedOnce(value, ';').join(',')}` : unescaped(value),
      ];
    case 'unknown':
      return ['unknown', value];
    case 'text':
      return ['text', unescaped(value)];
  }
}

/** RFC 6350 §4.3.1 in its long form; what is no date stays as it was written. */
function dateOf(text: string, omitted: string | undefined): ['date-and-or-time' | 'text', string] {
  const date = /^(\d{4})(?:-?(\d\d))?(?:-?(\d\d))?(?:T00:?00(?::?00)?(?:\.0+)?Z?)?$/.exec(text);
  if (date) {
    const [, year, month, day] = date;
    if (year === '0000' || month === '00' || day === '00') return ['text', text];
    // 1604 is what Apple writes for no year, with or without its parameter.
    const withoutYear = (omitted === year || year === '1604') && month !== undefined && day !== undefined;
    const parts = [withoutYear ? '-' : year, month, day].filter((part) => part !== undefined);
    return ['date-and-or-time', parts.join('-')];
  }
  const yearless = /^--(\d\d)-?(\d\d)$/.exec(text);
  if (yearless) return ['date-and-or-time', `--${yearless[1]}-${yearless[2]}`];
  return ['text', text];
}

/** `image/jpeg`, from `TYPE=JPEG`, `MEDIATYPE=…` or what the property is. */
function mediaTypeOf(name: string, parameters: Map<string, string[]>): string {
  const said = (parameters.get('mediatype') ?? parameters.get('type'))?.find((each) => !/^pref$/i.test(each));
  const type = said?.toLowerCase().replace(/[^a-z0-9.+/-]/g, '') ?? '';
  if (type.includes('/')) return type;
  if (type === '') return 'application/octet-stream';
  const kind = name === 'sound' ? 'audio' : name === 'key' ? 'application' : 'image';
  return `${kind}/${type === 'jpg' ? 'jpeg' : type}`;
}

/** What stands before and behind the first separator, without spaces around it. */
function partedOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return (at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]).map((part) => part.trim());
}

/** At separators that no backslash stands before. */
function parted(text: string, separator: string): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** RFC 6350 §3.4; a backslash before anything else is one somebody forgot to double. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\;,:nN])/g, (_, character: string) => (/n/i.test(character) ? '\n' : character));
}
