import { changesBetween, sameValue } from './changes.js';

interface Person {
  givenName: string;
  department?: string | null;
  features?: Record<string, boolean> | null;
  groups?: string[];
}

const fields = ['givenName', 'department', 'features', 'groups'] as const;

describe('changesBetween', () => {
  it('names each changed field with both values', () => {
    const before: Person = { givenName: 'Ada', department: 'Sales' };
    expect(changesBetween(before, { givenName: 'Ada', department: 'Legal' }, fields)).toEqual({
      department: ['Sales', 'Legal'],
    });
  });

  it('takes an absent value for null', () => {
    expect(
      changesBetween<Person>({ givenName: 'Ada' }, { givenName: 'Ada', department: null }, fields),
    ).toBeNull();
    expect(
      changesBetween<Person>({ givenName: 'Ada' }, { givenName: 'Ada', department: 'HR' }, fields),
    ).toEqual({
      department: [null, 'HR'],
    });
  });

  it('compares lists and objects by content', () => {
    const before: Person = {
      givenName: 'Ada',
      features: { phone: true, integrations: false },
      groups: ['a', 'b'],
    };
    const after: Person = { givenName: 'Ada', features: { integrations: false, phone: true }, groups: ['a'] };
    expect(changesBetween(before, after, fields)).toEqual({ groups: [['a', 'b'], ['a']] });
  });

  it('leaves fields alone that were not asked for', () => {
    expect(changesBetween({ a: 1, b: 1 }, { a: 1, b: 2 }, ['a'])).toBeNull();
  });
});

describe('sameValue', () => {
  it('sees the order of a list', () => {
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(false);
  });
});
