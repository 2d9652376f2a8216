import { type CardProperty } from '../../contact-card/contact-fields.js';
import { findDuplicates, pairOf, sharedBy, type Candidate, type Duplicates } from './find-duplicates.js';

let made = 0;
beforeEach(() => {
  made = 0;
});

/** Its id says in which place it was made. */
function contact(displayName: string, fields: Partial<Candidate> = {}): Candidate {
  return {
    ...{ id: String(made++).padStart(6, '0'), revision: 1, displayName, email: null, organization: null },
    ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null, extra: [] },
    ...fields,
  };
}

const placesIn = (found: Duplicates) =>
  Object.fromEntries(
    Object.entries(found).map(([list, groups]) => [
      list,
      groups.map((members) => members.map(({ id }) => Number(id)).join(' ')),
    ]),
  );
const find = (contacts: Candidate[], ...apart: [number, number][]) =>
  placesIn(
    findDuplicates(
      contacts,
      new Set(apart.map(([one, other]) => pairOf(contacts[one].id, contacts[other].id))),
    ),
  );
const email = (address: string): CardProperty => ['email', { type: 'home' }, 'text', address];

describe('findDuplicates', () => {
  it('finds nothing where nothing is shared', () => {
    expect(
      find([contact('Ada', { email: 'ada@x.test' }), contact('Grace', { email: 'grace@x.test' })]),
    ).toEqual({
      ...{ safe: [], decide: [], name: [] },
    });
  });

  it('is safe with one name, however written, and one address or number, wherever it stands', () => {
    expect(
      find([
        contact('Zoë Lefèvre', { email: 'z@x.test', organization: 'ACME' }),
        contact('LEFEVRE, Zoe', { extra: [email('Z@x.test')], organization: 'Acme' }),
        contact('Ada', { workPhone: '+33140205050' }),
        contact('Ada', { mainPhone: '+33140205050' }),
        contact('Ada', { faxNumber: '+33140205050' }),
      ]),
    ).toEqual({ safe: ['2 3 4', '0 1'], decide: [], name: [] });
  });

  it('asks where they contradict each other', () => {
    const mail = { email: 'ada@x.test' };
    const born = (day: string): CardProperty => ['bday', {}, 'date', day];
    expect(
      find([
        contact('Ada', { ...mail, mobilePhone: '+33612345678' }),
        contact('Ada', { ...mail, mobilePhone: '+33612345679' }),
        contact('Bob', { homePhone: '+33140205050', extra: [born('--0412')] }),
        contact('Bob', { homePhone: '+33140205050', extra: [born('1999-04-12')] }),
      ]),
    ).toEqual({ safe: [], decide: ['0 1', '2 3'], name: [] });
  });

  it('asks where names differ, with what is safe standing for one', () => {
    expect(
      find([
        contact('Ada King', { email: 'ada@x.test' }),
        contact('Ada Lovelace', { email: 'ada@x.test' }),
        contact('Ada Lovelace', { email: 'ada@x.test' }),
      ]),
    ).toEqual({ safe: ['1 2'], decide: ['0 1'], name: [] });
  });

  it('names those apart that share a name alone', () => {
    expect(
      find([
        contact('Jean Martin', { email: 'jean@x.test' }),
        contact('Jean Martin', { email: 'jean@y.test' }),
        contact('Jean Martin', { email: 'jean@y.test' }),
        contact('Martin Jean'),
      ]),
    ).toEqual({ safe: ['1 2'], decide: [], name: ['0 1 3'] });
  });

  it('takes the number of a switchboard for no hint, but for namesakes', () => {
    const colleagues = Array.from({ length: 200 }, (_, index) =>
      contact(`Colleague ${index}`, { workPhone: '+33140205050', faxNumber: '+33140205059' }),
    );
    const twin = contact('Colleague 7', { workPhone: '+33140205050', email: 'c7@x.test' });
    expect(find([...colleagues, twin])).toEqual({ safe: ['7 200'], decide: [], name: [] });
    expect(find([...colleagues.slice(0, 4)]).decide).toHaveLength(1);
    expect(find([...colleagues.slice(0, 5)]).decide).toHaveLength(0);
  });

  it('does not find again those that were said to be two', () => {
    const contacts = [
      contact('Ada', { email: 'ada@x.test' }),
      contact('Ada', { email: 'ada@x.test' }),
      contact('Bob', { email: 'b@x.test' }),
      contact('Rob', { email: 'b@x.test' }),
      contact('Jean Martin'),
      contact('Jean Martin'),
    ];
    expect(find(contacts, [0, 1], [3, 2], [4, 5])).toEqual({ safe: [], decide: [], name: [] });
    // Asked about one of two that are one, it holds for both.
    const again = [...contacts.slice(2, 4), contact('Bob', { email: 'b@x.test' })];
    expect(find(again, [0, 1])).toEqual({ safe: ['2 6'], decide: [], name: [] });
  });

  it('never merges two that were said to be two by way of a third', () => {
    const three = ['Ada', 'Ada', 'Ada'].map((name) => contact(name, { email: 'ada@x.test' }));
    expect(find(three, [0, 1])).toEqual({ safe: [], decide: ['0 1 2'], name: [] });
  });

  it('looks through ten thousand contacts that share names and numbers without comparing each with each', () => {
    const contacts = Array.from({ length: 10_000 }, (_, index) =>
      contact(`Name ${index % 33}`, {
        workPhone: `+3314020${String(5000 + (index % 50))}`,
        email: index % 10 === 0 ? `person.${index % 700}@x.test` : null,
      }),
    );
    const found = findDuplicates(contacts, new Set([pairOf(contacts[0].id, contacts[33].id)]));
    const listed = [...found.safe, ...found.decide, ...found.name].flat();
    expect(listed.length).toBeGreaterThan(1_000);
    expect(listed.length).toBeLessThanOrEqual(30_000);
  });

  it('looks through ten thousand of one name and address, one of whom is kept apart from somebody else', () => {
    const contacts = Array.from({ length: 10_000 }, () => contact('Ada', { email: 'ada@x.test' }));
    const other = contact('Bob');
    const found = findDuplicates([...contacts, other], new Set([pairOf(contacts[9_999].id, other.id)]));
    expect(found.safe.flat().length).toBeLessThanOrEqual(10_000);
  });
});

describe('sharedBy', () => {
  it('says what at least two have', () => {
    const contacts = [
      contact('Ada', { email: 'ada@x.test', workPhone: '+33140205050' }),
      contact('Ada', { extra: [email('ada@x.test')], homePhone: '+33140205051' }),
    ];
    expect(sharedBy(contacts)).toEqual(['ada@x.test']);
  });
});
