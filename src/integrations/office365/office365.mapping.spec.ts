import {
  bodyOf,
  changesOf,
  chooseSlots,
  fieldsOf,
  furtherBeside,
  newContact,
  readContact,
} from './office365.mapping.js';

const nothing = {
  ...{ displayName: null, email: null, workPhone: null, homePhone: null, mobilePhone: null },
  ...{ faxNumber: null, mainPhone: null, organization: null },
};
const extended = (values: Record<string, string>) => ({
  singleValueExtendedProperties: Object.entries(values).map(([id, value]) => ({ id, value })),
});
const shown = (body: Record<string, unknown>) => {
  const contact = readContact(body);
  return fieldsOf(contact, chooseSlots(contact));
};

describe('Reading a contact of Microsoft Graph', () => {
  it.each([
    [{ displayName: 'Ada', fileAs: 'Lovelace, Ada' }, 'Ada'],
    [{ displayName: ' ', fileAs: 'Lovelace, Ada', givenName: 'A' }, 'Lovelace, Ada'],
    [{ fileAs: '', givenName: 'Ada', middleName: 'King', surname: 'Lovelace' }, 'Ada King Lovelace'],
    [{ companyName: 'Acme' }, 'Acme'],
    [{ emailAddresses: [{ address: 'ada@x.example' }] }, 'ada@x.example'],
    [{ mobilePhone: '+33 6' }, '+33 6'],
    [{ displayName: 7, emailAddresses: 'x', businessPhones: [null, 3], homePhones: {} }, null],
  ])('names it by what there is: %j', (body, name) => expect(shown(body).displayName).toBe(name));

  it.each([
    [{ businessPhones: ['', '2'] }, 'workPhone', '2'],
    [{ homePhones: ['1', '2'] }, 'homePhone', '1'],
    [extended({ 'String 0x3a24': '1', 'String 0x3A25': '2' }), 'faxNumber', '1'],
    [extended({ 'string 0x3a23': '3' }), 'faxNumber', '3'],
    [extended({ 'String 0x3A1A': ' ', 'String 0x3a57': '2' }), 'mainPhone', '2'],
    [extended({ 'String 0x3A21': '3' }), 'mainPhone', null],
    [{ emailAddresses: [{ address: '/O=Org/CN=ada' }, { address: 'a@x.example' }] }, 'email', 'a@x.example'],
  ] as const)('of %j takes %s', (body, field, value) =>
    expect(shown(body as Record<string, unknown>)[field]).toBe(value),
  );
});

it('leaves further numbers and addresses of Microsoft Graph beside what it shows', () => {
  const contact = readContact({
    ...{ businessPhones: ['1', '2', '3'], homePhones: ['4', '5'], mobilePhone: '6' },
    ...extended({ 'String 0x3a24': '7', 'String 0x3A25': '8', 'String 0x3A1A': '9', 'String 0x3a57': '10' }),
    emailAddresses: [{ address: '/O=Org/CN=ada' }, { address: 'a@x.example' }, { address: 'b@x.example' }],
  });
  const { numbers, emails } = furtherBeside(contact, chooseSlots(contact));
  expect(numbers.map(({ field, text }) => [field, text])).toEqual([
    ...[
      ['workPhone', '2'],
      ['workPhone', '3'],
      ['homePhone', '5'],
    ],
    ...[
      ['otherPhone', '10'],
      ['faxNumber', '8'],
    ],
  ]);
  expect(emails).toEqual(['b@x.example']);
});

describe('Writing a contact of Microsoft Graph', () => {
  it('says nothing that is empty, and the name in its parts', () => {
    expect(bodyOf(newContact({ ...nothing, displayName: 'Ada Lovelace' }, 'm'))).toEqual({
      ...{ displayName: 'Ada Lovelace', givenName: 'Ada', surname: 'Lovelace', fileAs: 'Lovelace, Ada' },
      ...extended({ 'String {5d3a4c7e-7f0b-4e0e-9d52-0c1f6f2a9b31} Name CarnetId': 'm' }),
    });
  });

  it('leaves out what no text of Exchange can carry', () => {
    const contact = newContact(
      { ...nothing, displayName: 'a\u0000b\ud800\u0007', organization: '\u0000' },
      'm',
    );
    expect([contact.displayName, contact.companyName]).toEqual(['ab', null]);
  });

  it('puts a number before others of its list only where none was shown', () => {
    const contact = readContact({ displayName: 'Ada', emailAddresses: [{ address: '/o=x/cn=y' }] });
    const changes = changesOf(contact, chooseSlots(contact), { email: 'a@x.example', workPhone: '1' })!;
    expect(changes.body).toEqual({
      displayName: 'Ada',
      emailAddresses: [{ name: 'a@x.example', address: 'a@x.example' }, { address: '/o=x/cn=y' }],
      businessPhones: ['1'],
    });
    const back = changesOf(changes.contact, changes.slots, { email: null, workPhone: null })!;
    expect(back.body).toMatchObject({ emailAddresses: [{ address: '/o=x/cn=y' }], businessPhones: [] });
    expect(fieldsOf(back.contact, back.slots)).toEqual({ ...nothing, displayName: 'Ada' });
  });

  it('sends nothing where nothing changes', () => {
    const contact = readContact({ displayName: 'Ada', mobilePhone: '1' });
    expect(changesOf(contact, chooseSlots(contact), { mobilePhone: '1' })?.body).toEqual({});
  });
});
