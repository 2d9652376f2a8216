import { contactFile, saying } from './contact-files.js';

/** What each file is read as, and what every person in it becomes, as a French account reads it. */
const files: [name: string, reading: object, people: object[]][] = [
  [
    'carnet-wrong.csv',
    { profile: 'carnet-en', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      { email: 'nameless@client.example', problems: ['displayName: name-missing'] },
      { displayName: 'Bad Mail', problems: ['email: email'] },
      { displayName: 'Two Mails', problems: ['email: email-several'] },
      { displayName: 'Two Numbers', problems: ['workPhone: phone-several'] },
      { displayName: 'Extension', problems: ['workPhone: phone-extension'] },
      { displayName: 'Destroyed', problems: ['mobilePhone: phone-destroyed'] },
      {
        displayName: 'Rebuilt',
        mobilePhone: '+33612345678',
        typedPhones: { mobilePhone: '3.3612345678E+10' },
        proposals: [['mobilePhone', '3.3612345678E+10', '+33612345678', 'phone-scientific']],
      },
      {
        displayName: 'National',
        mobilePhone: '+33612345678',
        typedPhones: { mobilePhone: '06 12 34 56 78' },
        proposals: [['mobilePhone', '06 12 34 56 78', '+33612345678', 'phone-no-plus']],
      },
      {
        displayName: 'Lost plus',
        mobilePhone: '+33612345678',
        typedPhones: { mobilePhone: '33612345678' },
        proposals: [['mobilePhone', '33612345678', '+33612345678', 'phone-no-plus']],
      },
      {
        displayName: 'Lost zero',
        mobilePhone: '+33612345678',
        typedPhones: { mobilePhone: '612345678' },
        proposals: [['mobilePhone', '612345678', '+33612345678', 'phone-no-plus']],
      },
      { displayName: 'Documented', mobilePhone: '+18881231234' },
      { displayName: 'Short', problems: ['mainPhone: phone-too-short'] },
      { displayName: 'Emoji 😀 ‎שלום', mobilePhone: '+33612345678', organization: '=1+1' },
      { displayName: 'x'.repeat(256), problems: ['displayName: too-long'] },
      { displayName: 'Bell\u0007', problems: ['displayName: control-characters'] },
    ],
  ],
  [
    'excel-fr.csv',
    { profile: 'generic-fr', encoding: 'utf-8', separator: ';', headerRow: 1 },
    [
      {
        displayName: 'Zoë LEFÈVRE',
        email: 'zoe@client.example',
        mobilePhone: '+33612345678',
        mainPhone: '+33140205050',
        organization: 'Forêt ; Fils',
        extra: [
          ['n', {}, 'text', ['LEFÈVRE', 'Zoë', '', '', '']],
          ['note', {}, 'text', 'dit "non"\nsouvent'],
        ],
        typedPhones: { mobilePhone: '06 12 34 56 78', mainPhone: '01 40 20 50 50' },
        proposals: [
          ['mobilePhone', '06 12 34 56 78', '+33612345678', 'phone-no-plus'],
          ['mainPhone', '01 40 20 50 50', '+33140205050', 'phone-no-plus'],
        ],
      },
      {
        displayName: 'Raúl Núñez',
        mobilePhone: '+34669033944',
        extra: [['n', {}, 'text', ['Núñez', 'Raúl', '', '', '']]],
        typedPhones: { mobilePhone: '0034669033944' },
        proposals: [['mobilePhone', '0034669033944', '+34669033944', 'phone-no-plus']],
      },
      {
        displayName: '+33 6 12 34 56 79',
        mobilePhone: '+33612345679',
        typedPhones: { mobilePhone: '+33 6 12 34 56 79' },
        proposals: [['displayName', '', '+33 6 12 34 56 79', 'name-from-number']],
      },
      {
        displayName: 'Mairie',
        organization: 'Mairie',
        proposals: [['displayName', '', 'Mairie', 'name-from-company']],
      },
    ],
  ],
  [
    'google-old.csv',
    { profile: 'google-old', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Lucía Ortega y Gasset',
        email: 'lucia@client.example',
        mobilePhone: '+34669033944',
        faxNumber: '+34911234567',
        mainPhone: '+34669033945',
        organization: 'Initech',
        extra: [
          ['n', {}, 'text', ['Ortega y Gasset', 'Lucía', '', '', '']],
          ['email', { type: 'work' }, 'text', 'lucia2@client.example'],
          ['email', { type: 'home' }, 'text', 'lucia@casa.example'],
          ['org', {}, 'text', ['Initech', 'Obras']],
          ['title', {}, 'text', 'Jefa'],
          ['role', {}, 'text', 'Arquitecta'],
          ['adr', { type: 'work' }, 'text', ['', '', 'Calle Mayor 1', 'Madrid', '', '28001', '']],
          ['adr', { type: 'work' }, 'text', ['', '', 'Calle Menor 2', 'Madrid', '', '28002', '']],
          ['bday', {}, 'date-and-or-time', '1975-12-12'],
          ['url', { 'x-label': 'Profile' }, 'uri', 'http://www.google.com/profiles/1'],
          ['related', { type: 'spouse' }, 'text', 'José'],
          ['gender', {}, 'text', 'F'],
          ['impp', { 'x-service-type': 'Skype' }, 'text', 'lucia.o'],
        ],
        groups: ['Navy'],
      },
      {
        displayName: '+34 911 23 45 68',
        mainPhone: '+34911234568',
        typedPhones: { mainPhone: '+34 911 23 45 68' },
      },
    ],
  ],
  [
    'google-outlook.csv',
    { profile: 'google-outlook', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Chloé Pâquet',
        email: 'chloe@client.example',
        homePhone: '+33545050521',
        mobilePhone: '+33611054770',
        organization: 'Hernández y Cía.',
        extra: [
          ['n', {}, 'text', ['Pâquet', 'Chloé', '', '', '']],
          [
            'adr',
            { type: 'home', label: '2 rue du Bois\nAppartement 4\n16000 Angoulême\nFrance' },
            'text',
            ['', '', '2 rue du Bois', 'Angoulême', '', '16000', 'France'],
          ],
          ['bday', {}, 'date-and-or-time', '1990-02-28'],
          ['x-carnet-field', { 'x-label': 'Initials' }, 'text', 'C.P.'],
        ],
        groups: ['Clients'],
        typedPhones: { mobilePhone: '+33 6 11 05 47 70' },
      },
      {
        displayName: 'Elf–Aquitaine',
        workPhone: '+33140205050',
        mainPhone: '+33612345678',
        organization: 'Elf–Aquitaine',
        typedPhones: { workPhone: '01 40 20 50 50 / 06 12 34 56 78', mainPhone: '06 12 34 56 78' },
        proposals: [
          [
            'workPhone',
            '01 40 20 50 50 / 06 12 34 56 78',
            '+33140205050 ::: +33612345678',
            'phone-first-of-several',
          ],
          ['displayName', '', 'Elf–Aquitaine', 'name-from-company'],
        ],
      },
    ],
  ],
  [
    'google.csv',
    { profile: 'google', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Grégoire de La Fontaine',
        email: 'gregoire@btp.example',
        workPhone: '+33341111281',
        mobilePhone: '+33688025612',
        faxNumber: '+33341111283',
        mainPhone: '+33341111282',
        organization: 'BTP Forêt+',
        extra: [
          ['n', {}, 'text', ['de La Fontaine', 'Grégoire', '', 'M.', '']],
          ['email', { type: 'home' }, 'text', 'greg@maison.example'],
          ['tel', { 'x-label': 'Chalet' }, 'text', '+41319280960'],
          ['org', {}, 'text', ['BTP Forêt+', 'Terrain']],
          ['title', {}, 'text', 'Géomètre'],
          ['adr', { type: 'home' }, 'text', ['', '', '4 rue du Port', 'Vannes', '', '56000', 'France']],
          ['bday', {}, 'date-and-or-time', '--04-12'],
          ['anniversary', {}, 'date-and-or-time', '2004-06-05'],
          ['url', { type: 'work' }, 'uri', 'https://btp.example'],
          ['related', { type: 'spouse' }, 'text', 'Hélène'],
          ['x-carnet-field', { 'x-label': 'File As' }, 'text', 'La Fontaine, Grégoire de'],
          ['x-carnet-field', { 'x-label': 'Pointure' }, 'text', '43'],
          ['note', {}, 'text', 'Ligne "une"\nligne deux'],
        ],
        groups: ['Clients', 'Marine'],
        typedPhones: { mobilePhone: '+33 6 88 02 56 12', faxNumber: '03 41 11 12 83' },
        proposals: [['phone.3.value', '03 41 11 12 83', '+33341111283', 'phone-no-plus']],
      },
      {
        displayName: 'spam@list.example',
        email: 'spam@list.example',
        extra: [['n', {}, 'text', ['', 'spam@list.example', '', '', '']]],
      },
      {
        displayName: '+41 79 264 88 66',
        mobilePhone: '+41792648866',
        proposals: [['displayName', '', '+41 79 264 88 66', 'name-from-number']],
      },
      {
        displayName: 'Ambulance',
        extra: [
          ['n', {}, 'text', ['', 'Ambulance', '', '', '']],
          ['tel', {}, 'text', '144'],
        ],
        proposals: [['phone.1.value', '144', 'tel:144', 'phone-short']],
      },
      {
        displayName: 'Ski-Club Zürich',
        workPhone: '+41319280961',
        mobilePhone: '+41792648867',
        mainPhone: '+41319280962',
        organization: 'Ski-Club Zürich',
        typedPhones: { mobilePhone: '+41 79 264 88 67', mainPhone: 'ältere : +41319280962' },
        proposals: [['displayName', '', 'Ski-Club Zürich', 'name-from-company']],
      },
    ],
  ],
  [
    'outlook-en-older.csv',
    { profile: 'outlook-en', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Ada Byron',
        mobilePhone: '+447400123456',
        extra: [
          ['n', {}, 'text', ['Byron', 'Ada', '', '', '']],
          ['adr', { type: 'work' }, 'text', ['', '', '', '', '', '', 'United Kingdom']],
        ],
      },
    ],
  ],
  [
    'outlook-en.csv',
    { profile: 'outlook-en', encoding: 'windows-1252', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Aoife Mary Ó Súilleabháin',
        email: 'aoife@client.example',
        workPhone: '+35391123456',
        homePhone: '+35312345678',
        mobilePhone: '+353871234567',
        faxNumber: '+35391123458',
        mainPhone: '+35391123456',
        organization: "O'Reilly & Sons",
        extra: [
          ['n', {}, 'text', ['Ó Súilleabháin', 'Aoife', 'Mary', 'Dr', '']],
          ['email', {}, 'text', 'aoife.home@client.example'],
          ['tel', { type: 'work' }, 'text', '+35391123457'],
          ['org', {}, 'text', ["O'Reilly & Sons", 'Sales']],
          ['title', {}, 'text', 'Buyer'],
          ['adr', { type: 'work' }, 'text', ['', '', '1 Quay Street', 'Galway', '', 'H91', 'Ireland']],
          ['adr', { type: 'home' }, 'text', ['PO 7', '', '', 'Galway', '', '', '']],
          ['bday', {}, 'date-and-or-time', '1980-12-04'],
          ['x-carnet-field', { 'x-label': 'User 1' }, 'text', 'A'],
          ['note', {}, 'text', 'Said "call me",\ntwice.'],
        ],
        groups: ['Clients', 'Ireland'],
        typedPhones: {
          workPhone: '+353 91 123 456',
          homePhone: '+353 1 234 5678',
          mobilePhone: '+353 87 123 4567',
          faxNumber: '+353 91 123 458',
          mainPhone: '+353 91 123 456',
        },
        proposals: [['birthday', '4/12/1980', '1980-12-04', 'date-order']],
      },
      {
        displayName: 'Harbour Sales',
        email: 'sales@harbour.example',
        proposals: [['displayName', '', 'Harbour Sales', 'name-from-e-mail-name']],
      },
      {
        displayName: 'Karl-Heinz Müller Jr.',
        email: 'kh@mueller.example',
        workPhone: '+33301234567',
        extra: [
          ['n', {}, 'text', ['Müller', 'Karl-Heinz', '', '', 'Jr.']],
          ['bday', {}, 'date-and-or-time', '1975-12-25'],
          ['note', {}, 'text', 'not an address'],
        ],
        typedPhones: { workPhone: '030/1234567' },
        proposals: [
          ['workPhone', '030/1234567', '+33301234567', 'phone-no-plus'],
          ['notes', 'not an address', 'not an address', 'email-aside'],
        ],
      },
    ],
  ],
  [
    'outlook-fr-newer.csv',
    { profile: 'outlook-fr', encoding: 'windows-1252', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'André Noël',
        email: 'andre@noel.example',
        mainPhone: '+33240205072',
        extra: [
          ['n', {}, 'text', ['Noël', 'André', '', 'M.', '']],
          ['title', {}, 'text', 'Gérant'],
          ['adr', { type: 'home' }, 'text', ['', '', '', 'Rezé', '', '', 'France']],
          ['url', {}, 'uri', 'noel.example'],
          ['x-phonetic-last-name', {}, 'text', 'noèl'],
        ],
      },
    ],
  ],
  [
    'outlook-fr-older.csv',
    { profile: 'outlook-fr', encoding: 'windows-1252', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Agnès Benoît',
        email: 'agnes@benoit.example',
        extra: [
          ['n', {}, 'text', ['Benoît', 'Agnès', '', 'Dr', '']],
          ['title', {}, 'text', 'Médecin'],
          ['adr', { type: 'work' }, 'text', ['', '', '', 'Lyon', '', '', 'France']],
        ],
      },
    ],
  ],
  [
    'outlook-fr.csv',
    { profile: 'outlook-fr', encoding: 'windows-1252', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Noémie Le Guen',
        email: 'noemie.leguen@client.example',
        workPhone: '+33240205050',
        mobilePhone: '+33612345678',
        faxNumber: '+33240205051',
        organization: 'Atelier Forêt',
        extra: [
          ['n', {}, 'text', ['Le Guen', 'Noémie', '', 'Mme', '']],
          ['org', {}, 'text', ['Atelier Forêt', 'Études']],
          ['title', {}, 'text', 'Ingénieure'],
          [
            'adr',
            { type: 'work' },
            'text',
            [
              '',
              '3e étage',
              '12, rue des Œillets\nBâtiment C',
              'Nantes',
              'Pays de la Loire',
              '44000',
              'France',
            ],
          ],
          ['bday', {}, 'date-and-or-time', '1980-04-12'],
          ['related', { type: 'spouse' }, 'text', 'Yann'],
          ['note', {}, 'text', 'Préfère le matin.\nDit "oui" à tout.'],
        ],
        groups: ['Clients', 'Nantes'],
        typedPhones: {
          workPhone: '+33 2 40 20 50 50',
          mobilePhone: '06 12 34 56 78',
          faxNumber: '02 40 20 50 51',
        },
        proposals: [
          ['mobilePhone', '06 12 34 56 78', '+33612345678', 'phone-no-plus'],
          ['faxNumber', '02 40 20 50 51', '+33240205051', 'phone-no-plus'],
        ],
      },
      {
        displayName: 'François Marie d’Aubigné fils',
        email: 'francois@aubigne.example',
        workPhone: '+33140205061',
        homePhone: '+33140205060',
        mainPhone: '+33140205000',
        extra: [
          ['n', {}, 'text', ['d’Aubigné', 'François', 'Marie', '', 'fils']],
          ['url', {}, 'uri', 'https://aubigne.example'],
          ['x-carnet-field', { 'x-label': 'Account' }, 'text', 'C-1234'],
          ['x-carnet-field', { 'x-label': 'User 1' }, 'text', 'VIP'],
        ],
        typedPhones: {
          homePhone: '+33 1 40 20 50 60',
          workPhone: '+33 1 40 20 50 61',
          mainPhone: '+33 1 40 20 50 00',
        },
        proposals: [
          [
            'email',
            '/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=faubigne',
            '',
            'email-exchange',
          ],
        ],
      },
      {
        displayName: 'Boulangerie « Cœur d’Épi »',
        workPhone: '+33240205070',
        organization: 'Boulangerie « Cœur d’Épi »',
        typedPhones: { workPhone: '02 40 20 50 70 poste 12' },
        proposals: [
          ['workPhone', '02 40 20 50 70 poste 12', '+33240205070', 'phone-extension-dropped'],
          ['displayName', '', 'Boulangerie « Cœur d’Épi »', 'name-from-company'],
        ],
      },
      {
        displayName: 'contact@port.example',
        email: 'contact@port.example',
        workPhone: '+33240205071',
        typedPhones: { workPhone: '3,3240205071E+10' },
        proposals: [
          ['workPhone', '3,3240205071E+10', '+33240205071', 'phone-scientific'],
          ['displayName', '', 'contact@port.example', 'name-from-email'],
        ],
      },
      {
        displayName: 'Zoé Çelik',
        extra: [['n', {}, 'text', ['Çelik', 'Zoé', '', '', '']]],
        problems: ['mobilePhone: phone-destroyed'],
      },
      {
        displayName: 'Samu',
        mainPhone: '+33240205099',
        extra: [
          ['n', {}, 'text', ['', 'Samu', '', '', '']],
          ['tel', { type: 'work' }, 'text', '15'],
        ],
        proposals: [['workPhone', '15', 'tel:15', 'phone-short']],
      },
    ],
  ],
  [
    'outlook-web.csv',
    { profile: 'outlook-web', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: '欧阳敏',
        email: 'min@client.example',
        mobilePhone: '+8613807329885',
        organization: '欧阳茶业',
        extra: [
          ['n', {}, 'text', ['欧阳', '敏', '', '', '']],
          ['nickname', {}, 'text', 'Min'],
          ['title', {}, 'text', '采购'],
          ['bday', {}, 'date-and-or-time', '1975-12-12'],
          ['url', {}, 'uri', 'https://tea.example'],
          ['url', {}, 'uri', 'https://min.example'],
          ['impp', {}, 'text', 'min@chat.example'],
          ['x-phonetic-first-name', {}, 'text', 'Min'],
          ['x-phonetic-last-name', {}, 'text', 'Ouyang'],
          ['x-carnet-field', { 'x-label': 'Schools' }, 'text', '复旦大学'],
          ['note', {}, 'text', '第一行\n第二行'],
        ],
        typedPhones: { mobilePhone: '+86 138 0732 9885' },
      },
      {
        displayName: 'Мария Иванова',
        email: 'maria@client.example',
        workPhone: '+74951234567',
        extra: [
          ['n', {}, 'text', ['Иванова', 'Мария', '', '', '']],
          ['tel', { type: 'car' }, 'text', '+79161234567'],
          ['related', { type: 'spouse' }, 'text', 'Пётр'],
        ],
        typedPhones: { workPhone: '+7 495 123-45-67' },
      },
      {
        displayName: 'Mamie',
        homePhone: '+33240205073',
        extra: [['nickname', {}, 'text', 'Mamie']],
        proposals: [['displayName', '', 'Mamie', 'name-from-nickname']],
      },
    ],
  ],
  [
    'pipe.csv',
    { profile: 'generic-en', encoding: 'utf-8', separator: '|', headerRow: 1 },
    [
      {
        displayName: 'Ada Byron',
        email: 'ada@client.example',
        mobilePhone: '+447400123456',
        organization: 'Engines | Co',
        extra: [['n', {}, 'text', ['Byron', 'Ada', '', '', '']]],
        typedPhones: { mobilePhone: '+44 7400 123456' },
      },
      {
        displayName: '+44 7400 123457',
        mobilePhone: '+447400123457',
        proposals: [['displayName', '', '+44 7400 123457', 'name-from-number']],
      },
    ],
  ],
  [
    'saved-by-mac.csv',
    { profile: 'outlook-fr', encoding: 'windows-1252-misread', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'François Noël Lefèvre',
        email: 'f@client.example',
        organization: 'Forêt',
        extra: [['n', {}, 'text', ['Lefèvre', 'François', 'Noël', '', '']]],
      },
    ],
  ],
  [
    'thunderbird-en.csv',
    { profile: 'thunderbird-en', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Harry Le Fanu (Dublin)',
        email: 'harry@client.example',
        workPhone: '+35312345679',
        mobilePhone: '+447456321395',
        organization: 'Ghosts Ltd',
        extra: [
          ['n', {}, 'text', ['Le Fanu', 'Harry', '', '', '']],
          ['nickname', {}, 'text', 'Haz'],
          ['email', {}, 'text', 'harry@home.example'],
          ['tel', { type: 'pager' }, 'text', 'B-42'],
          ['title', {}, 'text', 'Writer'],
          ['adr', { type: 'work' }, 'text', ['', '', '', 'Galway', 'Connacht', '', '']],
          [
            'adr',
            { type: 'home' },
            'text',
            ['', '', '1 Merrion Square\nFlat 2', 'Dublin', '', 'D02', 'Ireland'],
          ],
          ['bday', {}, 'date-and-or-time', '1984-08-28'],
          ['url', {}, 'uri', 'https://work.example'],
          ['url', {}, 'uri', 'https://home.example'],
          ['impp', {}, 'text', 'haz99'],
          ['x-carnet-field', { 'x-label': 'User 1' }, 'text', 'likes "green tea"'],
          ['note', {}, 'text', 'line one\nline two'],
        ],
        typedPhones: { workPhone: '+353 1 234 5679', mobilePhone: '+44 7456 321395' },
      },
      { displayName: 'Team list', extra: [['bday', {}, 'date-and-or-time', '--04-12']] },
      {
        displayName: 'only@mail.example',
        email: 'only@mail.example',
        proposals: [['displayName', '', 'only@mail.example', 'name-from-email']],
      },
    ],
  ],
  [
    'thunderbird-fr.csv',
    { profile: 'thunderbird-fr', encoding: 'utf-8', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'Jean-François du Châtelet',
        email: 'jf@client.example',
        workPhone: '+33545050521',
        mobilePhone: '+33611054770',
        extra: [
          ['n', {}, 'text', ['du Châtelet', 'Jean-François', '', '', '']],
          ['title', {}, 'text', 'Notaire'],
          ['adr', { type: 'work' }, 'text', ['', '', '', 'Bordeaux', 'Gironde', '33000', 'France']],
          [
            'adr',
            { type: 'home' },
            'text',
            ['', '', '3, quai Sud', 'Angoulême', 'Charente', '16000', 'France'],
          ],
          ['bday', {}, 'date-and-or-time', '1961-12-01'],
        ],
        typedPhones: { workPhone: '05 45 05 05 21' },
        proposals: [['workPhone', '05 45 05 05 21', '+33545050521', 'phone-no-plus']],
      },
    ],
  ],
  [
    'utf8-twice.csv',
    { profile: 'generic-fr', encoding: 'utf-8-misread', separator: ',', headerRow: 1 },
    [
      {
        displayName: 'François Lefèvre',
        mainPhone: '+33612345678',
        organization: 'Forêt',
        extra: [['n', {}, 'text', ['Lefèvre', 'François', '', '', '']]],
      },
    ],
  ],
  [
    'version-line.csv',
    { profile: 'generic-en', encoding: 'utf-8', separator: ',', headerRow: 3 },
    [{ displayName: 'Ada Byron', email: 'ada@client.example', mainPhone: '+447400123456' }],
  ],
];

