import { fold } from '../../text/fold.js';

/** What a label of an address book means, in the languages Google writes them. */
export type LabelKind =
  | 'mobile'
  | 'work'
  | 'home'
  | 'main'
  | 'work-fax'
  | 'home-fax'
  | 'fax'
  | 'pager'
  | 'other'
  /** None of these: a word of the person's own. */
  | 'custom';

export interface ReadLabel {
  kind: LabelKind;
  /** Of a custom one, as it was written. */
  text: string;
  /** `* ` before it: the one that is used first. */
  primary: boolean;
}

export function readLabel(label: string): ReadLabel {
  const primary = label.startsWith('*');
  const text = primary ? label.slice(1).trim() : label;
  return { kind: text === '' ? 'other' : (kinds.get(keyOf(text)) ?? 'custom'), text, primary };
}

/** Left out when there is nothing custom about it. */
export function labelParameter({ kind, text }: ReadLabel): Record<string, string> {
  return kind === 'custom' ? { 'x-label': text } : {};
}

/** What vCard has a type for. */
export function typeParameter({ kind }: ReadLabel): Record<string, string> {
  return kind === 'work' || kind === 'home' ? { type: kind } : {};
}

const words: Record<Exclude<LabelKind, 'custom'>, readonly string[]> = {
  mobile: [
    ...['Mobile', 'Cell', 'Cellular', 'iPhone', 'Work Mobile', 'Mobile (work)', 'Portable', 'Mobile pro'],
    ...['Téléphone portable', 'Portable professionnel', 'GSM', 'Natel', 'Mobil', 'Handy', 'Mobiltelefon'],
    ...['Móvil', 'Celular', 'Cellulare', 'Mobiel', 'Telemóvel'],
  ],
  work: [
    ...['Work', 'Office', 'Business', 'Bureau', 'Travail', 'Professionnel', 'Pro', 'Arbeit', 'Geschäftlich'],
    ...['Beruflich', 'Büro', 'Trabajo', 'Oficina', 'Lavoro', 'Ufficio', 'Werk', 'Zakelijk', 'Trabalho'],
  ],
  home: [
    ...[
      'Home',
      'Personal',
      'Private',
      'Domicile',
      'Maison',
      'Personnel',
      'Privé',
      'Privat',
      'Zuhause',
      'Zu Hause',
    ],
    ...['Casa', 'Particular', 'Abitazione', 'Thuis', 'Privé', 'Pessoal'],
  ],
  main: [
    ...[
      'Main',
      'Primary',
      'Principal',
      'Standard',
      'Téléphone principal',
      'Haupt',
      'Hauptnummer',
      'Zentrale',
    ],
    ...['Principale', 'Hoofd', 'Hoofdnummer'],
  ],
  'work-fax': [
    ...[
      'Work Fax',
      'WorkFax',
      'Business Fax',
      'Fax (bureau)',
      'Fax bureau',
      'Fax professionnel',
      'Télécopie (bureau)',
    ],
    ...['Fax (travail)', 'Fax travail', 'Fax pro', 'Fax geschäftlich', 'Fax (geschäftlich)', 'Fax (Arbeit)'],
    ...[
      'Fax del trabajo',
      'Fax trabajo',
      'Fax ufficio',
      'Fax lavoro',
      'Fax werk',
      'Fax zakelijk',
      'Fax comercial',
    ],
  ],
  'home-fax': [
    ...['Home Fax', 'HomeFax', 'Fax (domicile)', 'Fax domicile', 'Fax personnel', 'Télécopie (domicile)'],
    ...[
      'Fax privat',
      'Fax (privat)',
      'Fax de casa',
      'Fax casa',
      'Fax abitazione',
      'Fax thuis',
      'Fax residencial',
    ],
  ],
  fax: ['Fax', 'Télécopie', 'Other Fax', 'Autre fax', 'Telefax'],
  pager: ['Pager', 'Bip', 'Récepteur de radiomessagerie', 'Buscapersonas', 'Cercapersone', 'Semafoon'],
  other: [
    ...[
      'Other',
      'Autre',
      'Autres',
      'Sonstige',
      'Andere',
      'Weitere',
      'Otro',
      'Otros',
      'Altro',
      'Overig',
      'Outro',
    ],
    ...['Internet', 'Voice'],
  ],
};

const kinds = new Map<string, LabelKind>(
  Object.entries(words).flatMap(([kind, names]) =>
    names.map((name) => [keyOf(name), kind as LabelKind] as const),
  ),
);

function keyOf(label: string): string {
  return fold(label).replace(/[^\p{L}\p{N}]+/gu, '');
}
