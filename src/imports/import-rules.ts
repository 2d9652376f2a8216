import { type ImportDescription } from './import-kind.js';

/** The answers of a form to the questions a check depends on; an unknown one is what it is at first. */
export function rulesFrom(
  body: Record<string, unknown>,
  { rules = [] }: Pick<ImportDescription, 'rules'>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    rules.map(({ name, options, value }) => {
      const given = options.find((option) => option.value === body[name]);
      return [name, given ? given.value : value];
    }),
  );
}
