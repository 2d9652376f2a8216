/* Shows what a form would lead to while one types: what is typed is sent to be looked at, not saved, and the region of the answer takes the place of the old one. */
const PAUSE_MS = 300;

export default function formPreview(form) {
  let timer;
  let running;
  let shown = content(form);

  const look = async () => {
    const now = content(form);
    if (now === shown) return;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: 'POST',
        body: new URLSearchParams(now),
        signal: running.signal,
        headers: { Accept: 'text/html' },
      });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const found = page.getElementById(form.dataset.region);
      // Signed out, or an error: sending the form says so.
      if (!found) return;
      document.getElementById(form.dataset.region).replaceChildren(...found.childNodes);
      shown = now;
    } catch {
      // Gone for now, or typed on: the next key tries again.
    }
  };

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  look();
}

function content(form) {
  return new URLSearchParams([...new FormData(form)]).toString();
}
