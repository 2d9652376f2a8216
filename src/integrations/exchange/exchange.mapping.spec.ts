import {
  changesOf,
  chooseSlots,
  fieldsOf,
  furtherBeside,
  newContact,
  readContact,
} from './exchange.mapping.js';
import { readXml } from './reader.js';

const nothing = {
  ...{ displayName: null, email: null, workPhone: null, homePhone: null, mobilePhone: null },
  ...{ faxNumber: null, mainPhone: null, organization: null },
};

const read = (inner: string) => readContact(readXml(`<Contact>${inner}</Contact>`), () => null);
const shown = (inner: string) => {
  const contact = read(inner);
  return fieldsOf(contact, chooseSlots(contact));
};
const phones = (entries: Record<string, string>) =>
  `<PhoneNumbers>${Object.entries(entries)
    .map(([key, value]) => `<Entry Key="${key}">${value}</Entry>`)
    .join('')}</PhoneNumbers>`;
const emails = (...entries: string[]) => `<EmailAddresses>${entries.join('')}</EmailAddresses>`;

describe('Reading a contact of Exchange', () => {
  it.each([
    ['<DisplayName>Ada</DisplayName><FileAs>Lovelace, Ada</FileAs>', 'Ada'],
    ['<DisplayName> </DisplayName><FileAs>Lovelace, Ada</FileAs><GivenName>A</GivenName>', 'Lovelace, Ada'],
    [
      '<GivenName>Ada</GivenName><MiddleName>King</MiddleName><Surname>Lovelace</Surname>',
      'Ada King Lovelace',
    ],
    ['<CompanyName>Acme</CompanyName>', 'Acme'],
    [emails('<Entry Key="EmailAddress1">ada@x.example</Entry>'), 'ada@x.example'],
    [phones({ MobilePhone: '+33 6' }), '+33 6'],
    ['', null],
  ])('names it by what there is: %s', (inner, name) => expect(shown(inner).displayName).toBe(name));

  it.each([
    [{ BusinessPhone: '1', BusinessPhone2: '2' }, 'workPhone', '1'],
    [{ BusinessPhone: ' ', BusinessPhone2: '2' }, 'workPhone', '2'],
    [{ HomePhone2: '2' }, 'homePhone', '2'],
    [{ HomeFax: '1', OtherFax: '2' }, 'faxNumber', '1'],
    [{ OtherFax: '2' }, 'faxNumber', '2'],
    [{ CompanyMainPhone: '1', OtherTelephone: '2' }, 'mainPhone', '1'],
    [{ OtherTelephone: '2' }, 'mainPhone', '2'],
    [{ Pager: '3' }, 'mainPhone', null],
    [{ MobilePhone: '(888) 123-1234 ext. 5' }, 'mobilePhone', '(888) 123-1234 ext. 5'],
  ] as const)('of %j takes %s', (entries, field, value) =>
    expect(shown(phones(entries as unknown as Record<string, string>))[field]).toBe(value),
  );

  it.each([
    [['<Entry Key="EmailAddress1" RoutingType="EX">/o=Org/cn=ada</Entry>'], null],
    [['<Entry Key="EmailAddress1">/O=Org/CN=ada</Entry>'], null],
    [
      [
        '<Entry Key="EmailAddress1" RoutingType="EX">x</Entry>',
        '<Entry Key="EmailAddress3">a@x.example</Entry>',
      ],
      'a@x.example',
    ],
    [['<Entry Key="EmailAddress1"/>', '<Entry Key="EmailAddress2">a@x.example</Entry>'], 'a@x.example'],
  ])('takes no directory name for an address: %j', (entries, email) =>
    expect(shown(emails(...entries)).email).toBe(email),
  );
});

it('leaves further numbers and addresses of Exchange beside what it shows', () => {
  const contact = read(
    emails(
      '<Entry Key="EmailAddress1">a@x.example</Entry>',
      '<Entry Key="EmailAddress2" RoutingType="EX">/o=Org/cn=ada</Entry>',
      '<Entry Key="EmailAddress3">b@x.example</Entry>',
    ) +
      phones({
        ...{ BusinessPhone: '1', BusinessPhone2: '2', HomePhone2: '3', MobilePhone: '4', CarPhone: '5' },
        ...{ AssistantPhone: '6', Pager: '7', HomeFax: '8', OtherFax: '9', PrimaryPhone: '10' },
        OtherTelephone: '11',
      }),
  );
  const { numbers, emails: addresses } = furtherBeside(contact, chooseSlots(contact));
  expect(numbers.map(({ field, text }) => [field, text])).toEqual([
    ...[
      ['workPhone', '2'],
      ['otherPhone', '11'],
      ['otherPhone', '5'],
      ['faxNumber', '9'],
    ],
  ]);
  expect(addresses).toEqual(['b@x.example']);
});

