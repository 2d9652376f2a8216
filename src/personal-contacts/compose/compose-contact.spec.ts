import { type CardProperty } from '../../contact-card/contact-fields.js';
import { contactColumnFields, NUMBERED } from '../../csv/contact-columns.js';
import { composeContact } from './compose-contact.js';
import { type Composed, type ComposeFacts } from './composed.js';

const RLM = '\u200f';

function compose(values: Record<string, string>, facts: Partial<ComposeFacts> = {}): Composed {
  return composeContact(values, {
    ...{ profile: null, foreign: false, region: 'FR', language: 'en', columns: new Set(Object.keys(values)) },
    ...facts,
  });
}
const foreign = (values: Record<string, string>, profile = 'google', facts: Partial<ComposeFacts> = {}) =>
  compose(values, { profile, foreign: true, ...facts });
const problems = ({ problems: found }: Composed) =>
  found.map(({ field, key }) => `${field} ${key.split('.').at(-1)}`);
const proposed = ({ proposals }: Composed) =>
  proposals.map(({ field, after, key }) => `${field} ${after} ${key.split('.').at(-1)}`);
const named = ({ extra }: Composed, name: string): CardProperty[] => extra.filter(([each]) => each === name);
const values = (composed: Composed, name: string) => named(composed, name).map(([, , , value]) => value);

describe('a name', () => {
  it('is needed in our files', () => {
    expect(problems(compose({ email: 'a@x.org' }))).toEqual(['displayName name-missing']);
  });

  it('is made of its parts, and keeps them', () => {
    const composed = foreign({
      ...{ prefix: 'Dr', givenName: 'Ada', middleName: 'King', familyName: 'Lovelace', suffix: 'Jr.' },
    });
    expect(composed.displayName).toBe('Ada King Lovelace Jr.');
    expect(values(composed, 'n')).toEqual([['Lovelace', 'Ada', 'King', 'Dr', 'Jr.']]);
    expect(proposed(composed)).toEqual([]);
  });

  it.each([
    ['欧阳', '敏', '欧阳敏'],
    ['山田', '花子', '山田花子'],
    ['김', '민수', '김민수'],
    ['Ouyang', 'Min', 'Min Ouyang'],
    ['欧阳', 'Min', 'Min 欧阳'],
    ['', '敏', '敏'],
  ])('of %s and %s is %s', (familyName, givenName, name) => {
    expect(foreign({ familyName, givenName }).displayName).toBe(name);
  });

  it.each([
    [{ nickname: 'Haz', organization: 'ACME' }, 'Haz', 'nickname'],
    [{ fileAs: 'Byron, Ada' }, 'Byron, Ada', 'file-as'],
    [{ 'email.1.name': 'Ada Byron (ada@x.org)', email: 'ada@x.org' }, 'Ada Byron', 'e-mail-name'],
    [{ organization: 'ACME', email: 'ada@x.org' }, 'ACME', 'company'],
    [{ email: 'ada@x.org', workPhone: '+33140205050' }, 'ada@x.org', 'email'],
    [{ 'email.1.name': 'ada@x.org', email: 'ada@x.org' }, 'ada@x.org', 'email'],
    [{ workPhone: '+33140205050' }, '+33 1 40 20 50 50', 'number'],
  ])('is proposed from %j in other programs’ files', (row, name, from) => {
    const composed = foreign(row);
    expect(composed.displayName).toBe(name);
    expect(proposed(composed)).toEqual([`displayName ${name} name-from-${from}`]);
    expect(problems(composed)).toEqual([]);
  });

  it('is nowhere in a row of notes', () => {
    expect(problems(foreign({ notes: 'x' }))).toEqual(['displayName name-nowhere']);
  });

  it('has 255 characters at most, wherever it comes from', () => {
    expect(problems(compose({ displayName: '😀'.repeat(255) }))).toEqual([]);
    expect(problems(compose({ displayName: '😀'.repeat(256) }))).toEqual(['displayName too-long']);
    expect(problems(foreign({ givenName: 'a', familyName: 'b'.repeat(254) }))).toEqual([
      'familyName too-long',
    ]);
    expect(problems(compose({ displayName: 'A', organization: 'b'.repeat(256) }))).toEqual([
      'organization too-long',
    ]);
    // A company too long for a name is none; the address is.
    expect(proposed(foreign({ organization: 'b'.repeat(256), email: 'a@x.org' }))).toEqual([
      'displayName a@x.org name-from-email',
    ]);
  });

  it('keeps marks that mean something, and names those that cannot be seen', () => {
    expect(compose({ displayName: `שלום${RLM}😀` }).displayName).toBe(`שלום${RLM}😀`);
    expect(problems(compose({ displayName: 'A\u0000' }))).toEqual(['displayName control-characters']);
    expect(problems(foreign({ displayName: 'A', notes: 'b\u0007' }))).toEqual(['notes control-characters']);
  });
});

