import {
  formatPhone,
  isE164,
  isRegion,
  proposalReasons,
  readPhone,
  refusalReasons,
  regions,
  typedBeside,
  type PhoneReading,
  type PhoneSource,
} from './e164.js';

const read = (typed: string, from: PhoneSource['from'] = 'csv', region: PhoneSource['region'] = 'FR') =>
  readPhone(typed, { region, from });

/** `number +33…`, `no-plus +33…`, `refused letters`. */
function said(reading: PhoneReading): string {
  switch (reading.kind) {
    case 'empty':
      return 'empty';
    case 'number':
      return `${reading.warning ?? 'number'} ${reading.number}`;
    case 'proposal':
      return `${reading.reason} ${reading.number}`;
    case 'refused':
      return `refused ${reading.reason}`;
  }
}

describe('a number with +', () => {
  it.each([
    '+33612345678',
    '+33 6 12 34 56 78',
    '+33.6.12.34.56.78',
    '+33-6-12-34-56-78',
    '+33 (6) 12 34 56 78',
    '(+33) 6 12 34 56 78',
    '+ 33 6 12 34 56 78',
    '\u202a+33\u00a06\u202f12 34 56 78\u202c',
    '\ufeff+33612345678\u200b',
    ' +33‑6–12−34 56 78 ',
    '+33 6/12/34/56/78',
    'tel:+33-6-12-34-56-78',
  ])('%j is taken as it is', (typed) => {
    for (const from of ['form', 'csv', 'foreign-csv'] as const) {
      expect(read(typed, from)).toEqual({ kind: 'number', number: '+33612345678', typed });
    }
  });

  it.each(["'+33612345678", '‘+33612345678', '’+33 6 12 34 56 78', '="+33612345678"'])(
    '%s is taken from a file',
    (typed) => {
      expect(said(read(typed))).toBe('number +33612345678');
    },
  );

  it('with an apostrophe in a form is asked about', () => {
    expect(said(read("'+33612345678", 'form'))).toBe('apostrophe +33612345678');
  });

  it('that is possible but not valid is taken with a warning', () => {
    expect(said(read('‘+18881231234'))).toBe('not-valid +18881231234');
    expect(said(read('+18881231234', 'form'))).toBe('not-valid +18881231234');
  });

  it('and a trunk zero is a proposal', () => {
    expect(said(read('+33 (0)6 12 34 56 78', 'form'))).toBe('trunk-zero +33612345678');
    expect(said(read('+33 06 12 34 56 78'))).toBe('trunk-zero +33612345678');
    expect(said(read('+330612345678'))).toBe('trunk-zero +33612345678');
    expect(said(read('+44 (0)20 7254 0871'))).toBe('trunk-zero +442072540871');
  });

  it('keeps the zero that belongs to an Italian number', () => {
    expect(said(read('+39 06 6982 1234'))).toBe('number +390669821234');
    expect(said(read('+39 (0)6 6982 1234'))).toBe('trunk-zero +390669821234');
  });

  it.each([
    ['+33 6 12', 'too-short'],
    ['+33612345678901', 'too-long'],
    ['+49 1512345678901234', 'too-long'],
    ['+999 123456', 'unknown-country'],
    ['+33 6 12 34 56 AB', 'letters'],
    ['++33612345678', 'unreadable'],
    ['+', 'unreadable'],
  ])('%s is refused: %s', (typed, reason) => expect(said(read(typed))).toBe(`refused ${reason}`));
});

describe('a number without +', () => {
  it.each([
    '06 12 34 56 78',
    '0612345678',
    '33612345678',
    '612345678',
    '0033 6 12 34 56 78',
    '33 (0)6 12 34 56 78',
    '(0)6 12 34 56 78',
    '33612345678.0',
  ])('%s is proposed with the account’s country code', (typed) =>
    expect(said(read(typed, 'form'))).toBe('no-plus +33612345678'),
  );

  it('is read with the region given', () => {
    expect(said(read('(415) 555-2671', 'csv', 'US'))).toBe('no-plus +14155552671');
    expect(said(read('011 33 6 12 34 56 78', 'csv', 'US'))).toBe('no-plus +33612345678');
    expect(said(read('0033 6 12 34 56 78', 'csv', 'US'))).toBe('no-plus +33612345678');
    expect(said(read('030/12345678', 'csv', 'DE'))).toBe('no-plus +493012345678');
  });

  it('is proposed as one of another country when it is too long for the region', () => {
    expect(said(read('34912906942'))).toBe('no-plus +34912906942');
    expect(said(read('447400123456'))).toBe('no-plus +447400123456');
    expect(said(read('3,44074001234E+11'))).toBe('refused too-long');
    expect(said(read('4,47400123456E+11'))).toBe('scientific +447400123456');
    expect(said(read('99912906942'))).toBe('refused too-long');
  });

  it('is never proposed when it is only possible', () => {
    expect(said(read('06 12 34 58 0'))).toBe('refused no-country-code');
    expect(said(read('01 23'))).toBe('refused too-short');
    expect(said(read('144', 'csv', 'CH'))).toBe('refused too-short');
    expect(said(read('06 12 34 56 78 90'))).toBe('refused too-long');
  });

  it('in full-width or other digits is proposed', () => {
    expect(said(read('＋３３６１２３４５６７８'))).toBe('full-width +33612345678');
    expect(said(read('+٣٣٦١٢٣٤٥٦٧٨'))).toBe('full-width +33612345678');
    expect(said(read('+۳۳۶۱۲۳۴۵۶۷۸'))).toBe('full-width +33612345678');
    expect(said(read('०६१२३४५६७८'))).toBe('no-plus +33612345678');
  });
});

