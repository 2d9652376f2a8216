import { roles, type Role } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { navigationFor } from '../web/navigation.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** `/help`: the numbers are those the code enforces. */
export function helpView(words: Words, reader: SignedIn | null) {
  return {
    finding: finding(words, reader),
    calls: reader?.features.phone ? calling(words, reader) : [],
    callLinks: reader && administers(reader) ? callLinks(words, reader) : [],
    contacts: reader?.features['personal-contacts'] ? keeping(words, reader) : [],
    mailboxes: reader?.features.integrations ? mailboxes(words, reader) : [],
    roles:
      reader && reader.account.kind !== 'personal' ? roles.map((role) => roleOf(words, role, reader)) : [],
    limits: limitSections(words, reader),
    keys: reader ? keysOf(words, reader) : [],
    keysNote: reader ? words.t(reader.shortcuts ? 'help.keys.on' : 'help.keys.off') : '',
    askText: words.t(`help.ask.${askerOf(reader)}`),
  };
}

function askerOf(reader: SignedIn | null): 'visitor' | 'personal' | 'member' | 'admin' {
  if (!reader) return 'visitor';
  if (reader.account.kind === 'personal') return 'personal';
  return administers(reader) ? 'admin' : 'member';
}

/** Whoever has an account of their own has nobody to administer. */
function administers({ account, role }: SignedIn): boolean {
  return account.kind !== 'personal' && role !== 'member';
}

/** Administrators are told what decides who is found, for they decide it. */
function finding(words: Words, reader: SignedIn | null): string[] {
  const decides = reader && administers(reader) ? ['kinds', 'see-as'] : [];
  const signedIn = reader ? ['everywhere', 'starred', 'one-card'] : [];
  return ['words', 'phone', 'missing', ...signedIn, ...decides].map((name) =>
    words.t(`help.finding.${name}`, { count: limits.directoryStars }),
  );
}

/** What one's calls are; administrators are told that they see nobody else's, and where calls come from. */
function calling(words: Words, reader: SignedIn): string[] {
  const all = administers(reader) ? ['administrators', 'come-from'] : [];
  return ['own', 'unknown', 'waiting', ...all].map((name) =>
    words.t(`help.calling.${name}`, { days: limits.restoreDays }),
  );
}

/** Where calls come from: only an owner gives tokens. */
function callLinks(words: Words, { role }: SignedIn): { href: string; label: string }[] {
  const tokens = { href: '/settings/tokens', label: words.t('tokens.title') };
  return [
    ...(role === 'owner' ? [tokens] : []),
    { href: '/api/docs', label: words.t('api-docs.title') },
    { href: '/calls/import', label: words.t('call-imports.title') },
  ];
}

/** What one's own contacts offer; administrators are told that they see nobody else's. */
function keeping(words: Words, reader: SignedIn): string[] {
  const days = { days: limits.restoreDays };
  const all = administers(reader) ? ['administrators'] : [];
  return ['own', 'files', 'same', 'undo', ...all].map((name) => words.t(`help.keeping.${name}`, days));
}

/** What a connected mailbox is; administrators are told how much of it they see. */
function mailboxes(words: Words, reader: SignedIn): string[] {
  const days = { days: limits.restoreDays };
  const all = administers(reader) ? ['administrators'] : [];
  return ['step', 'conflicts', 'undo', 'sign-in', 'calendar', 'free-busy', ...all].map((name) =>
    words.t(`help.mailbox.${name}`, days),
  );
}

function roleOf(words: Words, role: Role, reader: SignedIn): Line & { yours: boolean } {
  return {
    ...{ label: words.t(`users.role.${role}`), value: words.t(`help.role.${role}`) },
    yours: role === reader.role,
  };
}

interface Line {
  label: string;
  value: string;
}

/** Imports of people are the administrators' own; everybody else is spared those lines. */
function limitSections(words: Words, reader: SignedIn | null): { title: string; items: Line[] }[] {
  const line = (name: string, value: string): Line => ({ label: words.t(`help.limit.${name}`), value });
  const number = (value: number) => words.number(value);
  const text = (unit: string, count: number) => words.t(`help.unit.${unit}`, { count });
  const sections = [
    {
      title: words.t('help.limits.texts'),
      items: [
        line('page', text('lines', limits.page)),
        line('name', text('characters', limits.nameCharacters)),
        line('email', text('characters', limits.emailCharacters)),
        line('detail', text('characters', limits.detailCharacters)),
        line('extension', text('characters', limits.extensionCharacters)),
        line('password', words.t('help.unit.between', limits.passwordCharacters)),
        line('photo', words.bytes(limits.photoUploadBytes)),
      ],
    },
    {
      title: words.t('help.limits.times'),
      items: [
        line('invitation', text('days', limits.invitationDays)),
        line('reset', text('minutes', limits.resetMinutes)),
        line('email-change', text('hours', limits.emailChangeHours)),
        line('idle', text('hours', limits.sessionIdleHours)),
        line('session', text('days', limits.sessionDays)),
        line('restore', text('days', limits.restoreDays)),
      ],
    },
  ];
  const files = {
    title: words.t('help.limits.users'),
    items: [
      line('users-file', number(limits.usersPerFile)),
      line('users-file-size', words.bytes(limits.usersFileBytes)),
      line('columns', number(limits.csvColumns)),
      line('row', words.t('help.unit.kilobytes', { count: limits.csvRowBytes / 1000 })),
      line('kept', text('days', limits.keptDays)),
    ],
  };
  const administering = {
    title: words.t('help.limits.administering'),
    items: [
      line('pasted', number(limits.pastedAddresses)),
      line('group-addresses', number(limits.groupAddresses)),
      line('group-file-size', words.bytes(limits.groupFileBytes)),
      line('deactivation', number(limits.deactivationRows)),
      line('deactivation-size', words.bytes(limits.deactivationFileBytes)),
      line('domains', number(limits.domainsPerList)),
      line('external-ended', number(limits.externalEndedAtOnce)),
      line('views', number(limits.savedViews)),
      line('erased', text('days', limits.restoreDays)),
    ],
  };
  if (reader?.features['external-contacts']) sections.push(askedContacts(line, words, reader));
  if (reader?.features.phone) sections.push(keptCalls(line, words, reader));
  if (reader?.features['personal-contacts']) sections.push(keptContacts(line, words));
  if (reader?.features.integrations) sections.push(keptConnections(line, words));
  return reader && administers(reader) ? [...sections, files, administering] : sections;
}

