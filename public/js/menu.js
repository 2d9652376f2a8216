/** A <details> menu closes on Escape, on a click elsewhere and when the focus leaves it; arrows move inside. */
export default function menu(details) {
  const summary = details.querySelector('summary');
  const items = () => [...details.querySelectorAll('.menu__panel :is(a, button)')];

  const close = () => (details.open = false);
  document.addEventListener('click', (event) => {
    if (!details.contains(event.target)) close();
  });
  details.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close();
  });
  details.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && details.open) {
      close();
      summary.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      details.open = true;
      const all = items();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const place = all.indexOf(document.activeElement);
      all.at((Math.max(place, step === 1 ? -1 : 0) + step) % all.length)?.focus();
    }
  });
}