describe('e-mails', () => {
  it('of our files are right or wrong', () => {
    expect(compose({ displayName: 'A', email: 'Ada@X.org' }).email).toBe('ada@x.org');
    expect(problems(compose({ displayName: 'A', email: 'ada' }))).toEqual(['email email']);
    expect(problems(compose({ displayName: 'A', email: 'a@x.org, b@x.org' }))).toEqual([
      'email email-several',
    ]);
    expect(problems(compose({ displayName: 'A', email: `a@${'b.'.repeat(130)}org` }))).toEqual([
      'email email',
    ]);
  });

  it('of other programs go into the field and behind it', () => {
    const composed = foreign({
      ...{ displayName: 'A', email: 'home@x.org', 'email.1.label': 'Domicile' },
      ...{ 'email.2.value': 'work@x.org ::: WORK@x.org', 'email.2.label': '* Work' },
    });
    expect(composed.email).toBe('work@x.org');
    expect(named(composed, 'email')).toEqual([['email', { type: 'home' }, 'text', 'home@x.org']]);
    expect(proposed(composed)).toEqual([]);
  });

  it('with more around them are proposed', () => {
    expect(proposed(foreign({ displayName: 'A', email: 'Ada <ada@x.org>' }))).toEqual([
      'email ada@x.org email-written',
    ]);
    expect(proposed(foreign({ displayName: 'A', email: 'a@x.org; b@x.org' }))).toEqual([
      'email a@x.org ::: b@x.org email-several',
    ]);
  });

  it('that are none are wrong, unless another one is right: then the notes keep them', () => {
    expect(problems(foreign({ displayName: 'A', email: 'ada at x' }))).toEqual(['email email']);
    const composed = foreign({ displayName: 'A', email: 'ada at x', 'email.2.value': 'a@x.org', notes: 'n' });
    expect(problems(composed)).toEqual([]);
    expect(composed.email).toBe('a@x.org');
    expect(values(composed, 'note')).toEqual(['n\nada at x']);
    expect(composed.proposals).toEqual([
      ...[
        {
          field: 'notes',
          before: 'ada at x',
          after: 'n\nada at x',
          key: 'personal-imports.problem.email-aside',
        },
      ],
    ]);
  });

  it('inside an Exchange server are left out, and said', () => {
    const inside = '/O=ORG/OU=EXCHANGE/CN=RECIPIENTS/CN=ADA';
    const composed = foreign({ displayName: 'A', email: inside, 'email.1.type': 'EX' }, 'outlook-en');
    expect(composed.email).toBeNull();
    expect(composed.proposals).toMatchObject([{ field: 'email', before: inside, after: '' }]);
    expect(foreign({ displayName: 'A', email: 'ada@x.org', 'email.1.type': 'EX' }, 'outlook-en').email).toBe(
      'ada@x.org',
    );
  });
});

