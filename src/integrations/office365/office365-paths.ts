import { EXPAND } from './extended-properties.js';
import { SELECTED } from './office365.mapping.js';

/** Ids may hold `/`, `+` and `=`. */
const id = encodeURIComponent;

/** Spaces as `%20`: a `+` is not read as one everywhere. */
function query(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

const FOLDER = query({ $select: 'id,displayName,parentFolderId', $top: '100' });
const CONTACT = query({ $select: SELECTED, $expand: EXPAND });
/** What may have changed of a contact is seen in its change key. */
const LISTED = query({ $select: 'changeKey,parentFolderId' });

const EVENT = [
  ...[
    'subject',
    'start',
    'end',
    'isAllDay',
    'isCancelled',
    'isOrganizer',
    'location',
    'sensitivity',
    'showAs',
    'type',
  ],
  ...[
    'responseStatus',
    'organizer',
    'attendees',
    'onlineMeeting',
    'onlineMeetingUrl',
    'webLink',
    'seriesMasterId',
  ],
].join(',');

function windowOf(from: Date, to: Date): string {
  return query({ startDateTime: from.toISOString(), endDateTime: to.toISOString() });
}

/** Addresses below the version. */
export const paths = {
  foldersDelta: `/me/contactFolders/delta?${query({ $select: 'id,displayName,parentFolderId' })}`,
  folders: `/me/contactFolders?${FOLDER}`,
  /** Listed nowhere; `contacts` is the one name contact folders have (contactFolder, wellKnownName). */
  defaultFolder: `/me/contactFolders/contacts?${query({ $select: 'id,displayName,parentFolderId' })}`,
  /** Any contact of the default folder says where it is. */
  oneOfDefault: `/me/contacts?${query({ $select: 'parentFolderId', $top: '1' })}`,
  folder: (folderId: string) =>
    `/me/contactFolders/${id(folderId)}?${query({ $select: 'id,parentFolderId' })}`,
  childFolders: (folderId: string) => `/me/contactFolders/${id(folderId)}/childFolders?${FOLDER}`,
  contactsDelta: (folderId: string) => `/me/contactFolders/${id(folderId)}/contacts/delta?${LISTED}`,
  contactsIn: (folderId: string) => `/me/contactFolders/${id(folderId)}/contacts`,
  contactsWhere: (folderId: string, filter: string) =>
    `/me/contactFolders/${id(folderId)}/contacts?${query({ $filter: filter })}&${CONTACT}`,
  contact: (contactId: string) => `/me/contacts/${id(contactId)}`,
  wholeContact: (contactId: string) => `/me/contacts/${id(contactId)}?${CONTACT}`,
  calendars: `/me/calendars?${query({ $select: 'id,name,hexColor,isDefaultCalendar', $top: '100' })}`,
  me: `/me?${query({ $select: 'mail,userPrincipalName' })}`,
  /** It takes no `$select` (event: delta). */
  calendarViewDelta: (calendarId: string, from: Date, to: Date) =>
    `/me/calendars/${id(calendarId)}/calendarView/delta?${windowOf(from, to)}`,
  event: (eventId: string) => `/me/events/${id(eventId)}?${query({ $select: EVENT })}`,
  /** What a series has in a window: also what was changed of it, and not what was deleted. */
  instances: (seriesId: string, from: Date, to: Date) =>
    `/me/events/${id(seriesId)}/instances?${windowOf(from, to)}&${query({ $select: EVENT, $top: '100' })}`,
  contactKeys: (contactId: string) => `/me/contacts/${id(contactId)}?${LISTED}`,
};
