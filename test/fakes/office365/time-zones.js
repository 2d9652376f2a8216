/* Times as clocks show them, in zones by their names at IANA or at Microsoft. */

const windows = {
  UTC: 'UTC',
  'Romance Standard Time': 'Europe/Paris',
  'GMT Standard Time': 'Europe/London',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Eastern Standard Time': 'America/New_York',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'India Standard Time': 'Asia/Kolkata',
};

/** @param {string} name of Microsoft or IANA @returns {string | null} of IANA */
export function ianaOf(name) {
  if (Object.hasOwn(windows, name)) return windows[name];
  return Intl.supportedValuesOf('timeZone').includes(name) ? name : null;
}

/** @param {string} iana @returns {string} as Outlook calls it */
export function windowsOf(iana) {
  return Object.entries(windows).find(([, zone]) => zone === iana)?.[0] ?? iana;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** `2026-11-22T09:00:00` @param {string | Date} time @param {string} zone of IANA */
export function wallOf(time, zone) {
  if (zone === 'UTC') return new Date(time).toISOString().slice(0, 19);
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  return format.format(new Date(time)).replace(' ', 'T');
}

/** @param {string} wall `2026-11-22T09:00:00` @param {string} zone of IANA @returns {Date} */
export function fromWall(wall, zone) {
  const asUtc = Date.parse(`${wall}Z`);
  let guess = asUtc;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  for (let round = 0; round < 2; round++) guess += asUtc - Date.parse(`${wallOf(new Date(guess), zone)}Z`);
  return new Date(guess);
}

/** @param {string} day `2026-11-22` */
export function dayAfter(day) {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
