import { isolate } from '../text/isolate.js';
import { tidy } from '../text/tidy.js';
import { type Words } from '../web/words.js';

export interface Told {
  kind: string;
  values: Record<string, string | number>;
}

/** A piece of news in the reader's words, on one line whatever a name holds; a kind or a value that these words do not know makes no page fail. */
export function newsText(words: Words, { kind, values }: Told): string {
  const key = `notifications.kind.${kind}`;
  if (!words.has(key)) return words.t('notifications.kind-unknown');
  try {
    const tidied = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolate(tidy(value)) : value,
    ]);
    return words.t(key, Object.fromEntries(tidied) as Told['values']);
  } catch {
    return words.t('notifications.kind-unknown');
  }
}
