/* Partial answers: `fields=nextPageToken,items(id,organizer(self))`, as far as names and brackets go. */

/** @typedef {Map<string, Selection | null>} Selection null: all of it */

/** @param {string} text @returns {Selection | null} null where it cannot be read */
export function readSelection(text) {
  const words = text.match(/\w+|[(),]|[^\w(),]/g) ?? [];
  let at = 0;
  /** @returns {Selection | null} */
  const list = () => {
    const selection = new Map();
    for (;;) {
      const name = words[at++];
      if (!/^\w+$/.test(name ?? '')) return null;
      let below = null;
      if (words[at] === '(') {
        at++;
        below = list();
        if (below === null || words[at++] !== ')') return null;
      }
      selection.set(name, below);
      if (words[at] !== ',') return selection;
      at++;
    }
  };
  const selection = list();
  return at === words.length ? selection : null;
}

/** @param {any} value @param {Selection} selection @returns {any} */
export function selected(value, selection) {
  if (Array.isArray(value)) return value.map((each) => selected(each, selection));
  const kept = {};
  for (const [name, below] of selection)
    if (value[name] !== undefined) kept[name] = below ? selected(value[name], below) : value[name];
  return kept;
}
