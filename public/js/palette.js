/*
 * Ctrl/⌘ K: pages of the navigation, actions, and people of all places. Pages and actions are in the page already, so they are
 * there at once; people come as the server finds them.
 */
import { allOption, choiceIn, peopleFor } from './people-options.js';

const PAUSE_MS = 150;

export default function palette(dialog) {
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('[role=listbox]');
  const actions = [...dialog.querySelector('template').content.querySelectorAll('a')];
  const pages = [...document.querySelectorAll('.frame > .nav .nav__link')];
  const canSearch = Boolean(document.querySelector('.header [role=search]'));
  const said = dialog.querySelector('[role=status]');
  const choice = choiceIn(input, list, 0);
  let timer;
  let running;
  let people = [];
  let note = '';

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
    note = '';
    show();
    dialog.showModal();
    input.focus();
  });

  input.addEventListener('input', () => {
    clearTimeout(timer);
    running?.abort();
    note = said.textContent = '';
    // Until the server answers only those stay who match what is typed now: Enter opens nobody one has typed away.
    people = people.filter((person) => matches(person.textContent));
    show();
    if (canSearch && input.value.trim() !== '') timer = setTimeout(findPeople, PAUSE_MS);
  });

  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    clearTimeout(timer);
    running?.abort();
  });

  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      choice.step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choice.option()?.click();
    }
  });

  async function findPeople() {
    running = new AbortController();
    const { signal } = running;
    list.setAttribute('aria-busy', 'true');
    try {
      const found = await peopleFor(input.value.trim(), signal);
      if (signal.aborted) return;
      list.removeAttribute('aria-busy');
      people = found?.options ?? [];
      note = found ? '' : list.dataset.silent;
      if (found && people.length === 0) note = found.status;
      said.textContent = found ? found.status : note;
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') throw problem;
    }
  }

  /** @param also words it is found by besides, each after a space: by their beginning, as places.ts finds them */
  function matches(text, also = '') {
    const words = plain(input.value).split(/\s+/);
    return words.every((word) => plain(text).includes(word) || also.includes(` ${word}`));
  }

  function show() {
    const query = input.value.trim();
    if (query === '') people = [];
    const matching = (links) =>
      links
        .filter((link) => matches(labelOf(link), ` ${plain(link.dataset.also ?? '')}`))
        .map((link) => toOption(link, labelOf(link)));
    list.replaceChildren(
      ...group(list.dataset.pages, matching(pages)),
      ...group(list.dataset.actions, matching(actions)),
      ...group(list.dataset.people, [
        ...people,
        ...(note ? [seen(textElement('p', 'palette__none', note))] : []),
        ...(canSearch && query !== '' ? [allOption(query, list.dataset.all)] : []),
      ]),
    );
    if (list.childElementCount === 0) list.append(textElement('p', 'palette__none', list.dataset.none));
    choice.begin();
  }
}

function group(heading, options) {
  if (options.length === 0) return [];
  const box = document.createElement('div');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', heading);
  const title = textElement('p', 'palette__heading', heading);
  box.append(seen(title), ...options);
  return [box];
}

/** Beside options for the eye alone; to others it is said. */
function seen(element) {
  element.setAttribute('aria-hidden', 'true');
  return element;
}

function toOption(link, text) {
  const option = document.createElement('a');
  option.className = 'palette__item';
  option.href = link.href;
  option.tabIndex = -1;
  option.setAttribute('role', 'option');
  option.append(link.querySelector('svg').cloneNode(true), text);
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
