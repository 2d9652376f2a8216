/** Height of the smallest place an event takes, so that it can be read; quarters of an hour. */
const LEAST_QUARTERS = 2;
/** Side by side; what is beyond is listed below. */
export const MOST_LANES = { day: 5, week: 2 };

/** Where an event stands in a day that is drawn: quarters of an hour since midnight, and which lane of how many. */
export interface Slot<Entry> {
  entry: Entry;
  quarter: number;
  quarters: number;
  lane: number;
  lanes: number;
}

/**
 * Events that overlap stand side by side: each takes the first lane that is free, and all that hang together are
 * equally wide.
 * @param entries by their beginning; minutes since midnight
 * @returns and those for which there was no lane
 */
export function inLanes<Entry extends { from: number; to: number }>(
  entries: readonly Entry[],
  most = MOST_LANES.day,
): { slots: Slot<Entry>[]; beside: Entry[] } {
  const slots: Slot<Entry>[] = [];
  const beside: Entry[] = [];
  let cluster: Slot<Entry>[] = [];
  let free: number[] = [];
  const close = () => {
    for (const slot of cluster) slot.lanes = free.length;
    slots.push(...cluster);
    [cluster, free] = [[], []];
  };
  for (const entry of entries) {
    const quarter = Math.min(Math.floor(entry.from / 15), 96 - LEAST_QUARTERS);
    // Where the clocks go back, an event may end before it began.
    const quarters = Math.max(LEAST_QUARTERS, Math.ceil(entry.to / 15) - quarter);
    if (free.every((until) => until <= quarter)) close();
    const place = free.findIndex((until) => until <= quarter);
    const lane = place === -1 ? free.length : place;
    if (lane >= most) {
      beside.push(entry);
      continue;
    }
    free[lane] = quarter + quarters;
    cluster.push({ entry, quarter, quarters, lane: lane + 1, lanes: 1 });
  }
  close();
  return { slots, beside };
}