function askedContacts(
  line: (name: string, value: string) => Line,
  words: Words,
  { account }: SignedIn,
): { title: string; items: Line[] } {
  const { person, personal } = limits.externalRequestsADay;
  return {
    title: words.t('help.limits.external'),
    items: [
      line('external-contacts', words.number(limits.externalContacts)),
      line('external-folders', words.number(limits.externalFolders)),
      line('external-addresses', words.number(limits.externalAddresses)),
      line('external-message', words.t('help.unit.characters', { count: limits.externalMessageCharacters })),
      line('external-note', words.t('help.unit.characters', { count: limits.externalNoteCharacters })),
      line('external-a-day', words.number(account.kind === 'personal' ? personal : person)),
      line('external-waiting', words.number(limits.externalRequestsWaiting)),
      line('external-days', words.t('help.unit.days', { count: limits.invitationDays })),
      line('external-kept', words.t('help.unit.days', { count: limits.externalRequestDays })),
      line('external-mails', words.number(limits.externalMailsADay)),
      line('external-request-mails', words.number(limits.externalRequestMailsADay)),
      line('external-refusal', words.t('help.unit.days', { count: limits.externalRefusalDays })),
    ],
  };
}

/** What a mailbox holds has the limits of its provider; here are those of what is kept of it. */
function keptConnections(
  line: (name: string, value: string) => Line,
  words: Words,
): { title: string; items: Line[] } {
  const restored = words.t('help.unit.days', { count: limits.restoreDays });
  return {
    title: words.t('help.limits.integrations'),
    items: [
      line('cloud-contacts', words.number(limits.cloudContactsPerConnection)),
      line('cloud-folders', words.number(limits.cloudFoldersPerConnection)),
      line('cloud-bin', restored),
      line('conflicts', restored),
      line('runs', words.t('help.unit.days', { count: limits.syncRunDays })),
      line('ended-connections', restored),
      line('resting-sign-ins', restored),
    ],
  };
}

/** How long calls are kept is what the company chose: that stands in its settings. */
function keptCalls(
  line: (name: string, value: string) => Line,
  words: Words,
  reader: SignedIn,
): { title: string; items: Line[] } {
  const file = administers(reader) ? [line('calls-file', words.number(limits.callsPerFile))] : [];
  return {
    title: words.t('common.nav.calls'),
    items: [
      line('recording', words.bytes(limits.recordingBytes)),
      line('calls-bin', words.t('help.unit.days', { count: limits.restoreDays })),
      ...file,
    ],
  };
}

function keptContacts(
  line: (name: string, value: string) => Line,
  words: Words,
): { title: string; items: Line[] } {
  return {
    title: words.t('help.limits.contacts'),
    items: [
      line('contacts', words.number(limits.personalContactsPerUser)),
      line('contact-groups', words.number(limits.contactGroupsPerUser)),
      line('contacts-file', words.number(limits.personalContactsPerFile)),
      line('contacts-file-size', words.bytes(limits.personalContactsFileBytes)),
      line('vcard-file-size', words.bytes(limits.vcardFileBytes)),
      line('card-size', words.bytes(limits.cardBytes)),
      line('bin', words.t('help.unit.days', { count: limits.restoreDays })),
    ],
  };
}

function keysOf(words: Words, reader: SignedIn) {
  const pages = navigationFor({
    role: reader.role,
    kind: reader.account.kind,
    features: Object.entries(reader.features)
      .filter(([, on]) => on)
      .map(([feature]) => feature),
    mailPage: false,
    path: '',
    words,
  }).flatMap(({ items }) => items);
  return [
    { keys: ['/'], label: words.t('common.keys.search') },
    { keys: ['Ctrl', 'K'], label: words.t('common.keys.palette') },
    ...pages.flatMap(({ key, label }) => (key ? [{ keys: ['g', key], label }] : [])),
    { keys: ['n'], label: words.t('common.keys.new') },
    { keys: ['x'], label: words.t('common.keys.tick') },
    { keys: ['?'], label: words.t('common.keys.help') },
  ];
}
