import { inLanes } from './lanes.js';
import { localDays } from '../days.js';
import { onDays } from './entries.js';

const at = (from: number, to: number) => ({ from: from * 60, to: to * 60 });
const placed = (...entries: { from: number; to: number }[]) =>
  inLanes(entries).slots.map(({ lane, lanes }) => `${lane}/${lanes}`);

describe('Events of a day', () => {
  it('stand side by side where they overlap, and alone where they do not', () => {
    expect(placed(at(9, 10), at(10, 11))).toEqual(['1/1', '1/1']);
    expect(placed(at(9, 12), at(9.5, 10), at(10, 11), at(13, 14))).toEqual(['1/2', '2/2', '2/2', '1/1']);
    expect(placed(at(9, 9), at(9.25, 9.5))).toEqual(['1/2', '2/2']);
    const many = inLanes(Array.from({ length: 7 }, () => at(9, 10)));
    expect([many.slots.length, many.beside.length]).toEqual([5, 2]);
    expect(inLanes([at(23.9, 24)]).slots).toMatchObject([{ quarter: 94, quarters: 2 }]);
  });
});

describe('An event', () => {
  const zone = 'Europe/Paris';
  const days = localDays('2026-11-24', 3, zone);
  const event = (startsAt: string, endsAt: string, allDay = false) => ({
    ...{ startsAt: new Date(startsAt), endsAt: new Date(endsAt), allDay },
  });
  const shown = (...events: ReturnType<typeof event>[]) =>
    onDays(events, days, zone).map(({ whole, timed }) =>
      [...whole, ...timed].map((each) =>
        each.whole
          ? `${each.place}/${each.of}`
          : `${each.startsBefore ? '<' : each.from}-${each.endsAfter ? '>' : each.to}`,
      ),
    );

  it('is on each of its days, and not on the one it ends with', () => {
    // 22:00 to 2:00, and 22:00 to midnight, in Paris.
    expect(shown(event('2026-11-24T21:00Z', '2026-11-25T01:00Z'))).toEqual([['1320->'], ['<-120'], []]);
    expect(shown(event('2026-11-24T21:00Z', '2026-11-24T23:00Z'))).toEqual([['1320-1440'], [], []]);
    // Over two nights: the day between is filled.
    expect(shown(event('2026-11-24T21:00Z', '2026-11-26T08:00Z'))).toEqual([['1320->'], ['1/1'], ['<-540']]);
  });

  it('of whole days is on those days in every time zone', () => {
    const holiday = event('2026-11-25T00:00Z', '2026-11-27T00:00Z', true);
    expect(shown(holiday)).toEqual([[], ['1/2'], ['2/2']]);
    for (const there of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      const found = onDays([holiday], localDays('2026-11-24', 4, there), there);
      expect(found.map(({ whole }) => whole.length)).toEqual([0, 1, 1, 0]);
    }
  });

  it('that takes no time is there once', () => {
    expect(shown(event('2026-11-24T23:00Z', '2026-11-24T23:00Z'))).toEqual([[], ['0-0'], []]);
    expect(shown(event('2026-11-25T00:00Z', '2026-11-25T00:00Z', true))).toEqual([[], ['1/1'], []]);
  });
});
