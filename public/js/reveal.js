/** Lets a password be looked at; it is hidden again before it is sent, so that no browser keeps it as text. */
export default function reveal(row) {
  const button = row.querySelector('.field__reveal');
  const input = row.querySelector('input');
  const show = (shown) => {
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    show(input.type === 'password');
    input.focus();
  });
  input.form?.addEventListener('submit', () => show(false));
}
