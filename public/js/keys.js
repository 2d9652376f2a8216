/** The list of keys closes on a click beside it. */
export default function keys(dialog) {
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
