import { type Words } from '../web/words.js';
import { type ImportDescription } from './import-kind.js';

export function updateCounts(
  words: Words,
  changed: number,
  counts: Record<string, number> | null,
  addressHref: string,
) {
  const { s: same = 0, a: addresses = 0 } = counts ?? {};
  return [
    {
      ...{ value: changed, label: words.t('imports.count.changed', { count: changed }) },
      ...{ kind: 'ok', icon: 'edit', href: changed > 0 ? '#changes' : undefined },
    },
    { value: same, label: words.t('imports.count.same', { count: same }), icon: 'equal' },
    ...(addresses > 0
      ? [
          {
            ...{ value: addresses, label: words.t('imports.count.addresses', { count: addresses }) },
            ...{ kind: 'warn', icon: 'mail', href: addressHref },
          },
        ]
      : []),
  ];
}

/** Of a file that adds and changes. */
export function addCounts(
  words: Words,
  counts: Record<string, number> | null,
  { area, kindArea = area, removes }: ImportDescription,
  of: string,
  linked?: { known: boolean },
) {
  const { n = 0, c = 0, s = 0, k = 0, d = 0, o = 0 } = counts ?? {};
  const there = k + d;
  const knownLabel = words.has(`${kindArea}.count.known`) ? `${kindArea}.count.known` : 'imports.count.known';
  return [
    {
      value: n,
      label: words.t('imports.count.new', { count: n }),
      ...(linked && n > 0 ? { href: '#new' } : {}),
      kind: 'ok',
      icon: 'plus',
    },
    ...(c > 0
      ? [
          {
            ...{ value: c, label: words.t('imports.count.changed', { count: c }) },
            ...{ kind: 'ok', icon: 'edit', href: '#changes' },
          },
        ]
      : []),
    ...(s > 0 ? [{ value: s, label: words.t('imports.count.same', { count: s }), icon: 'equal' }] : []),
    // What replaces a list leaves nobody as already there.
    ...(there > 0 || !removes
      ? [
          {
            ...{ value: there, label: words.t(knownLabel, { count: there }) },
            ...{ icon: 'equal', href: linked?.known ? '#known' : undefined },
          },
        ]
      : []),
    ...(linked && o > 0 && words.has(`${kindArea}.count.proposals`)
      ? [
          {
            ...{ value: o, label: words.t(`${kindArea}.count.proposals`, { count: o, of }) },
            ...{ kind: 'warn', icon: 'alert', href: '#proposals' },
          },
        ]
      : []),
  ];
}

export function wrongCount(words: Words, count: number, of: string) {
  return {
    ...{ value: count, label: words.t('imports.count.wrong', { count, of }) },
    ...(count > 0 ? { kind: 'danger', icon: 'alert-circle', href: '#wrong' } : { icon: 'check' }),
  };
}
