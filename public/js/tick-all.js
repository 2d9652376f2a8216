/** Ticks every row of the table, and shows when all or only some are ticked. */
export default function tickAll(box) {
  const table = box.closest('table');
  const rows = () => [...table.querySelectorAll('tbody .table__tick input')];
  const update = () => {
    const ticked = rows().filter((row) => row.checked).length;
    box.checked = ticked > 0 && ticked === rows().length;
    box.indeterminate = ticked > 0 && ticked < rows().length;
  };
  box.hidden = false;
  // Before `selection` hears of it, so that it counts the new ticks.
  box.addEventListener('change', () => rows().forEach((row) => (row.checked = box.checked)));
  table.addEventListener('change', (event) => event.target !== box && update());
  document.addEventListener('reset', () => setTimeout(update));
  update();
}
