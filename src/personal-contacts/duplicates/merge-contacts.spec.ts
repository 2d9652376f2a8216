import { type CardProperty } from '../../contact-card/contact-fields.js';
import { type StoredContact } from '../contact-row.js';
import { asideFields, everythingAside, mergeContacts } from './merge-contacts.js';

let made = 0;

function contact(fields: Partial<StoredContact>): StoredContact {
  const at = new Date(1_700_000_000_000 + made);
  return {
    ...{
      id: `id-${made++}`,
      displayName: 'Ada',
      email: null,
      organization: null,
      revision: 1,
      createdByBatch: 'b',
    },
    ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    ...{ typedPhones: {}, extra: [], photoHash: null, starred: false, groupIds: [] },
    ...{ createdAt: at, updatedAt: at, deletedAt: null, mergedInto: null },
    ...fields,
  };
}

const text = (name: string, value: string, parameters: Record<string, string> = {}): CardProperty => [
  ...([name, parameters, 'text', value] as const),
];

describe('mergeContacts', () => {
  it('keeps the oldest, fills what it does not say, and unites groups, star and details', () => {
    const younger = contact({
      ...{
        displayName: 'ADA',
        email: 'ada@x.test',
        organization: 'Acme',
        starred: true,
        groupIds: ['b', 'a'],
      },
      ...{ typedPhones: { mobilePhone: '06 12' }, mobilePhone: '+33612345678', photoHash: 'p' },
      extra: [text('note', 'Younger'), text('url', 'https://x.test/')],
    });
    const older = contact({
      ...{ createdAt: new Date(1_600_000_000_000), email: 'ada@x.test', groupIds: ['c'] },
      extra: [text('note', 'Older'), text('url', 'https://x.test/')],
    });
    const { survivor, after, losers } = mergeContacts([younger, older], everythingAside);
    expect([survivor, losers]).toEqual([older, [younger]]);
    expect(after).toEqual({
      ...older,
      ...{ organization: 'Acme', starred: true, groupIds: ['a', 'b', 'c'], photoHash: 'p' },
      ...{ mobilePhone: '+33612345678', typedPhones: { mobilePhone: '06 12' } },
      extra: [text('note', 'Older'), text('url', 'https://x.test/'), text('note', 'Younger')],
    });
  });

  it('takes the values that were chosen, and what was typed with them', () => {
    const one = contact({
      mobilePhone: '+33612345678',
      typedPhones: { mobilePhone: '06 12' },
      email: 'a@x.test',
    });
    const other = contact({ displayName: 'Ada Lovelace', mobilePhone: '+33698765432', email: 'b@x.test' });
    const choices = {
      values: { displayName: other.id, mobilePhone: other.id, email: 'nobody' },
      aside: new Set<never>(),
    };
    expect(mergeContacts([one, other], choices).after).toMatchObject({
      ...{
        displayName: 'Ada Lovelace',
        mobilePhone: '+33698765432',
        typedPhones: {},
        email: 'a@x.test',
        extra: [],
      },
    });
  });

  it('keeps other e-mails and numbers as further ones, each once', () => {
    const one = contact({ email: 'a@x.test', workPhone: '+33140205050', extra: [text('email', 'c@x.test')] });
    const other = contact({
      ...{ email: 'b@x.test', workPhone: '+33140205051', mainPhone: '+33140205050' },
      extra: [text('email', 'A@x.test'), text('email', 'c@x.test', { type: 'home' }), text('tel', 'ext. 12')],
    });
    const { after } = mergeContacts([one, other], { values: {}, aside: new Set(asideFields) });
    expect(after.extra).toEqual([
      text('email', 'c@x.test'),
      text('tel', 'ext. 12'),
      text('email', 'b@x.test'),
      text('tel', '+33140205051', { type: 'work' }),
    ]);
    const without = mergeContacts([one, other], { values: {}, aside: new Set(['email'] as const) });
    expect(without.after.extra).toHaveLength(3);
  });

  it('has one birthday, name in parts and company with departments: those of the choice', () => {
    const birthday = (day: string): CardProperty => ['bday', {}, 'date', day];
    const one = contact({ extra: [birthday('1815-12-10'), ['n', {}, 'text', ['King', 'Ada']]] });
    const other = contact({
      organization: 'Acme',
      extra: [
        birthday('--1210'),
        ['n', {}, 'text', ['Lovelace', 'Ada']],
        ['org', {}, 'text', ['Acme', 'R&D']],
      ],
    });
    const { after } = mergeContacts([one, other], { values: { bday: other.id }, aside: new Set() });
    expect(after.extra).toEqual([one.extra[1], birthday('--1210'), other.extra[2]]);
  });

  it('does not mix up the labels of two cards', () => {
    const labelled = (value: string, label: string) => [
      text('url', value, { group: 'item1' }),
      text('x-ablabel', label, { group: 'item1' }),
    ];
    const [one, other] = [
      contact({ extra: labelled('https://a.test', 'Blog') }),
      contact({ extra: labelled('https://b.test', 'Shop') }),
    ];
    expect(mergeContacts([one, other], everythingAside).after.extra.map(([, { group }]) => group)).toEqual([
      ...['item1', 'item1', 'm1item1', 'm1item1'],
    ]);
  });
});
