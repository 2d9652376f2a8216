/* What happened to the things of one place: for each the last change, and when it came there. */

export class Log {
  /** Ascending; only the last line of an id counts. @type {{ seq: number, id: string }[]} */
  lines = [];
  /** `wasCalled`: its mutable id when it left. @type {Map<string, { entered: number, last: number, gone: boolean, wasCalled?: string }>} */
  of = new Map();

  /** @param {number} seq @param {string} id @param {'enter' | 'change' | 'leave'} kind @param {string} [wasCalled] */
  note(seq, id, kind, wasCalled) {
    const entered = this.of.get(id)?.entered ?? seq;
    this.of.set(id, { entered, last: seq, gone: kind === 'leave', wasCalled });
    this.lines.push({ seq, id });
  }

  /** Ids with their last change, where that lies above `from`, ascending. What came and went since is left out. @param {number} from */
  after(from) {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].seq > from) high = middle;
      else low = middle + 1;
    }
    const found = [];
    for (let at = low; at < this.lines.length; at++) {
      const { seq, id } = this.lines[at];
      const { last, gone, entered, wasCalled } = this.of.get(id);
      if (last === seq && !(gone && entered > from)) found.push({ seq, id, gone, wasCalled });
    }
    return found;
  }
}
