import { contactFields } from '../../contact-card/contact-fields.js';
import { type RemoteFields } from '../contacts-connector.js';
import {
  differenceToPush,
  fieldsOf,
  pendingOf,
  remoteFieldsOf,
  sameField,
  type Tellable,
} from './remote-fields.js';

const none = Object.fromEntries(contactFields.map((field) => [field, null])) as RemoteFields;
const remote = (fields: Partial<RemoteFields>): RemoteFields => ({ ...none, ...fields });

/** As it stands here once it was read. */
function read(fields: Partial<RemoteFields>): Tellable {
  const there = remote(fields);
  return {
    ...fieldsOf({ fields: there }, 'FR'),
    agreed: { fields: there, folderIds: ['there'] },
    ...{ remoteId: 'x', pushAttempts: 0, deletedAt: null, folderIds: ['ours'] },
  };
}
const folders = new Map([['ours', 'there']]);
const pushed = (row: Tellable) => differenceToPush(row, folders, 'FR').fields;

describe('What a provider says', () => {
  it.each<[Partial<RemoteFields>]>([
    [{ displayName: '  Ada  Lovelace ', email: 'Ada@Engine.Example' }],
    [{ workPhone: '01 70 18 99 00', homePhone: 'ask Bob', mobilePhone: '(888) 123-1234 ext. 5' }],
    [{ displayName: null, email: 'ada@engine.example' }],
    [{ displayName: 'x'.repeat(300), organization: 'o'.repeat(300), email: '/o=NORD/cn=Recipients/cn=ada' }],
    [{}],
  ])('is read and never written back as it was read: %j', (fields) => {
    expect(pushed(read(fields))).toEqual({});
    expect(pendingOf(read(fields), folders, 'FR')).toBeNull();
  });

  it('is called by its address, organization or number where it has no name', () => {
    expect(read({ email: 'ada@engine.example', organization: 'Engines' }).displayName).toBe(
      'ada@engine.example',
    );
    expect(read({ organization: 'Engines', workPhone: '01 70 18 99 00' }).displayName).toBe('Engines');
    expect(read({ workPhone: '01 70 18 99 00' }).displayName).toBe('01 70 18 99 00');
  });

  it('keeps beside a number how it was spelled, and gives it back with an undo', () => {
    const row = read({ workPhone: '01 70 18 99 00' });
    expect(row).toMatchObject({ workPhone: '+33170189900', typedPhones: { workPhone: '01 70 18 99 00' } });
    expect(remoteFieldsOf(row, row.agreed).workPhone).toBe('01 70 18 99 00');
  });
});

describe('What is compared', () => {
  it.each([
    ['workPhone', '01 70 18 99 00', '+33 1 70 18 99 00', true],
    ['workPhone', '+33170189900', '+33170189901', false],
    ['workPhone', '(888) 123-1234 ext. 5', '(888) 123-1234 ext. 6', false],
    ['homePhone', 'ask Bob', ' ask  Bob', true],
    ['email', 'Ada@Engine.Example', 'ada@engine.example', true],
    ['displayName', 'ada', 'Ada', false],
    ['organization', null, '', true],
  ] as const)('%s: %j and %j', (field, one, other, same) => {
    expect(sameField(field, one, other, 'FR')).toBe(same);
  });
});

describe('What is sent', () => {
  it('is the field somebody changed, and no other', () => {
    const row = read({ displayName: 'Ada', email: 'Ada@Engine.Example', homePhone: 'ask Bob' });
    expect(pushed({ ...row, organization: 'Engines' })).toEqual({ organization: 'Engines' });
    expect(pushed({ ...row, email: null })).toEqual({ email: null });
    expect(pushed({ ...row, homePhone: '+33170189900', typedPhones: {} })).toEqual({
      homePhone: '+33170189900',
    });
  });

  it('is where a contact is, unless the folder is not known', () => {
    const row = read({ displayName: 'Ada' });
    const two = new Map([...folders, ['other', 'elsewhere']]);
    expect(differenceToPush({ ...row, folderIds: ['other'] }, two, 'FR').folderIds).toEqual(['elsewhere']);
    expect(differenceToPush({ ...row, folderIds: ['gone'] }, two, 'FR').folderIds).toBeNull();
  });

  it('follows from how a contact stands', () => {
    const row = read({ displayName: 'Ada' });
    const deletedAt = new Date();
    expect(pendingOf({ ...row, agreed: null, remoteId: null }, folders, 'FR')).toBe('create');
    expect(pendingOf({ ...row, deletedAt }, folders, 'FR')).toBe('remove');
    expect(pendingOf({ ...row, deletedAt, agreed: null }, folders, 'FR')).toBeNull();
    const unsent = { ...row, deletedAt, agreed: null, remoteId: null };
    expect(pendingOf(unsent, folders, 'FR')).toBeNull();
    // Begun and not answered: it may be there.
    expect(pendingOf({ ...unsent, pushAttempts: 1 }, folders, 'FR')).toBe('remove');
  });
});
