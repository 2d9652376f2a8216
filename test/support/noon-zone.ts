/** A time zone in which it is about noon: no hour before or after now is on another day. */
export function noonZone(): string {
  const offset = 12 - new Date().getUTCHours();
  // POSIX counts the other way round.
  return offset === 0 ? 'Etc/UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}
