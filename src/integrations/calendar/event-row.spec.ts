import { type RemoteEvent } from '../calendar-connector.js';
import { calendarOf, contentOf } from './event-row.js';

const window = { from: new Date('2026-11-21T00:00Z'), to: new Date('2026-12-27T00:00Z') };

const event = (parts: Partial<RemoteEvent> = {}): RemoteEvent => ({
  ...{ remoteId: 'one', seriesId: null, allDay: false, title: 'Budget', location: null, isPrivate: false },
  ...{ startsAt: new Date('2026-11-22T09:00Z'), endsAt: new Date('2026-11-22T10:00Z'), shownAs: 'busy' },
  ...{ response: 'organizer', organizer: null, attendees: [], attendeeCount: 0, joinUrl: null, webUrl: null },
  ...parts,
});
const kept = (parts: Partial<RemoteEvent>) => contentOf(event(parts), window);

describe('what is kept of an event', () => {
  it('is nothing of a private one but its time, whatever its provider says', () => {
    const ada = { name: 'Ada', email: 'ada@nord.example' };
    const secret = {
      title: 'Oncologist',
      location: 'Ward 7',
      organizer: ada,
      attendees: [ada],
      attendeeCount: 3,
    };
    expect(kept({ ...secret, isPrivate: true, joinUrl: 'https://meet.example/ada' })).toMatchObject({
      ...{ title: null, location: null, organizer: null, attendees: '[]', attendeeCount: 0, joinUrl: null },
      startsAt: event().startsAt,
    });
  });

  it('is cut between characters, and has no halves of them', () => {
    const { title } = kept({ title: '🌲'.repeat(3000) })!;
    expect(title).toBe('🌲'.repeat(1024));
    expect(kept({ title: ' \u0000\n ' })!.title).toBeNull();
    expect(kept({ title: 'a\ud800b\u0007c' })!.title).toBe('a\ufffdb c');
  });

  it('turns nothing around it, and hides nothing', () => {
    const ada = { name: '\u2067Ada\u202e', email: 'ada\u202e@nord.example\u200b' };
    const said = kept({
      title: 'Pay\u202e fdp.exe',
      location: '\u2066Ward\u2069 \u200b7',
      attendees: [ada],
    })!;
    expect(said).toMatchObject({ title: 'Pay fdp.exe', location: 'Ward 7' });
    expect(JSON.parse(said.attendees)).toEqual([{ name: 'Ada', email: 'ada@nord.example' }]);
    expect(kept({ title: '\u202e\u200b' })!.title).toBeNull();
  });

  it('leaves out what no column holds', () => {
    expect(kept({ remoteId: 'x'.repeat(513) })).toBeNull();
    expect(kept({ remoteId: 'é' })).toBeNull();
    expect(kept({ remoteId: '' })).toBeNull();
    expect(kept({ startsAt: new Date(NaN) })).toBeNull();
    expect(kept({ seriesId: 'é' })!.seriesId).toBeNull();
    expect(kept({ attendeeCount: NaN })!.attendeeCount).toBe(0);
    expect(kept({ shownAs: 'dancing' as never })!.shownAs).toBe('busy');
    const attendees = [
      { name: null, email: 'no address' },
      { name: 'x'.repeat(999), email: null },
    ];
    expect(JSON.parse(kept({ attendees })!.attendees)).toEqual([
      { name: null, email: null },
      { name: 'x'.repeat(255), email: null },
    ]);
  });

  it('bounds hostile dates', () => {
    const eternal = { startsAt: new Date('-200000-01-01T00:00Z'), endsAt: new Date('+200000-01-01T00:00Z') };
    expect(kept(eternal)).toMatchObject({
      ...{ startsAt: new Date('1900-01-01T00:00Z'), endsAt: new Date('9999-12-31T00:00Z') },
    });
    const backwards = { startsAt: event().endsAt, endsAt: event().startsAt };
    expect(kept(backwards)).toMatchObject({ startsAt: event().endsAt, endsAt: event().endsAt });
    expect(kept({ allDay: true })).toMatchObject({
      ...{ startsAt: new Date('2026-11-22T00:00Z'), endsAt: new Date('2026-11-23T00:00Z') },
    });
  });

  it('is what reaches into the window', () => {
    const at = (from: string, to: string) =>
      kept({ startsAt: new Date(from), endsAt: new Date(to) }) !== null;
    expect(at('2026-11-20T00:00Z', '2026-11-21T00:00Z')).toBe(false);
    expect(at('2026-11-20T00:00Z', '2026-11-21T00:01Z')).toBe(true);
    expect(at('2026-11-21T00:00Z', '2026-11-21T00:00Z')).toBe(true);
    expect(at('2026-12-27T00:00Z', '2026-12-28T00:00Z')).toBe(false);
  });

  it('has no attendee who is the person', () => {
    const attendees = [
      { name: 'Ada', email: 'Ada@Nord.example' },
      { name: 'Grace', email: 'grace@nord.example' },
    ];
    const content = contentOf(event({ attendees, attendeeCount: 2 }), window, new Set(['ada@nord.example']))!;
    expect(JSON.parse(content.attendees)).toEqual([attendees[1]]);
    expect(content.attendeeCount).toBe(1);
  });

  it('has links of https alone', () => {
    expect(kept({ webUrl: 'javascript:alert(1)', joinUrl: 'http://meet.example' })).toMatchObject({
      ...{ webUrl: null, joinUrl: null },
    });
    expect(kept({ webUrl: 'https://ada:secret@meet.example/' })!.webUrl).toBeNull();
    expect(kept({ webUrl: 'https://meet.example/a b' })!.webUrl).toBe('https://meet.example/a%20b');
  });
});

describe('what is kept of a calendar', () => {
  it('has a name, and a colour where it is one', () => {
    const own = { remoteId: 'own', name: ' ', colour: 'red;}', isPrimary: true, access: 'details' as const };
    expect(calendarOf(own)).toMatchObject({ name: 'own', colour: null });
    expect(calendarOf({ ...own, colour: '#AbCdEf' })).toMatchObject({ colour: '#abcdef' });
    expect(calendarOf({ ...own, remoteId: 'é' })).toBeNull();
  });
});
