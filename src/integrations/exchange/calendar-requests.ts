import { limits } from '../../config/limits.js';
import { type CalendarWindow } from '../calendar-connector.js';
import { baseShape, fieldUri, folderById, HIDDEN, itemRequest } from './ews-requests.js';
import { type EwsRequest } from './ews.client.js';
import { element } from './soap.js';
import { isAtLeast, type ExchangeVersion } from './versions.js';

/** Occurrences of one answer: servers allow a thousand. */
export const EVENTS_A_VIEW = 500;

/** The calendar everybody has, and the bin, below which others are deleted. */
export function getCalendarAndBin(): EwsRequest {
  const names = ['calendar', 'deleteditems'];
  return {
    ...{ operation: 'GetFolder', aim: 'folder', repeatable: true, messages: names.length },
    body: element(
      'm:GetFolder',
      {},
      element('m:FolderShape', {}, baseShape('Default')),
      element('m:FolderIds', {}, ...names.map((Id) => element('t:DistinguishedFolderId', { Id }))),
    ),
  };
}

/** All folders of appointments, wherever they are. */
export function findCalendars(): EwsRequest {
  return {
    ...{ operation: 'FindFolder', aim: 'folder', repeatable: true, messages: 1 },
    body: element(
      'm:FindFolder',
      { Traversal: 'Deep' },
      element(
        'm:FolderShape',
        {},
        baseShape('Default'),
        element(
          't:AdditionalProperties',
          {},
          fieldUri('folder:ParentFolderId'),
          element('t:ExtendedFieldURI', { PropertyTag: HIDDEN, PropertyType: 'Boolean' }),
        ),
      ),
      element('m:IndexedPageFolderView', {
        ...{ MaxEntriesReturned: String(limits.calendarsPerConnection), Offset: '0', BasePoint: 'Beginning' },
      }),
      element(
        'm:Restriction',
        {},
        element(
          't:IsEqualTo',
          {},
          fieldUri('folder:FolderClass'),
          element('t:FieldURIOrConstant', {}, element('t:Constant', { Value: 'IPF.Appointment' })),
        ),
      ),
      element('m:ParentFolderIds', {}, element('t:DistinguishedFolderId', { Id: 'msgfolderroot' })),
    ),
  };
}

/** Occurrences of a range of moments; without `TimeZoneContext`, in which their times would be given. */
export function calendarView(
  folderId: string,
  { from, to }: CalendarWindow,
  version: ExchangeVersion,
): EwsRequest {
  const moment = (date: Date) => date.toISOString().replace(/\.\d+/, '');
  const wallClock = ['calendar:StartWallClock', 'calendar:EndWallClock'];
  return {
    ...{ operation: 'FindItem', aim: 'folder', repeatable: true, messages: 1 },
    body: element(
      'm:FindItem',
      { Traversal: 'Shallow' },
      element(
        'm:ItemShape',
        {},
        baseShape('IdOnly'),
        element(
          't:AdditionalProperties',
          {},
          ...['item:Subject', 'item:Sensitivity', 'calendar:UID', 'calendar:Start', 'calendar:End'].map(
            fieldUri,
          ),
          ...['calendar:IsAllDayEvent', 'calendar:LegacyFreeBusyStatus', 'calendar:Location'].map(fieldUri),
          ...['calendar:IsMeeting', 'calendar:IsCancelled', 'calendar:CalendarItemType'].map(fieldUri),
          ...['calendar:MyResponseType', 'calendar:TimeZone'].map(fieldUri),
          ...(isAtLeast(version, 'Exchange2013') ? wallClock : []).map(fieldUri),
        ),
      ),
      element('m:CalendarView', {
        ...{ MaxEntriesReturned: String(EVENTS_A_VIEW), StartDate: moment(from), EndDate: moment(to) },
      }),
      element('m:ParentFolderIds', {}, folderById(folderId)),
    ),
  };
}

/** Who is asked to meetings: FindItem does not say. */
export function getMeetings(ids: readonly string[], version: ExchangeVersion): EwsRequest {
  return itemRequest(
    ids,
    element(
      't:AdditionalProperties',
      {},
      ...['calendar:Organizer', 'calendar:RequiredAttendees', 'calendar:OptionalAttendees'].map(fieldUri),
      ...(isAtLeast(version, 'Exchange2013') ? ['calendar:JoinOnlineMeetingUrl'] : []).map(fieldUri),
    ),
  );
}
