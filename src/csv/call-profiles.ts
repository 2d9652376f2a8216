import { headerKey } from './header-names.js';
import { columns, type Profile } from './profile.js';

/** What a row of a file of calls may say, in the order of the sample. */
export const callFields = [
  'callId',
  'user',
  'direction',
  'number',
  'name',
  'startedAt',
  'duration',
  'outcome',
  'voicemail',
] as const;

/**
 * What Asterisk says of a call instead (CDR specification, docs.asterisk.org): two channels and what became of them. Its start,
 * billed seconds and unique id are `startedAt`, `duration` and `callId`.
 */
export const asteriskFields = [
  'src',
  'dst',
  'clid',
  'channel',
  'dstchannel',
  'lastapp',
  'lastdata',
  'disposition',
  'linkedid',
] as const;

export type CallField = (typeof callFields)[number] | (typeof asteriskFields)[number];

/** What our own files call each column. */
export const callHeaders = {
  en: {
    callId: 'Call ID',
    user: 'User',
    direction: 'Direction',
    number: 'Number',
    name: 'Name',
    startedAt: 'Start',
    duration: 'Duration',
    outcome: 'Outcome',
    voicemail: 'Voicemail',
    error: 'Error',
    line: 'Line',
  },
  fr: {
    callId: 'Identifiant de l’appel',
    user: 'Utilisateur',
    direction: 'Sens',
    number: 'Numéro',
    name: 'Nom',
    startedAt: 'Début',
    duration: 'Durée',
    outcome: 'Résultat',
    voicemail: 'Messagerie vocale',
    error: 'Erreur',
    line: 'Ligne',
  },
} as const satisfies Record<'en' | 'fr', Record<(typeof callFields)[number] | 'error' | 'line', string>>;

/** Columns of Master.csv in the order cdr_csv writes them: the first 16 always, the others as cdr.conf asks for them. */
export const masterColumns = [
  ...['accountcode', 'src', 'dst', 'dcontext', 'clid', 'channel', 'dstchannel', 'lastapp', 'lastdata'],
  ...['start', 'answer', 'end', 'duration', 'billsec', 'disposition', 'amaflags'],
  ...['uniqueid', 'userfield', 'peeraccount', 'linkedid', 'sequence'],
];

export const callProfiles: Profile<CallField>[] = [
  ...(['en', 'fr'] as const).map((locale): Profile<CallField> => {
    const { error, line, ...names } = callHeaders[locale];
    return {
      id: `carnet-${locale}`,
      locale,
      markers: [names.user, names.startedAt],
      columns: columns<CallField>({
        ...Object.fromEntries(Object.entries(names).map(([field, name]) => [field, [name]])),
        'not-taken': [error, line],
      }),
    };
  }),
  {
    // As databases and FreePBX export the same records, with a header.
    id: 'asterisk',
    foreign: true,
    markers: ['dcontext', 'dstchannel', 'lastapp', 'disposition'],
    columns: columns<CallField>({
      src: ['src'],
      dst: ['dst'],
      clid: ['clid'],
      channel: ['channel'],
      dstchannel: ['dstchannel'],
      lastapp: ['lastapp'],
      lastdata: ['lastdata'],
      disposition: ['disposition'],
      linkedid: ['linkedid'],
      callId: ['uniqueid'],
      startedAt: ['start', 'calldate'],
      duration: ['billsec'],
      'not-taken': [
        ...['accountcode', 'dcontext', 'answer', 'end', 'duration', 'amaflags', 'userfield', 'peeraccount'],
        ...['sequence', 'recordingfile', 'cnum', 'cnam', 'outbound_cnum', 'outbound_cnam', 'dst_cnam', 'did'],
      ],
    }),
  },
  {
    id: 'generic-en',
    locale: 'en',
    generic: true,
    columns: columns<CallField>({
      callId: ['Call-ID', 'ID', 'UUID', 'Unique ID', 'Call UUID', 'Reference'],
      user: ['Extension', 'Ext', 'Email', 'Employee', 'User email', 'Agent', 'Owner'],
      direction: ['Type', 'Call type', 'Call direction', 'In/Out'],
      number: ['Phone', 'Phone number', 'Other party', 'Remote number', 'Remote party', 'Party'],
      name: ['Caller name', 'Contact', 'Remote name', 'Display name'],
      startedAt: [
        'Date',
        'Time',
        'Date and time',
        'Date/Time',
        'Started',
        'Start time',
        'Call time',
        'Timestamp',
      ],
      duration: ['Seconds', 'Length', 'Talk time', 'Billsec', 'Call duration', 'Duration (s)'],
      outcome: ['Status', 'Result', 'Disposition', 'Call status', 'Call result'],
      voicemail: ['Message', 'Has voicemail'],
    }),
  },
  {
    id: 'generic-fr',
    locale: 'fr',
    generic: true,
    columns: columns<CallField>({
      callId: ['Identifiant', 'Identifiant appel', 'Référence', 'ID appel'],
      user: ['Poste', 'Numéro de poste', 'E-mail', 'Courriel', 'Collaborateur', 'Agent', 'Salarié'],
      direction: ['Type', 'Direction', 'Sens de l’appel', 'Type d’appel', 'Entrant/Sortant'],
      number: ['Téléphone', 'Numéro de téléphone', 'Correspondant', 'Numéro distant'],
      name: ['Nom du correspondant', 'Nom de l’appelant', 'Contact'],
      startedAt: ['Date', 'Heure', 'Date et heure', 'Heure de début', 'Début de l’appel', 'Horodatage'],
      duration: ['Secondes', 'Durée (s)', 'Durée de l’appel', 'Durée de communication'],
      outcome: ['Statut', 'État', 'Issue', 'Résultat de l’appel'],
      voicemail: ['Messagerie', 'Message', 'Message vocal', 'Répondeur'],
    }),
  },
];

/**
 * The columns of a file without a header, told by their shape: 16 to 21 of them, a time in the tenth and one of Asterisk's
 * words, or a cause as FreeSWITCH writes it, in the fifteenth; null for any other.
 */
export function masterFile(rows: readonly (readonly string[])[]): (CallField | null)[] | null {
  const isMaster = rows.length > 0 && rows.every(isMasterRow);
  if (!isMaster) return null;
  const width = Math.max(...rows.map((cells) => cells.length));
  const named = callProfiles.find(({ id }) => id === 'asterisk')?.columns;
  return Array.from({ length: width }, (_, column) => {
    const meaning = named?.get(headerKey(masterColumns[column] ?? ''));
    return meaning && 'field' in meaning ? meaning.field : null;
  });
}

function isMasterRow(cells: readonly string[]): boolean {
  return (
    cells.length >= 16 &&
    cells.length <= masterColumns.length &&
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(cells[9]?.trim() ?? '') &&
    /^(?:answered|no answer|busy|failed|congestion|[A-Z]+(?:_[A-Z]+)+)$/i.test(cells[14]?.trim() ?? '')
  );
}
