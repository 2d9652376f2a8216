/**
 * Every limit people can meet, in one place: pages show these numbers and code enforces them, so that what
 * `/help` says is what happens.
 */
export const limits = {
  page: 50,
  usersPerFile: 100_000,
  usersFileBytes: 50 * 1024 * 1024,
  personalContactsPerFile: 1_000,
  personalContactsFileBytes: 2 * 1024 * 1024,
  callsPerFile: 100_000,
  callsFileBytes: 50 * 1024 * 1024,
  vcardFileBytes: 20 * 1024 * 1024,
  /** One card with its photo, which base64 makes a third larger. */
  cardBytes: 8 * 1024 * 1024,
  personalContactsPerUser: 10_000,
  /** All of them stand beside the list. */
  contactGroupsPerUser: 1_000,
  csvColumns: 256,
  csvRowBytes: 100 * 1000,
  nameCharacters: 255,
  emailCharacters: 254,
  extensionCharacters: 20,
  /** A department, title or location, as their columns hold them. */
  detailCharacters: 191,
  passwordCharacters: { min: 12, max: 128 },
  photoBytes: 64 * 1024,
  photoUploadBytes: 5 * 1024 * 1024,
  invitationDays: 30,
  restoreDays: 30,
  /** Files of imports with their rows, and mails: they name people. */
  keptDays: 30,
  resetMinutes: 60,
  emailChangeHours: 24,
  sessionIdleHours: 8,
  sessionDays: 7,
  pastedAddresses: 100,
  /** A list of people to deactivate: rows, its file, the text when it is pasted. */
  deactivationRows: 20_000,
  deactivationFileBytes: 10 * 1024 * 1024,
  deactivationPastedBytes: 2 * 1024 * 1024,
  /** External contacts an administrator ends at once. */
  externalEndedAtOnce: 10_000,
  /** Domains external contacts may or may not be of, in each of the two lists. */
  domainsPerList: 1_000,
  /** Addresses put into a group at once, pasted or as a file. */
  groupAddresses: 10_000,
  groupFileBytes: 2 * 1024 * 1024,
  /** Views one person, or all administrators together, may have. */
  savedViews: 200,
  /** External contacts one person may have, and requests that may wait for or from them. */
  externalContacts: 1_000,
  externalRequestsWaiting: 200,
  externalFolders: 100,
  /** Addresses asked at once. */
  externalAddresses: 50,
  externalMessageCharacters: 500,
  externalNoteCharacters: 2_000,
  /** Requests sent in 24 hours: by one person, by one with a personal account, by everybody of an account. */
  externalRequestsADay: { person: 100, personal: 20, account: 2_000 },
  /** Invitation mails to one address in 24 hours, whoever asks; also from one sender to one who has an account. */
  externalMailsADay: 3,
  /** Mails about requests to one who has an account in 24 hours, whoever asks; all requests arrive all the same. */
  externalRequestMailsADay: 20,
  /** After a refusal the same person may be asked again. */
  externalRefusalDays: 30,
  /** Requests are kept so long after the day they would have ended on, answered or not. */
  externalRequestDays: 180,
  /** Cloud contacts kept of one mailbox, read or made here; of a mailbox that holds more the rest is not read. */
  cloudContactsPerConnection: 25_000,
  /** Contact folders read of one mailbox: all of them stand beside the list. */
  cloudFoldersPerConnection: 1_000,
  /** Calendars listed of one mailbox, and how many of them may be shown: those alone are read. */
  calendarsPerConnection: 250,
  calendarsChosen: 20,
  /** Days of calendars that are kept: from yesterday, midnight UTC, to so many days ahead. */
  calendarDaysAhead: 35,
  /** Events kept of one calendar, occurrences of series each for themselves, and attendees of one event. */
  eventsPerCalendar: 2_000,
  eventAttendees: 100,
  eventTextCharacters: 1024,
  /** Events of one page of the calendar. */
  eventsShown: 500,
  /** What colleagues see of a calendar that was not read for so long is unknown. */
  calendarFreshMinutes: 60,
  /** People whose free and busy times are looked up at once. */
  freeBusyPeople: 50,
  /** The history of synchronisation; what it changed can be undone for `restoreDays`. */
  syncRunDays: 90,
  /** Colleagues one person may star. */
  directoryStars: 1_000,
  /** What was said in one call, uploaded or fetched. */
  recordingBytes: 5 * 1024 * 1024,
  /** Tokens of an account that are in use at once. */
  apiTokens: 40,
  /** Calls reported at once, and the bytes of such a request. */
  apiCalls: 500,
  apiBodyBytes: 1024 * 1024,
  /** What one token may do in a minute: requests, and each reported call. */
  apiUsesAMinute: 30_000,
  /** Tokens nobody made that one place on the network may try in a quarter of an hour. */
  apiWrongTokens: 100,
  notificationDays: 90,
  notificationsInDigest: 1_000,
} as const;
