/** Why a text is not taken as JSON. */
export class UnreadableJson extends Error {
  constructor(
    readonly reason: 'not-json' | 'too-deep' | 'same-name-twice',
    /** The name that stands twice. */
    readonly twice = '',
  ) {
    super(reason);
  }
}

/** Nothing of ours is nested deeper than this. */
const DEEPEST = 16;

/**
 * What a text says as JSON (RFC 8259). A name that stands twice in one object is refused: of two values one would be lost unseen.
 * @throws UnreadableJson
 */
export function readJson(text: string): unknown {
  checkNesting(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableJson('not-json');
  }
  checkNames(text);
  return value;
}

/** Before anything is built from it: thousands of brackets cost nothing to send. */
function checkNesting(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') at = endOfString(text, at);
    else if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    if (depth > DEEPEST) throw new UnreadableJson('too-deep');
  }
}

/** The text is JSON: a string before a colon is a name of the object that is open. */
function checkNames(text: string): void {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '{' || mark === '[') open.push(new Set());
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === '"') {
      const end = endOfString(text, at);
      COLON.lastIndex = end + 1;
      if (COLON.test(text)) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        const names = open.at(-1);
        if (names?.has(name)) throw new UnreadableJson('same-name-twice', name);
        names?.add(name);
      }
      at = end;
    }
  }
}

const COLON = /[ \t\n\r]*:/y;

/** @returns where the string that begins at `at` is closed, or the end of a text in which it never is */
function endOfString(text: string, at: number): number {
  for (let each = at + 1; each < text.length; each++) {
    if (text[each] === '"') return each;
    if (text[each] === '\\') each++;
  }
  return text.length;
}
