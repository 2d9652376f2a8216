/*
 * Ctrl/⌘ K: pages of the navigation, and people. People are read from the list that /contacts?q= shows: its links
 * marked data-person.
 */
const PAUSE_MS = 150;

export default function palette(dialog) {
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('[role=listbox]');
  const personIcon = dialog.querySelector('template');
  const pages = [...document.querySelectorAll('.frame > .nav .nav__link')];
  const canSearch = Boolean(document.querySelector('.header [role=search]'));
  let timer;
  let running;
  let people = [];
  let chosen = 0;

  document.addEventListener('keydown', (event) => {
    if (
      event.key.toLowerCase() !== 'k' ||
      !(event.ctrlKey || event.metaKey) ||
      event.altKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    if (dialog.open) return dialog.close();
    input.value = '';
    people = [];
    show();
    dialog.showModal();
    input.focus();
  });

  input.addEventListener('input', () => {
    clearTimeout(timer);
    show();
    if (canSearch) timer = setTimeout(findPeople, PAUSE_MS);
  });

  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });

  input.addEventListener('keydown', (event) => {
    const options = [...list.querySelectorAll('[role=option]')];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      chosen = (chosen + step + options.length) % (options.length || 1);
      mark(options);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      options[chosen]?.click();
    }
  });

  async function findPeople() {
    running?.abort();
    running = new AbortController();
    const query = input.value.trim();
    if (query === '') {
      people = [];
      return show();
    }
    try {
      const answer = await fetch(`/contacts?${new URLSearchParams({ q: query })}`, {
        signal: running.signal,
      });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      people = [...page.querySelectorAll('[data-person]')].slice(0, 8).map((link) => ({
        href: link.getAttribute('href'),
        text: link.textContent.trim(),
        icon: personIcon.content,
      }));
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') throw problem;
    }
  }

  function show() {
    const wanted = plain(input.value);
    const matching = pages
      .map((link) => ({ href: link.href, text: labelOf(link), icon: link.querySelector('svg') }))
      .filter(({ text }) => plain(text).includes(wanted));
    chosen = 0;
    list.replaceChildren(...group(list.dataset.pages, matching), ...group(list.dataset.people, people));
    if (list.childElementCount === 0) list.append(textElement('p', 'palette__none', list.dataset.none));
    list.querySelectorAll('[role=option]').forEach((option, place) => (option.id = `palette-${place}`));
    mark([...list.querySelectorAll('[role=option]')]);
  }

  function mark(options) {
    options.forEach((option, place) => option.setAttribute('aria-selected', String(place === chosen)));
    options[chosen]?.scrollIntoView({ block: 'nearest' });
    if (options[chosen]) input.setAttribute('aria-activedescendant', options[chosen].id);
    else input.removeAttribute('aria-activedescendant');
  }
}

function group(heading, entries) {
  if (entries.length === 0) return [];
  const box = document.createElement('div');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', heading);
  const title = textElement('p', 'palette__heading', heading);
  title.setAttribute('aria-hidden', 'true');
  box.append(title, ...entries.map(toOption));
  return [box];
}

function toOption({ href, text, icon }) {
  const option = document.createElement('a');
  option.className = 'palette__item';
  option.href = href;
  option.tabIndex = -1;
  option.setAttribute('role', 'option');
  option.append(icon.cloneNode(true), text);
  return option;
}

/** What a link of the navigation is called, without the number of what waits there. */
function labelOf(link) {
  return (link.querySelector('.nav__label') ?? link).textContent.trim();
}

function textElement(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Lower case without accents, so that `equipe` finds `Équipe`. */
function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
