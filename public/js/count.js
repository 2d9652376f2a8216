/** Says how many characters a text may still have; nothing is cut, the server says what is too long. */
export default function count(hint) {
  const field = document.getElementById(hint.dataset.field);
  if (!field) return;
  const max = Number(hint.dataset.max);
  const update = () => {
    // As the server counts: an emoji is one.
    const left = max - [...field.value.replace(/\r\n/g, '\n').trim()].length;
    hint.textContent = worded(hint, left);
    hint.classList.toggle('sent__counter--over', left < 0);
    // Read aloud when it begins to matter.
    hint.setAttribute('aria-live', left <= 20 ? 'polite' : 'off');
  };
  hint.hidden = false;
  field.addEventListener('input', update);
  update();
}

/** The server worded one and many (as 1,234,567); the number is put in its place. */
function worded({ dataset }, left) {
  const number = Math.abs(left);
  const [one, other] = left < 0 ? [dataset.overOne, dataset.overOther] : [dataset.one, dataset.other];
  const { lang } = document.documentElement;
  // French: none is singular.
  if (number === 1 || (number === 0 && lang === 'fr')) return one.replace('1', String(number));
  return other.replace(/\d[\d\s.,]*\d/u, new Intl.NumberFormat(lang).format(number));
}