describe('numbers', () => {
  it.each(["'+33612345678", '‘+33612345678', '’+33 6 12 34 56 78', '+33612345678'])(
    '%s is taken without a question',
    (mobilePhone) => {
      const composed = compose({ displayName: 'A', mobilePhone });
      expect(composed).toMatchObject({ mobilePhone: '+33612345678', problems: [], proposals: [] });
    },
  );

  it.each([
    ['06 12 34 56 78', 'phone-no-plus'],
    ['33612345678', 'phone-no-plus'],
    ['612345678', 'phone-no-plus'],
    ['0033612345678', 'phone-no-plus'],
    ['+33 (0)6 12 34 56 78', 'phone-trunk-zero'],
    ['3,3612345678E+10', 'phone-scientific'],
  ])('%s is proposed in any file, and what was written stays beside it', (mobilePhone, reason) => {
    for (const composed of [
      compose({ displayName: 'A', mobilePhone }),
      foreign({ displayName: 'A', mobilePhone }),
    ]) {
      expect(proposed(composed)).toEqual([`mobilePhone +33612345678 ${reason}`]);
      expect(composed.typedPhones).toEqual({ mobilePhone });
    }
  });

  it.each(['3,36E+10', '3.36123E+10'])('%s is destroyed in any file', (mobilePhone) => {
    for (const composed of [
      compose({ displayName: 'A', mobilePhone }),
      foreign({ displayName: 'A', mobilePhone }),
    ])
      expect(problems(composed)).toEqual(['mobilePhone phone-destroyed']);
  });

  it('of one cell are one in ours, and each its own in other programs’ files', () => {
    const several = '+41319280960 ::: +41792648866';
    expect(problems(compose({ displayName: 'A', workPhone: several }))).toEqual(['workPhone phone-several']);
    const composed = foreign({ displayName: 'A', 'phone.1.value': several, 'phone.1.label': 'Work' });
    expect(composed).toMatchObject({ workPhone: '+41319280960', mainPhone: '+41792648866', proposals: [] });
    const typed = foreign({ displayName: 'A', workPhone: '01 40 20 50 50 / 06 12 34 56 78' }, 'generic-fr');
    expect(proposed(typed)).toEqual(['workPhone +33140205050 ::: +33612345678 phone-first-of-several']);
    expect(typed).toMatchObject({ workPhone: '+33140205050', mainPhone: '+33612345678' });
  });

  it('lose an extension only by a proposal, and only in other programs’ files', () => {
    expect(problems(compose({ displayName: 'A', workPhone: '+33140205050 poste 12' }))).toEqual([
      'workPhone phone-extension',
    ]);
    const composed = foreign({ displayName: 'A', workPhone: '+33140205050 poste 12' });
    expect(proposed(composed)).toEqual(['workPhone +33140205050 phone-extension-dropped']);
    expect(composed.typedPhones).toEqual({ workPhone: '+33140205050 poste 12' });
  });

  it.each(['144', '15', '3631', '*123#', '1 14'])('%s is kept as it is in other programs’ files', (short) => {
    const plain = short.replaceAll(' ', '');
    const composed = foreign({ displayName: 'A', 'phone.1.value': short });
    expect(problems(compose({ displayName: 'A', mainPhone: short }))).toHaveLength(1);
    if (short === '*123#') return;
    expect(values(composed, 'tel')).toEqual([plain]);
    expect(proposed(composed)).toEqual([`phone.1.value tel:${plain} phone-short`]);
  });

  it.each(['020 7946 0018', '06 12 34 58 0', '+999 123 4567', '020 7946 0018 ext 12'])(
    '%s, of no country we know, is kept as it is written by a proposal, only in files of address books',
    (number) => {
      const composed = foreign({ displayName: 'A', workPhone: number }, 'outlook-en');
      expect(proposed(composed)).toEqual([`workPhone tel:${number} phone-aside`]);
      expect(composed.workPhone).toBeNull();
      expect(named(composed, 'tel')).toEqual([['tel', { type: 'work' }, 'text', number]]);
      for (const other of [
        compose({ displayName: 'A', workPhone: number }),
        foreign({ displayName: 'A', workPhone: number }, 'generic-en'),
      ])
        expect(problems(other)).toHaveLength(1);
    },
  );

  it.each(['call the desk', '3,36E+10'])('%s is no number in any file', (text) => {
    expect(problems(foreign({ displayName: 'A', workPhone: text }, 'outlook-en'))).toHaveLength(1);
  });

  it.each([
    ['Mobile', 'mobilePhone'],
    ['* Portable', 'mobilePhone'],
    ['Handy', 'mobilePhone'],
    ['Work', 'workPhone'],
    ['Bureau', 'workPhone'],
    ['Trabajo', 'workPhone'],
    ['Domicile', 'homePhone'],
    ['Privat', 'homePhone'],
    ['Main', 'mainPhone'],
    ['Principal', 'mainPhone'],
    ['Work Fax', 'faxNumber'],
    ['Fax (domicile)', 'faxNumber'],
    ['', 'mainPhone'],
    ['Other', 'mainPhone'],
  ])('labelled %j fill %s', (label, field) => {
    const composed = foreign({ displayName: 'A', 'phone.1.label': label, 'phone.1.value': '+33140205050' });
    expect(composed).toMatchObject({ [field]: '+33140205050', typedPhones: {} });
  });

  it('labelled with a word of one’s own keep it', () => {
    const chalet = { displayName: 'A', 'phone.1.label': 'Chalet', 'phone.1.value': '+33140205050' };
    expect(foreign(chalet)).toMatchObject({
      mainPhone: '+33140205050',
      typedPhones: { mainPhone: 'Chalet: +33140205050' },
    });
    const taken = foreign({ ...chalet, 'phone.2.label': 'Main', 'phone.2.value': '+33140205051' });
    expect(taken.mainPhone).toBe('+33140205051');
    expect(named(taken, 'tel')).toEqual([['tel', { 'x-label': 'Chalet' }, 'text', '+33140205050']]);
  });

  it('too many for their fields are further ones, each once', () => {
    const phones = ['+33140205050', '+33140205051', '+33140205052', '+33140205050', '+33140205052'];
    const composed = foreign({
      displayName: 'A',
      ...Object.fromEntries(phones.map((number, index) => [`phone.${index + 1}.value`, number])),
      ...Object.fromEntries(phones.map((_, index) => [`phone.${index + 1}.label`, 'Work'])),
    });
    expect(composed).toMatchObject({ workPhone: '+33140205050', mainPhone: '+33140205051' });
    expect(named(composed, 'tel')).toEqual([['tel', { type: 'work' }, 'text', '+33140205052']]);
  });

  it('that Outlook calls second stay so, but fill a field that is empty', () => {
    const two = { displayName: 'A', workPhone: '+33140205050', workPhone2: '+33140205051' };
    const second = foreign(two, 'outlook-en');
    expect(second).toMatchObject({ workPhone: '+33140205050', mainPhone: null });
    expect(values(second, 'tel')).toEqual(['+33140205051']);
    expect(foreign({ displayName: 'A', workPhone2: '+33140205051' }, 'outlook-en').workPhone).toBe(
      '+33140205051',
    );
  });

  it('of a car or a pager are never lost', () => {
    expect(foreign({ displayName: 'A', carPhone: '+33612345678' }).mainPhone).toBe('+33612345678');
    expect(named(foreign({ displayName: 'A', pager: 'B-42' }), 'tel')).toEqual([
      ['tel', { type: 'pager' }, 'text', 'B-42'],
    ]);
  });
});

