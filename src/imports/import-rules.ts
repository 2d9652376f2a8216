import { codePoints, hasControlCharacters, tidy } from '../text/tidy.js';
import { type ImportDescription } from './import-kind.js';
import { type ImportOptions } from './reading.js';

type Asked = Pick<ImportDescription, 'rules' | 'texts'>;

/** The answers of a form to the questions a check depends on; an unknown one is what it is at first. */
export function rulesFrom(
  body: Record<string, unknown>,
  { rules = [], texts = [] }: Asked,
): ImportOptions['choices'] {
  return Object.fromEntries([
    ...rules.map(({ name, options, value }) => {
      const given = options.find((option) => option.value === body[name]);
      return [name, given ? given.value : value] as const;
    }),
    ...texts.map(({ name }) => [name, textOf(body[name])] as const),
  ]);
}

/** What is wrong with the lines of text among them. */
export function problemOfTexts(
  answers: ImportOptions['choices'],
  { texts = [] }: Asked,
): { field: string; key: string; values?: Record<string, number> } | null {
  for (const { name, characters, problemOf } of texts) {
    const text = String(answers[name] ?? '');
    if (codePoints(text) > characters)
      return { field: name, key: 'common.problem.too-long', values: { max: characters } };
    if (hasControlCharacters(text)) return { field: name, key: 'common.problem.control-characters' };
    const key = problemOf?.(text) ?? null;
    if (key !== null) return { field: name, key };
  }
  return null;
}

/** Whether a form that shows the questions again answers one of them otherwise; those it does not show stay. */
export function answersDiffer(
  body: Record<string, unknown>,
  present: ImportOptions['choices'] | undefined,
  asked: Asked,
): boolean {
  const answers = rulesFrom({ ...present, ...body }, asked);
  return Object.entries(answers).some(
    ([name, value]) => body[name] !== undefined && value !== (present?.[name] ?? value),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? tidy(value) : '';
}
