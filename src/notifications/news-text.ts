import { type Words } from '../web/words.js';

export interface Told {
  kind: string;
  values: Record<string, string | number>;
}

/** A piece of news in the reader's words; a kind or a value that these words do not know makes no page fail. */
export function newsText(words: Words, { kind, values }: Told): string {
  const key = `notifications.kind.${kind}`;
  if (!words.has(key)) return words.t('notifications.kind-unknown');
  try {
    return words.t(key, values);
  } catch {
    return words.t('notifications.kind-unknown');
  }
}
