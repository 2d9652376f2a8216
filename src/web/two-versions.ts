import { type Words } from './words.js';

/** One field of a form that was saved by somebody else meanwhile, as texts the form's field takes. */
export interface VersionedField {
  name: string;
  label: string;
  /** What is saved now. */
  theirs: string;
  /** What the form sent. */
  mine: string;
  /** What the form was opened on, where it was changed since. */
  base?: string;
  /** Whether two texts say the same; compared as they are when left out. */
  same?: (one: string, other: string) => boolean;
  /** A text as a reader knows it. */
  shown?: (text: string) => string;
}

/**
 * Somebody saved a form's subject meanwhile: each field that differs with both values, one of them chosen. What only they
 * changed is kept as theirs, what only this form changed as typed; where both did, what was typed. For partial `two-versions`.
 */
export function twoVersions(words: Words, fields: readonly VersionedField[]) {
  const differing = fields.filter(({ mine, theirs, same = equal }) => !same(mine, theirs));
  return {
    choices: differing.map(({ name, label, theirs, mine, base, same = equal, shown = asItIs }) => {
      const untouched = base !== undefined && same(mine, base);
      const option = (whose: 'theirs' | 'mine', value: string, checked: boolean) => ({
        ...{ id: `${name}-${whose}`, value, checked, text: shown(value) },
        whose: words.t(`common.versions.${whose}`),
      });
      return {
        name,
        label,
        options: [option('theirs', theirs, untouched), option('mine', mine, !untouched)],
      };
    }),
    hidden: fields
      .filter((field) => !differing.includes(field))
      .map(({ name, mine }) => ({ name, value: mine })),
  };
}

function equal(one: string, other: string): boolean {
  return one.trim() === other.trim();
}

function asItIs(text: string): string {
  return text;
}
