/** `1234` as `12 34` @param {number} number */
export function pairs(number) {
  return String(number)
    .padStart(4, '0')
    .replace(/(..)(..)/, '$1 $2');
}

/** What an address has of a name: `Cœur de Lion` as `coeur-de-lion`. @param {string} text */
export function plain(text) {
  return text
    .normalize('NFD')
    .replace(/œ/g, 'oe')
    .replace(/[^a-z ’&-]/gi, '')
    .replace(/[^a-z]+/gi, '-')
    .toLowerCase();
}
