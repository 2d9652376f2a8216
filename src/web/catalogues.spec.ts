import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { filesBelow, rootDir, viewsDir } from './paths.js';
import { locales, type Locale } from './words.js';

const areas = readdirSync(viewsDir).filter((area) => existsSync(join(viewsDir, area, 'en.json')));
const catalogue = (area: string, locale: Locale) =>
  JSON.parse(readFileSync(join(viewsDir, area, `${locale}.json`), 'utf8')) as Record<string, string>;
const known = new Set(
  areas.flatMap((area) => Object.keys(catalogue(area, 'en')).map((key) => `${area}.${key}`)),
);

describe.each(areas)('the words of %s', (area) => {
  const english = catalogue(area, 'en');
  const french = catalogue(area, 'fr');

  it('are the same keys in both languages', () => {
    expect(Object.keys(french).sort()).toEqual(Object.keys(english).sort());
  });

  it.each(locales)('are neither empty nor broken ICU messages in %s', (locale) => {
    for (const [key, text] of Object.entries(catalogue(area, locale))) {
      expect(text.trim()).not.toBe('');
      expect(() =>
        new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst(),
      ).not.toThrow();
      // A straight apostrophe quotes in ICU syntax, and is not how either language writes one.
      expect(text.includes("'") ? key : '').toBe('');
    }
  });

  it('take the same values in both languages', () => {
    const values = (words: Record<string, string>) =>
      Object.fromEntries(Object.entries(words).map(([key, text]) => [key, valuesOf(text)]));
    expect(values(french)).toEqual(values(english));
  });

  it('keep French punctuation on the line of its word', () => {
    const loose = Object.entries(french).filter(([, text]) => / [:;!?»]|«(?!\u00a0)|\u202f/.test(text));
    expect(loose).toEqual([]);
  });

  it('have a space before French double punctuation', () => {
    const tight = Object.entries(french).filter(([, text]) =>
      /[^\s\d\u00a0?!>][;!?»]|\p{L}:(?!\/\/)/u.test(text.replace(/\{[^}]*\}/g, 'x')),
    );
    expect(tight).toEqual([]);
  });
});

describe('the words that pages and code ask for', () => {
  const templates = filesBelow(viewsDir).filter((file) => file.endsWith('.hbs'));
  const sources = filesBelow(join(rootDir, 'src')).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );

  it('are found for every template', () => {
    const missing = templates.flatMap((file) =>
      keysIn(readFileSync(join(viewsDir, file), 'utf8'), /[{(]t '([^']+)'/g).map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('are found for every literal key in the code', () => {
    // What connectors ask of a provider is named like keys (`contacts.delta`), and they have no words.
    const speaking = sources.filter((file) => !/^integrations\/(google|office365)\//.test(file));
    // Acts of the journal and the audit log, kinds of sweeps, and numbered columns of files (`phone.2.value`), are named like keys and are none.
    const literal = new RegExp(
      `(?<!(?:kind|action|act): |register\\()'((?:${areas.join('|')})\\.[a-z0-9][a-z0-9.-]*)'`,
      'g',
    );
    const missing = speaking.flatMap((file) =>
      keysIn(readFileSync(join(rootDir, 'src', file), 'utf8'), literal)
        .filter(
          (key) =>
            !known.has(`audit-log.action.${key}`) &&
            !known.has(`personal-contact.history.${key}`) &&
            !/\.\d+\./.test(key),
        )
        .map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  const keysIn = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, key]) => key ?? '').filter((key) => !known.has(key));
});

/** Names of the values a message takes, those inside plurals too. */
function valuesOf(text: string): string[] {
  const names = new Set<string>();
  const visit = (elements: readonly Element[]) => {
    for (const element of elements) {
      // 0 is literal text and 7 the `#` of a plural; the rest of the parser's types name a value.
      if (element.type !== 0 && element.type !== 7) names.add(String(element.value));
      for (const option of Object.values(element.options ?? {})) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst() as unknown as Element[]);
  return [...names].sort();
}

interface Element {
  type: number;
  value?: unknown;
  options?: Record<string, { value: Element[] }>;
}
