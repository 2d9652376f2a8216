/** Hebrew, Arabic, Syriac, Thaana, N’Ko and their neighbours; presentation forms; scripts of plane 1 written so. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A name put into a sentence of ours, so that one written from right to left neither turns the sentence nor draws the
 * brackets and digits behind it to itself (UAX #9 §6.3: first strong isolate). Any other stays as it is.
 */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