describe('what spreadsheets do to numbers', () => {
  it('is undone where all digits are there', () => {
    expect(said(read('3,3612345678E+10'))).toBe('scientific +33612345678');
    expect(said(read('3.36123456780E+10'))).toBe('scientific +33612345678');
    expect(said(read('6.12345678e8'))).toBe('scientific +33612345678');
  });
  it.each(['3,36E+10', '3.36123E+10', '3E+10', '3.3612345678123E+10', '########', '#N/A', '#NAME?'])(
    '%s has lost digits',
    (typed) => {
      for (const from of ['form', 'csv', 'foreign-csv'] as const)
        expect(said(read(typed, from))).toBe('refused destroyed');
    },
  );
});

describe('an extension', () => {
  it.each([
    '+33 1 40 20 50 50 poste 12',
    '+33 1 40 20 50 50, poste : 12',
    '+33140205050 ext. 12',
    '+33140205050ext12',
    '+33140205050x12',
    '+33140205050 #12',
    '+33140205050;ext=12',
    '+33140205050,12',
    '01 40 20 50 50 (poste 12)',
    '01 40 20 50 50 p. 12',
  ])('%s is named, and left out only of foreign files', (typed) => {
    for (const from of ['form', 'csv'] as const)
      expect(read(typed, from)).toEqual({ kind: 'refused', typed, reason: 'extension', extension: '12' });
    expect(read(typed, 'foreign-csv')).toEqual({
      kind: 'proposal',
      number: '+33140205050',
      typed,
      reason: 'extension-dropped',
      extension: '12',
    });
  });
  it('is not proposed away from a number that is not valid', () => {
    expect(said(read('06 12 34 58 0 poste 12', 'foreign-csv'))).toBe('refused extension');
  });
});

describe('several numbers', () => {
  it.each([
    '+33140205050 ::: +33612345678',
    '+33140205050; 06 12 34 56 78',
    '01 40 20 50 50 / 06 12 34 56 78',
    '01 40 20 50 50 - 06 12 34 56 78',
    '01 40 20 50 50 ou 06 12 34 56 78',
    '0140205050/0612345678',
    '0140205050,0612345678',
    '01.40.20.50.50 & 06.12.34.56.78',
    '+33140205050\n+33612345678',
    '+33140205050+33612345678',
    '01 40 20 50 50/51',
  ])('%j are refused, or of a foreign file the first is proposed', (typed) => {
    for (const from of ['form', 'csv'] as const) expect(said(read(typed, from))).toBe('refused several');
    expect(said(read(typed, 'foreign-csv'))).toBe('first-of-several +33140205050');
  });
  it('keeps the others for the next free field', () => {
    expect(read('+41319280960 ::: +41792648866', 'foreign-csv')).toMatchObject({ others: ['+41792648866'] });
  });
});

it.each(['', '  ', "'", '\u200b', '=""'])('%j is empty', (typed) =>
  expect(read(typed)).toEqual({ kind: 'empty' }),
);

it.each([
  ['néant', 'letters'],
  ['1-800-FLOWERS', 'letters'],
  ['N/A', 'letters'],
  ['-', 'unreadable'],
  ['*31#', 'unreadable'],
  ['06 12 34 56 78 😀', 'unreadable'],
])('%s is refused: %s', (typed, reason) =>
  expect(said(read(typed, 'foreign-csv'))).toBe(`refused ${reason}`),
);

it('answers for anything, with numbers that can be stored and proposals that are valid', () => {
  const signs = [
    '+',
    '0',
    '00',
    '33',
    '6',
    '12',
    '34567',
    '(0)',
    ' ',
    '-',
    '/',
    ',',
    ';',
    'x',
    'ext',
    'E+10',
    "'",
    '.',
    '٣',
    '３',
    ':::',
  ];
  let seed = 7;
  const digitsOf = (text: string) => text.replace(/\D/g, '');
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 1500; round++) {
    const typed = Array.from({ length: 1 + random(9) }, () => signs[random(signs.length)]).join('');
    for (const from of ['form', 'csv', 'foreign-csv'] as const) {
      const reading = read(typed, from);
      if (reading.kind === 'refused') expect(refusalReasons).toContain(reading.reason);
      if (reading.kind === 'proposal') {
        expect(proposalReasons).toContain(reading.reason);
        expect(said(read(reading.number))).toBe(`number ${reading.number}`);
      }
      if (reading.kind === 'number' || reading.kind === 'proposal') expect(isE164(reading.number)).toBe(true);
      // A number taken without asking has the digits that were typed.
      if (reading.kind === 'number' && !/[٣３]/.test(typed))
        expect(digitsOf(reading.number)).toBe(digitsOf(typed));
    }
  }
});

it('stays quick on a long cell', () => {
  for (const unit of ['1 ', '(', 'x', ' ', '1/', '+3'])
    expect(read(unit.repeat(50_000)).kind).not.toBe('number');
});

it('shows numbers with spaces', () => {
  expect(formatPhone('+33612345678')).toBe('+33 6 12 34 56 78');
  expect(formatPhone('+14155552671')).toBe('+1 415 555 2671');
  expect(formatPhone('odd')).toBe('odd');
});

it('keeps what the source said where it differs', () => {
  expect(typedBeside(read('+33612345678'))).toBeNull();
  expect(typedBeside(read('06 12 34 56 78'))).toBe('06 12 34 56 78');
  expect(typedBeside(read('abc'))).toBeNull();
});

it('knows regions', () => {
  expect(isRegion('FR')).toBe(true);
  expect([isRegion('fr'), isRegion('XX'), isRegion('')]).toEqual([false, false, false]);
  expect(regions().length).toBeGreaterThan(200);
});