it.each(files)('%s', async (name, expected, people) => {
  const { reading, people: composed } = await contactFile(name);
  expect(reading).toMatchObject(expected);
  expect(composed.map(saying)).toEqual(people);
});

it.each(['excel-unicode-text.txt', 'excel-mac.csv', 'sep-line.csv'])(
  'reads the same people from %s as from Excel’s UTF-8',
  async (name) => {
    const { people } = await contactFile(name);
    expect(people.map(saying)).toEqual((await contactFile('excel-fr.csv')).people.map(saying));
  },
);

describe('our own files', () => {
  it.each([
    'carnet-50.utf8-fr.csv',
    'carnet-50.utf8bom-semicolon-crlf.csv',
    'carnet-50.utf16le-tab-crlf.csv',
    'carnet-50.excel-apostrophe.csv',
    'carnet-50.typographic-apostrophe.csv',
  ])('hold the same people in %s, and nothing is asked', async (name) => {
    const { people } = await contactFile(name);
    const plain = await contactFile('carnet-50.utf8.csv');
    expect(people).toHaveLength(50);
    expect(people.map(saying)).toEqual(plain.people.map(saying));
    expect(people.flatMap(({ problems, proposals }) => [...problems, ...proposals])).toEqual([]);
  });

  it('hold them with companies of two lines, each a row', async () => {
    const { people, lines } = await contactFile('carnet-50.quoted-newlines-crlf.csv');
    const plain = await contactFile('carnet-50.utf8.csv');
    expect(lines).toEqual(plain.lines);
    expect(people.map(({ organization }) => organization?.replace(/ Bâtiment "C", 3e étage$/, ''))).toEqual(
      plain.people.map(({ organization }) => organization ?? undefined),
    );
    expect(people.some(({ organization }) => organization?.endsWith('Bâtiment "C", 3e étage'))).toBe(true);
    expect(people.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('keep their accents in Windows-1252', async () => {
    const { reading, people } = await contactFile('carnet-50.cp1252-semicolon-crlf.csv');
    expect(reading.encoding).toBe('windows-1252');
    expect(people[0].displayName).toBe('Agnès Benoît');
    expect(people.some(({ organization }) => organization === 'Société Générale d’Outillage')).toBe(true);
    expect(people.flatMap(({ problems, proposals }) => [...problems, ...proposals])).toEqual([]);
  });
});

it('reads dates month first where the account’s country does', async () => {
  const { people } = await contactFile('outlook-en.csv', { region: 'US', language: 'en' });
  expect(people[0].extra).toContainEqual(['bday', {}, 'date-and-or-time', '1980-04-12']);
  expect(people[0].proposals).toEqual([]);
});

it('never reads a government’s number', async () => {
  for (const name of ['outlook-fr.csv', 'outlook-en.csv']) {
    const { reading, people } = await contactFile(name);
    const column = reading.secret[0];
    expect(reading.samples.map((cells) => cells[column])).toEqual(reading.samples.map(() => ''));
    expect(JSON.stringify(people)).not.toMatch(/1 80 04 44|1234567T/);
  }
});
