/** A message can be closed. */
export default function message(element) {
  const button = element.querySelector('[data-close]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    element.remove();
    document.querySelector('main')?.focus();
  });
}
