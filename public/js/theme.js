/** Changes the theme at once and saves it behind the scenes; without scripts the form itself does. */
export default function theme(form) {
  form.addEventListener('submit', async (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    document.documentElement.dataset.theme = button.value;
    document.querySelector('meta[name=color-scheme]').content =
      button.value === 'system' ? 'light dark' : button.value;
    for (const choice of form.querySelectorAll('[name=theme]')) {
      choice.setAttribute('aria-pressed', String(choice === button));
    }
    const answer = await fetch(form.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form, button)),
    });
    if (!answer.ok) form.submit();
  });
}
