/**
 * What the clocks of a time zone are ahead of UTC at a moment; both in ms. A zone this machine does not know counts as UTC, as it
 * does where words are written (`Words`).
 */
export function offsetOf(moment: number, timeZone: string): number {
  const second = Math.floor(moment / 1000) * 1000;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(second)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, parts.second ?? 0) - second;
}

/** To make one costs more than all it is asked; there are as many as zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    return formatOf('UTC');
  }
}
