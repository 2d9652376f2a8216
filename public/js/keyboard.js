/*
 * Single keys: `/` search, `?` this list, `g` then a letter a page, `n` new, `x` tick the row. They are off when the
 * person switched them off (no data-shortcuts), and silent while something is typed or a modifier is held.
 */
export default function keyboard() {
  if (document.body.dataset.shortcuts !== 'on') return;
  let goingSince = -Infinity;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const going = event.timeStamp - goingSince < 1500;
    goingSince = -Infinity;
    const act = going ? goTo(event.key) : actions[event.key];
    if (act) {
      event.preventDefault();
      act(event);
    } else if (event.key === 'g') {
      goingSince = event.timeStamp;
    }
  });
}

const actions = {
  '/': () => {
    const search = document.querySelector('[role=search] input[type=search]');
    search?.focus();
    search?.select();
  },
  '?': () => document.querySelector('[data-behaviour~="keys"]')?.showModal(),
  n: () => document.querySelector('[data-key="n"]')?.click(),
  x: (event) => event.target.closest('tr')?.querySelector('.table__tick input')?.click(),
};

function goTo(key) {
  const link = [...document.querySelectorAll('[data-go]')].find((each) => each.dataset.go === key);
  return link && (() => location.assign(link.href));
}

function isTyping(target) {
  return (
    target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])')
  );
}
