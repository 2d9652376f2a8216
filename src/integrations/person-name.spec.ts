import { renamed, splitName } from './person-name.js';

describe('splitName', () => {
  it.each([
    ['Zoé Durand', null, 'Zoé', 'Durand', 'Durand, Zoé'],
    ['Ludwig van Beethoven', null, 'Ludwig', 'van Beethoven', 'van Beethoven, Ludwig'],
    ['María José García', null, 'María José', 'García', 'María José García'],
    ['Prince', null, 'Prince', null, 'Prince'],
    ['  Ada   Lovelace ', null, 'Ada', 'Lovelace', 'Lovelace, Ada'],
    ['Durand & Fils', null, null, null, 'Durand & Fils'],
    ['Acme Tools', 'Acme Tools', null, null, 'Acme Tools'],
    ['Müller GmbH', null, null, null, 'Müller GmbH'],
    ['Taxi 24', null, null, null, 'Taxi 24'],
    ['info@acme.example', null, null, null, 'info@acme.example'],
    ['Ada van', null, 'Ada', 'van', 'van, Ada'],
  ])('%s', (name, organization, givenName, surname, fileAs) =>
    expect(splitName(name, organization)).toEqual({ givenName, surname, fileAs }),
  );
});

describe('renamed', () => {
  const zoe = { fileAs: 'Durand, Zoé', givenName: 'Zoé', middleName: null, surname: 'Durand' };

  it.each([
    [
      'a married name',
      zoe,
      'Zoé Durand',
      'Zoé Durand-Petit',
      'Zoé',
      null,
      'Durand-Petit',
      'Durand-Petit, Zoé',
    ],
    ['a spelling of the given name', zoe, 'Zoé Durand', 'Zoë Durand', 'Zoë', null, 'Durand', 'Durand, Zoë'],
    ['another person', zoe, 'Zoé Durand', 'Paul de Martin', 'Paul', null, 'de Martin', 'de Martin, Paul'],
    ['a surname taken away', zoe, 'Zoé Durand', 'Zoé', 'Zoé', null, null, 'Zoé'],
    [
      'a middle name that stays',
      { ...zoe, middleName: 'Anne', fileAs: 'Durand, Zoé Anne' },
      'Zoé Anne Durand',
      'Zoé Anne Petit',
      ...(['Zoé', 'Anne', 'Petit', 'Petit, Zoé Anne'] as const),
    ],
    [
      'a title that is a property of its own',
      zoe,
      'Dr. Zoé Durand Jr.',
      'Dr. Zoé Petit Jr.',
      ...(['Zoé', null, 'Petit', 'Petit, Zoé'] as const),
    ],
    [
      'a filing with the firm',
      { ...zoe, fileAs: 'Durand, Zoé (Acme)' },
      'Zoé Durand',
      'Zoé Petit',
      ...(['Zoé', null, 'Petit', 'Petit, Zoé (Acme)'] as const),
    ],
    [
      'a filing as it is written',
      { ...zoe, fileAs: 'Zoé Durand' },
      'Zoé Durand',
      'Zoé Petit',
      ...(['Zoé', null, 'Petit', 'Zoé Petit'] as const),
    ],
    [
      'a filing somebody chose',
      { ...zoe, fileAs: 'Plumber' },
      'Zoé Durand',
      'Zoé Petit',
      ...(['Zoé', null, 'Petit', 'Plumber'] as const),
    ],
    [
      'none filed',
      { ...zoe, fileAs: null },
      'Zoé Durand',
      'Zoé Petit',
      ...(['Zoé', null, 'Petit', 'Zoé Petit'] as const),
    ],
    [
      'a firm, which has no parts',
      { fileAs: 'Acme', givenName: null, middleName: null, surname: null },
      'Acme',
      'Acme $& Sons',
      ...([null, null, null, 'Acme $& Sons'] as const),
    ],
  ])('%s', (_what, known, before, after, givenName, middleName, surname, fileAs) =>
    expect(renamed(known, before, after)).toEqual({ givenName, middleName, surname, fileAs }),
  );
});
