/** Takes the focus when the page opens; `autofocus` alone is not obeyed everywhere for what is no control. */
export default function focus(element) {
  element.focus();
}
