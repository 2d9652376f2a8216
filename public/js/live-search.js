/*
 * Searches while one types: the form's own address is fetched, and the region it names is replaced by the same
 * region of the answer, as is what `data-list-part` marks outside of it. The address bar follows, so that reload,
 * back and bookmark show the same list.
 */
const PAUSE_MS = 180;

export default function liveSearch(form, attach) {
  const region = () => document.getElementById(form.dataset.region);
  const status = form.parentElement.querySelector('[data-list-status]');
  let timer;
  let running;

  const search = async () => {
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const address = addressOf(form);
    region().setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const found = page.getElementById(form.dataset.region);
      // Not the list: signed out, or an error. The page itself shows it best.
      if (!found) return location.assign(address);
      region().replaceWith(document.adoptNode(found));
      attach(region());
      for (const part of document.querySelectorAll('[data-list-part]')) {
        const fresh = page.getElementById(part.id);
        if (fresh) part.replaceWith(document.adoptNode(fresh));
      }
      const said = page.querySelector('[data-list-status]');
      if (status && said) status.textContent = said.textContent;
      history.replaceState(history.state, '', address);
    } catch (problem) {
      if (problem.name !== 'AbortError') form.submit();
    }
  };

  form.addEventListener('input', (event) => {
    if (event.target.type !== 'search') return;
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  form.addEventListener('change', (event) => {
    if (event.target.type !== 'search') search();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
}

/** The address the form would lead to, without the fields left empty. */
function addressOf(form) {
  const address = new URL(form.action);
  const fields = [...new FormData(form)].filter(([, value]) => value !== '');
  address.search = new URLSearchParams(fields).toString();
  return address.href;
}
