import { normaliseAddress, parseAddressList } from './address.js';

describe('normaliseAddress', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    [' <ada@example.org> ', 'ada@example.org'],
    ['mailto:Ada@example.org?subject=x', 'ada@example.org'],
    ['\ufeffada@example.org\u00a0', 'ada@example.org'],
    ["o'neil+tag@mail.example.org", "o'neil+tag@mail.example.org"],
    ['ada@Café.example', 'ada@xn--caf-dma.example'],
    ['ada@cafe\u0301.example', 'ada@xn--caf-dma.example'],
    ['ada@xn--caf-dma.example', 'ada@xn--caf-dma.example'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
    ['ada@123.example', 'ada@123.example'],
  ])('%s is %s', (text, address) => {
    expect(normaliseAddress(text)).toBe(address);
    expect(normaliseAddress(address)).toBe(address);
  });

  it.each([
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@localhost',
    'ada@example.',
    'ada@.org',
    'ada@exa..mple.org',
    'a..b@example.org',
    '.a@example.org',
    'a.@example.org',
    'a b@example.org',
    'a@b@example.org',
    'ada@-x.org',
    'ada@exa_mple.org',
    'ada@[127.0.0.1]',
    'ada@1.2',
    '"a b"@example.org',
    'josé@example.org',
    'ada@example.org\r\nBcc: x@y.org',
    'ada@example.org\nx',
    'ada@exam\u0000ple.org',
    'ada@exa%41mple.org',
    'Ada <ada@example.org>',
    'a@x.org, b@x.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
    `a@${'x'.repeat(64)}.org`,
  ])('refuses %j', (text) => expect(normaliseAddress(text)).toBeNull());

  it('stays quick on hostile input', () => {
    expect(normaliseAddress(`${'a.'.repeat(200_000)}@`)).toBeNull();
    expect(normaliseAddress(`a@${'a-'.repeat(200_000)}`)).toBeNull();
  });
});

describe('parseAddressList', () => {
  const people = (text: string) =>
    parseAddressList(text).map((entry) =>
      'problem' in entry
        ? `${entry.problem}: ${entry.typed}`
        : [entry.givenName, entry.familyName, entry.address].join('|'),
    );

  it('reads the forms mail programs paste', () => {
    expect(
      people(
        'Ada Lovelace <ada@x.org>; "Hopper, Grace" <grace@x.org>, alan@x.org\n' +
          "'Edsger Dijkstra' <edsger@x.org>;\r\n<tim@x.org> ; ;mailto:lin@x.org\nMAATHAI Wangari <w@x.org>",
      ),
    ).toEqual([
      'Ada|Lovelace|ada@x.org',
      'Grace|Hopper|grace@x.org',
      '||alan@x.org',
      'Edsger|Dijkstra|edsger@x.org',
      '||tim@x.org',
      '||lin@x.org',
      'Wangari|MAATHAI|w@x.org',
    ]);
  });

  it('keeps an unquoted family name with its given name', () => {
    expect(people('Hopper, Grace <grace@x.org>, Le Guen, Noémie <n@x.org>')).toEqual([
      'Grace|Hopper|grace@x.org',
      'Noémie|Le Guen|n@x.org',
    ]);
  });

  it('takes apart what only spaces or nothing separates', () => {
    expect(people('a@x.org b@x.org\tc@x.org')).toEqual(['||a@x.org', '||b@x.org', '||c@x.org']);
    expect(people('Ada L <a@x.org> Bo M <b@x.org>')).toEqual(['Ada|L|a@x.org', 'Bo|M|b@x.org']);
  });

  it('reads a name before, after or in the place of the address', () => {
    expect(people('Ada Lovelace\tada@x.org; grace@x.org (Grace Hopper); ada2@x.org <ada2@x.org>')).toEqual([
      'Ada|Lovelace|ada@x.org',
      'Grace|Hopper|grace@x.org',
      '||ada2@x.org',
    ]);
  });

  it('names what it cannot take, and drops nothing', () => {
    expect(people('nobody; ada@localhost, Ada <ada@x.org>, ADA@x.org, Grace, Hopper <h@x.org')).toEqual([
      'no-address: nobody',
      'not-an-address: ada@localhost',
      'Ada||ada@x.org',
      'twice: ADA@x.org',
      'not-an-address: Grace, Hopper <h@x.org',
    ]);
  });

  it('answers nothing for nothing', () => expect(parseAddressList(' ;,\n ')).toEqual([]));

  // Each of these would take minutes if it were looked through for every beginning anew.
  it.each(['@', 'a@', '<a@', '@<', '"', ' @', 'a\u200c'])('comes to an end with a megabyte of %j', (text) => {
    const found = parseAddressList(text.repeat(1_000_000 / text.length));
    expect(found.filter((entry) => 'address' in entry)).toEqual([]);
  });

  it('comes to an end with a megabyte in place of one address', () => {
    expect(normaliseAddress(`mailto:${'@'.repeat(1_000_000)}`)).toBeNull();
  });
});
