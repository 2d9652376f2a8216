/*
 * The field of the header, as a combobox with a list of people (WAI-ARIA APG, "Editable Combobox With List Autocomplete"): arrows
 * choose, Enter opens, Escape closes; Enter without a choice searches, as the form does without this file. Nothing is chosen by
 * itself, so whoever types fast and presses Enter comes to the search.
 */
import { allOption, choiceIn, peopleFor } from './people-options.js';

const PAUSE_MS = 180;

export default function suggest(form) {
  const input = form.querySelector('input[type=search]');
  const box = element('div', 'suggest');
  const list = element('div', 'suggest__list', { role: 'listbox', id: 'people-options' });
  const note = element('p', 'suggest__note', { 'aria-hidden': 'true' });
  const said = element('p', 'unseen', { role: 'status' });
  list.setAttribute('aria-label', form.dataset.people);
  box.hidden = true;
  box.append(list, note);
  form.append(box, said);
  Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': list.id,
    'aria-expanded': 'false',
  }).forEach(([name, value]) => input.setAttribute(name, value));
  const choice = choiceIn(input, list, -1);
  let timer;
  let running;

  const open = (isOpen) => {
    box.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) choice.begin();
  };
  const stop = () => {
    clearTimeout(timer);
    running?.abort();
    list.removeAttribute('aria-busy');
  };

  async function find() {
    stop();
    const query = input.value.trim();
    if (query === '') return open(false);
    running = new AbortController();
    const { signal } = running;
    list.setAttribute('aria-busy', 'true');
    try {
      const people = await peopleFor(query, signal);
      // Somebody who went on, or elsewhere, is not called back.
      if (signal.aborted || !form.contains(document.activeElement)) return;
      list.replaceChildren(...(people?.options ?? []), allOption(query, form.dataset.all));
      list.removeAttribute('aria-busy');
      said.textContent = people ? people.status : form.dataset.silent;
      note.textContent = people?.options.length > 0 ? '' : said.textContent;
      choice.begin();
      open(true);
    } catch (problem) {
      if (problem.name !== 'AbortError') throw problem;
    }
  }

  input.addEventListener('input', () => {
    stop();
    if (input.value.trim() === '') open(false);
    else timer = setTimeout(find, PAUSE_MS);
  });

  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (box.hidden) find();
      else choice.step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Escape' && !box.hidden) {
      // What was typed stays; a second Escape empties the field, as browsers do.
      event.preventDefault();
      stop();
      open(false);
    } else if (event.key === 'Enter' && !box.hidden && choice.option()) {
      event.preventDefault();
      choice.option().click();
    }
  });

  // The field keeps the focus while an option is pressed; leaving it closes the list.
  box.addEventListener('mousedown', (event) => event.preventDefault());
  form.addEventListener('focusout', (event) => {
    if (form.contains(event.relatedTarget)) return;
    stop();
    open(false);
  });
  form.addEventListener('submit', stop);
}

function element(name, className, attributes = {}) {
  const made = document.createElement(name);
  made.className = className;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
