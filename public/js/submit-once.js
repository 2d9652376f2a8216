/** A second click does not send a form twice. The button that was pressed still sends its name and value. */
export default function submitOnce(form) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', 'true');
  });
  // Back to a page the browser kept: the form may be sent again.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    sent = false;
    for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-disabled');
  });
}
