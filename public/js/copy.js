import { say } from './say.js';

/** Copies data-value and shows a tick for two seconds. */
export default function copy(button) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.value);
    say(button.dataset.said);
    button.dataset.copied = '';
    setTimeout(() => delete button.dataset.copied, 2000);
  });
}