describe('Writing to a contact of Exchange', () => {
  const change = (inner: string, changed: Parameters<typeof changesOf>[2]) => {
    const contact = read(inner);
    const slots = chooseSlots(contact);
    const { changes, contact: after } = changesOf(contact, slots, changed);
    return { changes, fields: fieldsOf(after, slots) };
  };

  it('writes a number where it was read from', () => {
    const { changes, fields } = change(phones({ OtherFax: '1', Pager: '2' }), { faxNumber: '+331' });
    expect(changes).toEqual([{ property: { phone: 'OtherFax' }, value: '+331' }]);
    expect(fields.faxNumber).toBe('+331');
  });

  it('takes away the number that was shown, and does not show one that never was', () => {
    const { changes, fields } = change(phones({ BusinessPhone: '1', BusinessPhone2: '2' }), {
      workPhone: null,
    });
    expect(changes).toEqual([{ property: { phone: 'BusinessPhone' }, value: null }]);
    expect(fields.workPhone).toBeNull();
  });

  it('leaves a directory name alone until somebody enters an address', () => {
    const inner = emails('<Entry Key="EmailAddress1" RoutingType="EX">/o=Org/cn=ada</Entry>');
    expect(change(inner, { organization: 'Acme' }).changes).toEqual([
      { property: 'CompanyName', value: 'Acme' },
    ]);
    expect(change(inner, { email: 'ada@x.example' })).toMatchObject({
      changes: [{ property: { email: 'EmailAddress1' }, value: 'ada@x.example' }],
      fields: { email: 'ada@x.example' },
    });
  });

  it('renames a contact in all the places Outlook shows its name', () => {
    const inner =
      '<Subject>Zoé Durand</Subject><FileAs>Durand, Zoé</FileAs><DisplayName>Zoé Durand</DisplayName>' +
      '<GivenName>Zoé</GivenName><Surname>Durand</Surname>';
    expect(change(inner, { displayName: 'Zoé Petit' }).changes).toEqual([
      { property: 'Subject', value: 'Zoé Petit' },
      { property: 'FileAs', value: 'Petit, Zoé' },
      { property: 'DisplayName', value: 'Zoé Petit' },
      { property: 'Surname', value: 'Petit' },
    ]);
  });

  it('shows the name it was given, also where it was filed without one before', () =>
    expect(change('<FileAs>Durand, Zoé</FileAs>', { displayName: 'Zoé Petit' }).fields.displayName).toBe(
      'Zoé Petit',
    ));

  it('leaves a title somebody chose', () =>
    expect(
      change('<Subject>Plumber</Subject><DisplayName>Zoé</DisplayName>', { displayName: 'Zoë' }).changes,
    ).not.toContainEqual(expect.objectContaining({ property: 'Subject' })));

  it('writes nothing that is not asked for', () =>
    expect(change('<DisplayName>Zoé</DisplayName>', {}).changes).toEqual([]));

  it('reads back what it makes', () => {
    const fields = {
      ...{
        displayName: 'Zoé Durand',
        email: 'zoe@x.example',
        workPhone: '1',
        homePhone: '2',
        mobilePhone: '3',
      },
      ...{ faxNumber: '4', mainPhone: '5', organization: 'Durand & Fils' },
    };
    const made = newContact(fields, 'id');
    expect(fieldsOf(made, chooseSlots(made))).toEqual(fields);
    expect(made).toMatchObject({ fileAs: 'Durand, Zoé', givenName: 'Zoé', surname: 'Durand', marker: 'id' });
    const empty = newContact({ ...nothing, displayName: 'Acme' }, 'id');
    expect(fieldsOf(empty, chooseSlots(empty))).toEqual({ ...nothing, displayName: 'Acme' });
  });
});
