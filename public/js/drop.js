/** A file may be dropped anywhere on the area around its input. */
export default function drop(area) {
  const input = area.querySelector('input[type=file]');
  const over = (is) => (is ? (area.dataset.over = '') : delete area.dataset.over);
  area.addEventListener('dragover', (event) => {
    event.preventDefault();
    over(true);
  });
  area.addEventListener('dragleave', () => over(false));
  area.addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    if (input.disabled || event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
