import { radioGroup } from '../../../web/fields.js';
import { type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { problemText, providerName } from '../../contacts/cloud-words.js';
import { type Availability } from '../availability.query.js';
import { type CalendarMailbox, type OwnCalendar } from '../calendars.service.js';
import { availabilityView } from './availability.view.js';
import { capital } from './calendar-words.js';
import { CALENDAR, CALENDARS } from './calendar.state.js';
import { bannersOf, emptyOf, type CalendarRead } from './calendar.view.js';

export interface CalendarsRead extends Pick<CalendarRead, 'mailboxes' | 'withoutCalendar'> {
  freeBusy: boolean;
  availability: Availability;
  now: Date;
}

/** `/calendar/calendars`: which calendars are shown, and who may see when one is free or busy. */
export function calendarsView(words: Words, reader: SignedIn, read: CalendarsRead) {
  const { mailboxes, freeBusy } = read;
  return {
    title: words.t('calendar.calendars.title'),
    text: words.t('calendar.calendars.text'),
    backHref: CALENDAR,
    banners: bannersOf(words, mailboxes, true),
    empty: mailboxes.length === 0 ? emptyOf(words, read) : null,
    action: CALENDARS,
    mailboxes: mailboxes.map((mailbox) => mailboxView(words, mailbox)),
    // An account of one's own has no colleagues.
    sharing:
      reader.account.kind === 'personal' || mailboxes.length === 0
        ? null
        : sharingView(words, reader, read, freeBusy),
  };
}

function mailboxView(
  words: Words,
  { connectionId, provider, accountName, listedAt, calendars }: CalendarMailbox,
) {
  const legend = words.t('calendar.calendars.legend', { account: accountName });
  return {
    provider: providerName(words, provider),
    nothing:
      calendars.length > 0
        ? ''
        : words.t(listedAt === null ? 'calendar.calendars.none-listed' : 'calendar.calendars.none'),
    legend,
    shown: calendars.map(({ id }) => id),
    names: calendars.map((calendar) => calendarView(words, calendar)),
    id: connectionId,
  };
}

function calendarView(words: Words, calendar: OwnCalendar) {
  const { id, name, colour, isPrimary, access, chosen, problem, readAt } = calendar;
  const reading = problem
    ? problemText(words, problem)
    : readAt
      ? words.t('calendar.calendars.read', { when: words.relative(readAt) })
      : words.t('calendar.calendars.unread');
  const hints = [
    isPrimary ? words.t('calendar.calendars.own') : '',
    access === 'busy' ? words.t('calendar.calendars.busy-only') : '',
    chosen ? reading : '',
  ].filter((hint) => hint !== '');
  return {
    id,
    name,
    colour,
    checked: chosen,
    troubled: chosen && problem !== null,
    hint: capital(hints.join(' · ')),
  };
}

function sharingView(
  words: Words,
  reader: SignedIn,
  { availability, now }: CalendarsRead,
  freeBusy: boolean,
) {
  const preview = availabilityView(words, availability, {
    now,
    name: reader.displayName,
    zone: words.timeZone,
  });
  return {
    action: `${CALENDARS}/sharing`,
    fields: [
      radioGroup(words, {
        ...{ name: 'freeBusy', labelKey: 'calendar.sharing.question', value: freeBusy ? 'yes' : 'no' },
        options: (['yes', 'no'] as const).map((value) => ({
          value,
          labelKey: `calendar.sharing.${value}`,
          hintKey: `calendar.sharing.${value}-hint`,
        })),
      }),
    ],
    previewTitle: words.t(freeBusy ? 'calendar.sharing.preview' : 'calendar.sharing.preview-no'),
    preview: availability.state === 'known' ? preview : null,
    previewNone: words.t('calendar.sharing.preview-none', { text: preview.now }),
  };
}
