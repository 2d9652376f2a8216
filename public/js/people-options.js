/*
 * The first people of a search, as the server makes them (views/search/options.hbs): options of a listbox, for the field of the
 * header and the palette.
 */
const PATIENCE_MS = 8000;
const REMEMBERED = 30;
const known = new Map();

/**
 * @param {AbortSignal} signal ends a question that is asked no more, with an AbortError
 * @returns {Promise<{ options: Element[], status: string } | null>} null where no answer comes: an error, signed out, too slow
 */
export async function peopleFor(query, signal) {
  if (!known.has(query)) {
    const answer = await answerTo(query, signal);
    if (answer === null) return null;
    if (known.size >= REMEMBERED) known.clear();
    known.set(query, answer);
  }
  const { html, status } = known.get(query);
  const page = new DOMParser().parseFromString(html, 'text/html');
  return { options: [...page.querySelectorAll('[data-people] > [role=option]')].map(adopted), status };
}

async function answerTo(query, signal) {
  try {
    const address = `/search/options?${new URLSearchParams({ q: query })}`;
    const answer = await fetch(address, {
      headers: { Accept: 'text/html' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const html = await answer.text();
    const people = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-people]');
    return answer.ok && people ? { html, status: people.dataset.status } : null;
  } catch (problem) {
    if (signal.aborted) throw problem;
    return null;
  }
}

function adopted(option) {
  return document.adoptNode(option);
}

/** @param said the sentence, with `{}` for what was typed */
export function allOption(query, said) {
  const option = document.createElement('a');
  option.className = 'palette__item';
  option.href = `/search?${new URLSearchParams({ q: query })}`;
  option.tabIndex = -1;
  option.setAttribute('role', 'option');
  option.textContent = said.replace('{}', () => query);
  return option;
}

/**
 * Which option is chosen, told to whoever types in the field.
 * @param least the first place that can be chosen: -1 where none may be
 */
export function choiceIn(input, list, least) {
  let chosen = least;
  const options = () => [...list.querySelectorAll('[role=option]')];
  const mark = () => {
    options().forEach((option, place) => {
      option.id = `${list.id}-${place}`;
      option.setAttribute('aria-selected', String(place === chosen));
    });
    const option = options()[chosen];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
  };
  return {
    option: () => options()[chosen],
    /** Another list, or none: nothing of it is chosen yet. */
    begin() {
      chosen = least;
      mark();
    },
    /** Round and round, through the field itself where none need be chosen. */
    step(by) {
      const places = options().length - least;
      if (places > 0) chosen = ((chosen - least + by + places) % places) + least;
      mark();
    },
  };
}