describe('groups', () => {
  it.each([
    ['google', '* myContacts ::: Navy ::: * starred', ['Navy']],
    ['google-old', '* My Contacts ::: * Friends ::: A, B; C', ['Friends', 'A, B; C']],
    ['google-outlook', 'myContacts;starred;Clients', ['Clients']],
    ['outlook-en', 'Clients,Ireland', ['Clients', 'Ireland']],
    ['outlook-fr', 'Clients;Nantes;Clients', ['Clients', 'Nantes']],
    ['generic-fr', 'Amis, famille; Travail', ['Amis, famille', 'Travail']],
  ])('of %s: %s', (profile, groups, names) => {
    expect(foreign({ displayName: 'A', groups }, profile).groups).toEqual(names);
  });

  it('of ours are parted by semicolons, and have names of 255 characters', () => {
    expect(compose({ displayName: 'A', groups: 'My Contacts, all; B' }).groups).toEqual([
      'My Contacts, all',
      'B',
    ]);
    expect(problems(compose({ displayName: 'A', groups: 'b'.repeat(256) }))).toEqual(['groups too-long']);
  });
});

describe('the rest', () => {
  it('goes with the contact as a card has it', () => {
    const { extra } = foreign(
      {
        ...{ displayName: 'A', organization: 'ACME', department: 'Sales', title: 'Buyer', nickname: 'Al' },
        ...{ 'workAddress.street': '1 Quay', 'workAddress.street2': 'Flat 2', 'workAddress.city': 'Galway' },
        ...{ 'otherAddress.formatted': 'Somewhere\nelse', url: 'https://a.example', notes: 'x\ny' },
        ...{
          children: 'Zoé',
          custom1: 'VIP',
          gender: 'Female',
          'event.1.label': 'Chess',
          'event.1.value': '2020-02-30',
        },
      },
      'outlook-en',
    );
    expect(extra).toEqual([
      ['nickname', {}, 'text', 'Al'],
      ['org', {}, 'text', ['ACME', 'Sales']],
      ['title', {}, 'text', 'Buyer'],
      ['adr', { type: 'work' }, 'text', ['', '', '1 Quay\nFlat 2', 'Galway', '', '', '']],
      ['adr', { label: 'Somewhere\nelse' }, 'text', ['', '', '', '', '', '', '']],
      ['x-date', { 'x-label': 'Chess' }, 'text', '2020-02-30'],
      ['url', {}, 'uri', 'https://a.example'],
      ['related', { type: 'child' }, 'text', 'Zoé'],
      ['gender', {}, 'text', 'F'],
      ['x-carnet-field', { 'x-label': 'User 1' }, 'text', 'VIP'],
      ['note', {}, 'text', 'x\ny'],
    ]);
  });

  it('holds every column a contact can have: none is read and dropped', () => {
    // What only says how another column is meant, or stands for nothing.
    const helpers = /\.(?:label|type|name|service)$/;
    const taken = contactColumnFields.filter(({ name, group, number }) =>
      number === undefined
        ? group === 'kept' || /^(?:fileAs|phonetic)/.test(name)
        : number === NUMBERED && !helpers.test(name),
    );
    for (const { name } of taken) {
      const value = /Phone|^phone|pager|Fax|isdn|telex/.test(name)
        ? '+33140205059'
        : /^email/.test(name)
          ? 'k@x.org'
          : '1980';
      const composed = foreign({
        displayName: 'A',
        email: 'a@x.org',
        mainPhone: '+33140205050',
        [name]: value,
      });
      const all = JSON.stringify([
        composed.extra,
        composed.workPhone,
        composed.homePhone,
        composed.faxNumber,
      ]);
      expect([name, all]).toEqual([name, expect.stringContaining(value)]);
    }
  });
});

