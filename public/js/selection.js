/** The bar appears with the first ticked row and says how many are ticked. */
export default function selection(bar) {
  const count = bar.querySelector('.selection-bar__count');
  const update = () => {
    const ticked = boxesOf(bar).filter((box) => box.checked).length;
    if (ticked > 0) bar.dataset.count = String(ticked);
    else delete bar.dataset.count;
    count.textContent = ticked > 0 ? countText(count, ticked) : '';
  };
  bar.addEventListener('change', update);
  document.addEventListener('change', (event) => {
    if (event.target.form === bar || event.target.matches('[data-behaviour~="tick-all"]')) update();
  });
  bar.addEventListener('reset', () => setTimeout(update));
  update();
}

function boxesOf(bar) {
  return [...document.querySelectorAll('input[name=ids]')].filter((box) => box.form === bar);
}

/** The server worded one and many (as 1,234,567); the number is put in its place. */
function countText(element, number) {
  const locale = document.documentElement.lang;
  if (number === 1) return element.dataset.one;
  return element.dataset.other.replace(/\d[\d\s.,]*\d/u, new Intl.NumberFormat(locale).format(number));
}
