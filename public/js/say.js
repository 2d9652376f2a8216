let region;

/** Has a screen reader say a short text. */
export function say(text) {
  if (!region) {
    region = document.createElement('p');
    region.className = 'unseen';
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  region.textContent = '';
  // A reader that has just met the region says only what changes in it afterwards.
  setTimeout(() => (region.textContent = text), 100);
}