it('says which fields a file speaks of', () => {
  const says = (...columns: string[]) =>
    [...compose({ displayName: 'A' }, { columns: new Set(columns) }).says].sort();
  expect(says('displayName', 'workPhone', 'groups')).toEqual(['displayName', 'groups', 'workPhone']);
  expect(says('givenName', 'notes')).toEqual(['displayName', 'extra']);
  expect(says('phone.1.value', 'email.2.value')).toEqual([
    ...['email', 'extra', 'faxNumber', 'homePhone', 'mainPhone', 'mobilePhone', 'workPhone'],
  ]);
});

it('composes to the same contact once what it proposes stands in the cells', () => {
  const rows: Record<string, string>[] = [
    { workPhone: '01 40 20 50 50 / 06 12 34 56 78', email: 'Ada <ada@x.org>' },
    { 'phone.1.value': '144', 'phone.2.value': '06 12 34 56 78 ::: 15' },
    { email: 'bad', 'email.2.value': 'a@x.org; b@x.org', 'email.3.value': 'worse', notes: 'n' },
    { email: '/o=x/cn=y', 'email.2.value': 'a@x.org', birthday: '4/12/1980' },
    { organization: 'ACME', birthday: '25/12/75', workPhone: '01 40 20 50 50/51' },
    { email: 'a@x.org', workPhone: '020 7946 0018', homePhone: '01 40 20 50 50 / 020 7946 0018' },
  ];
  for (const row of rows) {
    const facts = { columns: new Set([...Object.keys(row), 'notes', 'displayName']) };
    const first = foreign(row, 'outlook-en', facts);
    expect(first.proposals.length).toBeGreaterThan(0);
    const taken = Object.fromEntries(first.proposals.map(({ field, after }) => [field, after]));
    const second = foreign({ ...row, ...taken }, 'outlook-en', facts);
    expect(second.proposals).toEqual([]);
    const beside = { typedPhones: {}, written: undefined };
    expect({ ...second, ...beside }).toEqual({ ...first, ...beside, proposals: [] });
  }
});

it('is not fooled by names objects have', () => {
  expect(compose({ displayName: 'constructor', groups: '__proto__; toString' })).toMatchObject({
    ...{ displayName: 'constructor', groups: ['__proto__', 'toString'], problems: [] },
  });
  expect(
    foreign({ displayName: 'A', 'phone.1.label': 'constructor', 'phone.1.value': '+33140205050' }),
  ).toMatchObject({ mainPhone: '+33140205050' });
});
