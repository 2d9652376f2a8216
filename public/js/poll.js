/** Follows a running task: fetches this page again every two seconds and shows the same element, until data-done. */
const PERIOD_MS = 2000;

export default function poll(element, attach) {
  if (element.hasAttribute('data-done')) return;
  setTimeout(async () => {
    if (!element.isConnected) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const now = answer.ok && page.getElementById(element.id);
      if (!now) return poll(element, attach);
      // What follows the task (result, buttons) is the page's business: it is loaded whole once.
      if (now.hasAttribute('data-done')) return location.replace(answer.url);
      element.replaceChildren(...document.adoptNode(now).childNodes);
      attach(element);
    } catch {
      // Out of reach for a moment: the next round asks again.
    }
    poll(element, attach);
  }, PERIOD_MS);
}
