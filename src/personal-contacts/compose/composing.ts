import { hasLines } from '../../csv/contact-columns.js';
import { hasControlCharacters, codePoints, tidy } from '../../text/tidy.js';
import { type ComposeFacts, type ComposeProblem, type ComposeProposal } from './composed.js';

/** A row while it becomes a contact: what its cells say, and what was found wrong or read otherwise so far. */
export class Composing {
  readonly problems: ComposeProblem[] = [];
  readonly proposals: ComposeProposal[] = [];

  constructor(
    private readonly values: Readonly<Record<string, string>>,
    readonly facts: ComposeFacts,
  ) {}

  /** What stands there; empty where nothing does. */
  value(field: string): string {
    return this.values[field] ?? '';
  }

  /** One line of text, checked. */
  line(field: string, most = Infinity): string {
    let text = this.value(field);
    if (text === '') return '';
    if (text.includes('\n')) text = tidy(text);
    this.checkText(field, text, most);
    return text;
  }

  /** Text whose line breaks say something, checked. */
  lines(field: string): string {
    const text = this.value(field);
    if (text !== '') this.checkText(field, text, Infinity, { lines: true });
    return text;
  }

  /** The values of a cell: Google writes several of them between three colons. */
  several(field: string, most?: number): string[] {
    const text = hasLines(field) ? this.lines(field) : this.line(field, most);
    if (text === '') return [];
    return this.facts.foreign && text.includes(SEVERAL) ? splitSeveral(text) : [text];
  }

  /** @param reason a key of `personal-imports.problem` */
  refuse(field: string, reason: string, values?: Record<string, string | number>): void {
    const key = `personal-imports.problem.${reason}`;
    this.problems.push(values ? { field, key, values } : { field, key });
  }

  /** @param reason why it cannot be taken as it stands: a key of `personal-imports.problem` */
  propose(field: string, after: string, reason: string, before = this.value(field)): void {
    this.proposals.push({ field, before, after, key: `personal-imports.problem.${reason}` });
  }

  private checkText(field: string, text: string, most: number, options?: { lines: boolean }): void {
    if (text.length > most && codePoints(text) > most) this.refuse(field, 'too-long', { max: most });
    else if (hasControlCharacters(text, options)) this.refuse(field, 'control-characters');
  }
}

/** Between several values of one cell, with a space on either side: Google's way, and ours of proposing several. */
export const SEVERAL = ':::';

export function splitSeveral(text: string): string[] {
  return text
    .split(SEVERAL)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function joinSeveral(values: readonly string[]): string {
  return values.join(` ${SEVERAL} `);
}
