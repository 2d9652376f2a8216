import { type RemoteFields } from '../contacts-connector.js';
import { changesOf, choose, fieldsOf, furtherBeside, newLists, numbersOf } from './google.mapping.js';
import { isOlder } from './google-revision.js';
import { readListed, readPerson, type Entry, type Person } from './people.js';

describe('a contact of Google', () => {
  const person = (fields: Record<string, unknown[]>): Person =>
    readPerson({
      ...{ resourceName: 'people/c1', etag: '%e', ...fields },
      metadata: { sources: [{ type: 'PROFILE' }, { type: 'CONTACT', id: '1', etag: '#1', updateTime: '' }] },
    })!;
  const phones = (...some: [type: string, value: string, more?: Entry][]) =>
    person({ phoneNumbers: some.map(([type, value, more]) => ({ type, value, ...more })) });
  const shown = (one: Person, before: Partial<RemoteFields> | null = null) => {
    const filled = Object.entries(fieldsOf(choose(one, before))).filter(([, value]) => value !== null);
    return Object.fromEntries(filled);
  };

  it('shows numbers by their types, the best first, and one of a type somebody made up as the main one', () => {
    expect(
      shown(phones(['work', '1'], ['workMobile', '2'], ['home', '3'], ['otherFax', '4'], ['Boat', '5'])),
    ).toEqual({
      ...{ workPhone: '1', mobilePhone: '2', homePhone: '3', faxNumber: '4', mainPhone: '5' },
    });
    expect(shown(phones(['mobile', '1'], ['workMobile', '2'], ['other', '3'], ['main', '4']))).toEqual({
      ...{ mobilePhone: '1', workPhone: '2', mainPhone: '4' },
    });
    expect(shown(phones(['pager', '1'], ['workPager', '2'], ['', '3'], ['googleVoice', '4']))).toEqual({
      mainPhone: '3',
    });
  });

  it('shows the primary one of several, and on after an edit what was shown, in whatever order', () => {
    const primary = { metadata: { primary: true } };
    const two = phones(['mobile', '1'], ['mobile', '2', primary]);
    expect(shown(two)).toEqual({ mobilePhone: '2' });
    expect(shown(two, { mobilePhone: '1' })).toEqual({ mobilePhone: '1' });
    // Emptied by us: another one was never meant.
    expect(shown(two, { mobilePhone: null })).toEqual({});
    const { phoneNumbers } = changesOf(two, { mobilePhone: '9' }, { mobilePhone: '1' });
    expect(phoneNumbers?.map(({ value }) => value)).toEqual(['2', '9']);
  });

  it('leaves further numbers and addresses beside what it shows, each with what it is', () => {
    const three = {
      ...phones(
        ...(['mobile', 'mobile', 'workMobile', 'home', 'other', 'main', 'Boat', 'pager'] as const).map(
          (type, place): [string, string] => [type, String(place)],
        ),
        ['homeFax', '8'],
        ['workFax', '9', { canonicalForm: '+33199001029' }],
      ),
      emailAddresses: [{ value: 'a@x.example' }, { value: ' ' }, { value: 'b@x.example' }],
    };
    expect(shown(three)).toMatchObject({ mobilePhone: '0', workPhone: '2', homePhone: '3', mainPhone: '5' });
    expect(furtherBeside(three, choose(three))).toEqual({
      numbers: [
        { field: 'mobilePhone', text: '1' },
        { field: 'otherPhone', text: '4' },
        { field: 'otherPhone', text: '6' },
        { field: 'faxNumber', text: '8' },
      ],
      emails: ['b@x.example'],
    });
    // Another one is shown: the first is further now.
    expect(furtherBeside(three, choose(three, { faxNumber: '8', mobilePhone: '1' })).numbers).toEqual([
      ...[
        { field: 'mobilePhone', text: '0' },
        { field: 'otherPhone', text: '4' },
      ],
      ...[
        { field: 'otherPhone', text: '6' },
        { field: 'faxNumber', text: '9', number: '+33199001029' },
      ],
    ]);
  });

  it('is dialled as Google reads it, where that is a number', () => {
    const canonicalForm = '+33199001020';
    const one = phones(
      ['work', '01 99 00 10 20', { canonicalForm }],
      ['home', 'ask Bo', { canonicalForm: 'x' }],
    );
    expect(numbersOf(choose(one))).toEqual({ workPhone: canonicalForm });
  });

  it('keeps the title of somebody whose firm is taken away, and no empty entry', () => {
    const titled = person({
      organizations: [{ name: 'Nord', title: 'Cook', type: 'work', formattedType: 'Work' }],
    });
    expect(changesOf(titled, { organization: null }, null).organizations).toEqual([
      { title: 'Cook', type: 'work' },
    ]);
    const untitled = person({
      organizations: [
        { name: 'Past', current: false },
        { name: 'Nord', type: 'work' },
      ],
    });
    expect(shown(untitled)).toEqual({ organization: 'Nord' });
    expect(changesOf(untitled, { organization: null }, null).organizations).toEqual([
      { name: 'Past', current: false },
    ]);
  });

  it.each([
    ['Zoé Petit', { givenName: 'Zoé', familyName: 'Petit' }],
    ['Léa Durand', { givenName: 'Léa', familyName: 'Durand', phoneticFamilyName: 'D' }],
    ['Ateliers & Cie', { unstructuredName: 'Ateliers & Cie' }],
  ])('gets a new name in parts, or as a whole where they would not say it: %s', (typed, parts) => {
    const name = {
      givenName: 'Zoé',
      familyName: 'Durand',
      displayName: 'Zoé Durand',
      phoneticFamilyName: 'D',
    };
    expect(changesOf(person({ names: [name] }), { displayName: typed }, null).names).toEqual([parts]);
  });

  it('whose surname comes first is taken apart by Google', () => {
    const name = { givenName: 'Taro', familyName: 'Yamada', displayName: 'Yamada Taro' };
    const { names } = changesOf(person({ names: [name] }), { displayName: 'Yamada Jiro' }, null);
    expect(names).toEqual([{ unstructuredName: 'Yamada Jiro' }]);
  });

  it('sends nothing the service works out itself, nor what no text can hold', () => {
    const { names, phoneNumbers } = newLists({
      ...{ displayName: 'a\u0007b\ud800', email: null, organization: null, homePhone: null, mainPhone: null },
      ...{ workPhone: '1', mobilePhone: null, faxNumber: '2' },
    });
    expect(names).toEqual([{ unstructuredName: 'ab\ufffd' }]);
    expect(phoneNumbers).toEqual([
      { value: '1', type: 'work' },
      { value: '2', type: 'workFax' },
    ]);
  });

  it('is read out of its own source alone, and is none without one', () => {
    const metadata = { source: { type: 'PROFILE' } };
    expect(
      person({ emailAddresses: [{ value: 'a', metadata }, { value: 'b' }] }).emailAddresses,
    ).toHaveLength(1);
    const sources = [{ type: 'PROFILE', etag: '#' }];
    expect(readListed({ resourceName: 'people/c1', metadata: { sources } })).toBeNull();
    expect(readListed({ resourceName: 'people/../me', metadata: { deleted: true } })).toBeNull();
    expect([null, 7, 'x', [], {}].map(readListed)).toEqual([null, null, null, null, null]);
  });

  it('is older by the time it was changed, however finely that is told', () => {
    const at = (updateTime: string | null) => ({ id: null, etag: '#', updateTime });
    expect(isOlder(at('2026-11-22T17:00:00Z'), '2026-11-22T17:00:00.000001Z|#')).toBe(true);
    expect(isOlder(at('2026-11-22T17:00:00.5Z'), '2026-11-22T17:00:00.123456789Z|#')).toBe(false);
    expect(isOlder(at(null), '2026-11-22T17:00:00Z|#')).toBe(false);
  });
});
