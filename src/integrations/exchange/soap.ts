import { type ExchangeVersion } from './versions.js';

/** Elements we write: with the prefixes our envelope declares, and of Autodiscover without any. */
export type ElementName = `${'soap' | 't' | 'm'}:${string}` | AutodiscoverName;
export type AutodiscoverName = 'Autodiscover' | 'Request' | 'EMailAddress' | 'AcceptableResponseSchema';
export type Child = Markup | string | null;

/** A finished element. Only `element` makes one, so that text can never be taken for markup: a string is always escaped. */
export class Markup {
  private constructor(private readonly text: string) {}

  static element(name: ElementName, attributes: Readonly<Record<string, string>>, children: Child[]): Markup {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
    const content = children.map((child) => (child instanceof Markup ? child.text : escape(child ?? '')));
    const start = `<${name}${written.join('')}`;
    return new Markup(content.length > 0 ? `${start}>${content.join('')}</${name}>` : `${start}/>`);
  }

  toString(): string {
    return this.text;
  }
}

/** `null` children are left out. */
export function element(
  name: ElementName,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): Markup {
  return Markup.element(
    name,
    attributes,
    children.filter((child) => child !== null),
  );
}

/** A whole request (SOAP 1.1). The namespace begins with http:, whatever pages of the documentation print. */
export function envelope(version: ExchangeVersion, operation: Markup): string {
  const whole = element(
    'soap:Envelope',
    {
      'xmlns:soap': 'http://schemas.xmlsoap.org/soap/envelope/',
      'xmlns:t': 'http://schemas.microsoft.com/exchange/services/2006/types',
      'xmlns:m': 'http://schemas.microsoft.com/exchange/services/2006/messages',
    },
    element('soap:Header', {}, element('t:RequestServerVersion', { Version: version })),
    element('soap:Body', {}, operation),
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${whole}`;
}

/**
 * Text as XML 1.0 may carry it: what it forbids (most control characters, halves of characters) is left out. A carriage
 * return is written as a reference, because readers make a line feed of a bare one.
 */
export function escape(text: string): string {
  return text.replace(FORBIDDEN, '').replace(SPECIAL, (character) => references[character]);
}

const FORBIDDEN = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Cs}/gu;
const SPECIAL = /[&<>"'\r\n\t]/g;
const references: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};
