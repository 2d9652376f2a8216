import { field, select, type AnyField, type Returned } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { type ImportDescription } from './import-kind.js';
import { type ImportOptions } from './reading.js';

/** The questions a check depends on as controls, answered as they were. @param suggestions for lines of text, by name */
export function askedControls(
  words: Words,
  { rules = [], texts = [] }: Pick<ImportDescription, 'rules' | 'texts'>,
  answers: ImportOptions['choices'],
  suggestions: Readonly<Record<string, string[]>> = {},
  returned?: Returned,
): AnyField[] {
  return [
    ...texts.map(({ name, labelKey, hintKey, characters }) =>
      field(
        words,
        {
          ...{ name, labelKey, optional: true, maxlength: characters, autocomplete: 'off' },
          ...(hintKey ? { hintKey } : {}),
          value: String(answers[name] ?? ''),
          suggestions: (suggestions[name] ?? []).map((value) => ({ value })),
        },
        returned,
      ),
    ),
    ...rules.map(({ name, labelKey, hintKey, options, value }) =>
      select(words, {
        ...{ name, labelKey, options },
        ...(hintKey ? { hintKey } : {}),
        value: String(answers[name] ?? value),
      }),
    ),
  ];
}
