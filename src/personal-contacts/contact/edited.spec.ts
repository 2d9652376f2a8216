import { type CardProperty } from '../../contact-card/contact-fields.js';
import { detailsOf, edited, emptyContact, fingerprintOf, type ContactEdit } from './edited.js';

const nothing: ContactEdit = { fields: {}, phones: {}, details: {}, without: [] };
const extra: CardProperty[] = [
  ['n', {}, 'text', ['Lovelace', 'Ada', '', '', '']],
  ['org', {}, 'text', ['Analytical', 'Engines']],
  ['adr', { type: 'home' }, 'text', ['', '', '12 rue X', 'Lyon', '', '69001', 'France']],
  ['note', { language: 'en' }, 'text', 'one'],
  ['note', {}, 'text', 'two'],
  ['bday', {}, 'text', 'about 1815'],
];
const before = {
  ...emptyContact,
  ...{ displayName: 'Ada Lovelace', organization: 'Analytical', mobilePhone: '+33612345678' as const, extra },
  typedPhones: { mobilePhone: "'06 12 34 56 78" },
};

describe('a contact after a form', () => {
  it('is the same when the form says what is there', () => {
    // As a form sends it back.
    const edit = {
      ...nothing,
      fields: { displayName: 'Ada Lovelace', organization: 'Analytical' },
      phones: { mobilePhone: { number: '+33612345678' as const, typed: null } },
      details: detailsOf(extra),
    };
    expect(edited(before, edit)).toEqual(before);
  });

  it('is the same when a field lost only spaces of a note', () => {
    const spaced = { ...emptyContact, extra: [['note', {}, 'text', 'a  b \r\n c']] as CardProperty[] };
    expect(edited(spaced, { ...nothing, details: { note: 'a b\nc' } })).toEqual(spaced);
  });

  it('keeps what the source said of a number only while that stays', () => {
    const phones = { mobilePhone: { number: '+33700000000' as const, typed: null } };
    expect(edited(before, { ...nothing, phones }).typedPhones).toEqual({});
  });

  it('keeps the parts of a name that only grew, and drops those of another', () => {
    const named = (displayName: string) =>
      edited(before, { ...nothing, fields: { displayName } }).extra.map(([name]) => name);
    expect(named('Ada King Lovelace')).toContain('n');
    expect(named('Grace Hopper')).not.toContain('n');
  });

  it('gives the departments the new company', () => {
    const after = edited(before, { ...nothing, fields: { organization: 'Babbage & Co' } });
    expect(after.extra).toContainEqual(['org', {}, 'text', ['Babbage & Co', 'Engines']]);
  });

  it('makes one note of several only when their text changes, and leaves a birthday it cannot show', () => {
    const after = edited(before, {
      ...nothing,
      details: { note: 'three', birthday: null, jobTitle: 'Countess' },
    });
    expect(after.extra.filter(([name]) => ['note', 'bday', 'title'].includes(name))).toEqual([
      ['note', { language: 'en' }, 'text', 'three'],
      ['bday', {}, 'text', 'about 1815'],
      ['title', {}, 'text', 'Countess'],
    ]);
    expect(edited(after, { ...nothing, details: { note: '', jobTitle: '' } }).extra).not.toContainEqual(
      expect.arrayContaining(['note']),
    );
  });

  it('takes away what was ticked', () => {
    const after = edited(before, { ...nothing, without: [fingerprintOf(extra[2])] });
    expect(after.extra).toEqual(extra.filter(([name]) => name !== 'adr'));
  });
});
