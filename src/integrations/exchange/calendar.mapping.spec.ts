import { readListed } from './calendar.mapping.js';
import { readXml } from './reader.js';

const listed = (inner: string) =>
  readListed(
    readXml(
      `<CalendarItem><ItemId Id="E"/><Subject>Oncologist</Subject><Location>Ward 7</Location>${inner}
       <Start>2026-11-22T09:00:00Z</Start><End>2026-11-22T10:00:00Z</End><IsMeeting>true</IsMeeting></CalendarItem>`,
    ),
  );

describe('An event of Exchange', () => {
  it.each(['Personal', 'Private', 'Confidential', 'constructor'])('says nothing where it is %s', (marked) => {
    expect(listed(`<Sensitivity>${marked}</Sensitivity>`)).toMatchObject({
      isMeeting: false,
      event: { isPrivate: true, title: null, location: null },
    });
  });

  it.each(['', '<Sensitivity>Normal</Sensitivity>'])(
    'says what it is about where it is normal: %j',
    (inner) => expect(listed(inner)?.event).toMatchObject({ isPrivate: false, title: 'Oncologist' }),
  );
});
