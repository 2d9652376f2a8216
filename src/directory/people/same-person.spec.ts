import { type PersonRecord, type RecordKind } from '../../accounts/person-records.js';
import { sortKeyOf } from '../../text/fold.js';
import { crowdedKeys, peopleAmong, RECORDS_OF_A_PERSON, type SaidOfTwo } from './grouping.js';
import { doubtfulReason, numberKey, sureReason } from './same-person.js';

const ADA = 'ada@engine.example';
const MOBILE = '+33612345678';
let made = 0;

describe('what says that two entries are one person', () => {
  it('is sure of an address one of them signs in with, whatever they are called', () => {
    const colleague = entry('colleague', 'Ada Lovelace', { email: ADA });
    expect(sureReason(colleague, entry('personal', 'Countess', { email: ADA }))).toBe('verified-address');
    expect(sureReason(entry('cloud', 'A.', { email: ADA }), colleague)).toBe('verified-address');
  });

  it('is sure of a number with the same name, in any order, case and accents', () => {
    const cloud = entry('cloud', 'LOVELACE, Adà', { numbers: [MOBILE] });
    expect(sureReason(cloud, entry('personal', 'Ada Lovelace', { numbers: ['+4420', MOBILE] }))).toBe(
      'number-and-name',
    );
    const other = entry('personal', 'Ada Byron', { numbers: [MOBILE] });
    expect(sureReason(cloud, other)).toBeNull();
    expect(doubtfulReason(cloud, other)).toBe('number');
  });

  it('is sure of an address among one’s own only with the same name', () => {
    const cloud = entry('cloud', 'Ada Lovelace', { email: ADA });
    expect(sureReason(cloud, entry('personal', 'Lovelace Ada', { email: ADA }))).toBe('address-and-name');
    const office = entry('personal', 'Front desk', { email: ADA });
    expect(sureReason(cloud, office)).toBeNull();
    expect(doubtfulReason(cloud, office)).toBe('address');
  });

  it('takes a further address of one’s own contacts for what the first one is', () => {
    const colleague = entry('colleague', 'Ada Lovelace', { email: ADA });
    const mine = entry('personal', 'Countess', { email: 'c@home.example', furtherEmails: [ADA] });
    expect(sureReason(colleague, mine)).toBe('verified-address');
    const cloud = entry('cloud', 'Lovelace', { furtherEmails: ['c@home.example'] });
    expect(sureReason(mine, cloud)).toBeNull();
    expect(doubtfulReason(mine, cloud)).toBe('address');
    expect(doubtfulReason(mine, cloud, new Set(['a c@home.example']))).toBeNull();
    // Nobody becomes two people who sign in.
    const grace = entry('colleague', 'Grace Hopper', { email: 'grace@navy.example' });
    const both = entry('personal', 'Ada and Grace', { email: ADA, furtherEmails: ['grace@navy.example'] });
    expect(peopleAmong([both, colleague, grace], [])).toEqual([[colleague, both], [grace]]);
  });

  it('proposes the same whole name, and says nothing of a first name alone', () => {
    const [one, other] = [entry('external', 'Ada Lovelace'), entry('personal', 'Lovelace, Ada')];
    expect(sureReason(one, other)).toBeNull();
    expect(doubtfulReason(one, other)).toBe('name');
    expect(doubtfulReason(entry('external', 'Ada'), entry('personal', 'Ada'))).toBeNull();
  });

  it('says nothing of entries that share nothing, nor of absent addresses and numbers', () => {
    const [one, other] = [entry('cloud', ''), entry('personal', '')];
    expect(sureReason(one, other)).toBeNull();
    expect(doubtfulReason(one, other)).toBeNull();
  });

  it('never takes two people who sign in for one, whatever they share', () => {
    const shared = { numbers: [MOBILE] };
    const [one, other] = [
      entry('colleague', 'Jean Martin', shared),
      entry('colleague', 'Jean Martin', shared),
    ];
    expect(sureReason(one, other)).toBeNull();
    expect(doubtfulReason(one, other)).toBeNull();
    const [here, there] = [
      entry('external', 'Jean Martin', shared),
      entry('external', 'Jean Martin', shared),
    ];
    expect(sureReason(here, there)).toBeNull();
    expect(doubtfulReason(here, there)).toBe('number');
  });

  it('takes nobody of another company for a colleague whose name and number they use', () => {
    const shared = { numbers: [MOBILE] };
    const colleague = entry('colleague', 'Ada Lovelace', { ...shared, email: ADA });
    const outsider = entry('external', 'Ada Lovelace', { ...shared, email: 'ada@elsewhere.example' });
    const mine = entry('personal', 'Ada Lovelace', shared);
    expect(sureReason(colleague, outsider)).toBeNull();
    expect(doubtfulReason(colleague, outsider)).toBe('number');
    expect(peopleAmong([outsider, mine, colleague], [])).toEqual([[outsider], [colleague, mine]]);
    expect(peopleAmong([outsider, colleague], [same(outsider, colleague)])).toEqual([[colleague, outsider]]);
    const moved = entry('external', 'A. Byron', { email: ADA });
    expect(sureReason(colleague, moved)).toBe('verified-address');
  });

  it('does not count a number that too many have', () => {
    const [one, other] = [
      entry('cloud', 'Ada', { numbers: [MOBILE] }),
      entry('personal', 'Ada', { numbers: [MOBILE] }),
    ];
    expect(sureReason(one, other, new Set([numberKey(MOBILE)]))).toBeNull();
    expect(doubtfulReason(one, other, new Set([numberKey(MOBILE)]))).toBeNull();
  });
});

describe('entries put together to people', () => {
  const a = entry('colleague', 'Ada Lovelace', { email: ADA });
  const b = entry('cloud', 'Ada Lovelace', { email: ADA, numbers: [MOBILE] });
  const c = entry('personal', 'Ada Lovelace', { numbers: [MOBILE] });
  const d = entry('personal', 'Somebody else');

  it('follows chains, with whom is believed more first', () => {
    expect(peopleAmong([c, d, b, a], [])).toEqual([[a, b, c], [d]]);
  });

  it('keeps apart what was said apart along a chain, and leaves the middle with the stronger reason', () => {
    expect(peopleAmong([a, b, c], [different(c, a)])).toEqual([[a, b], [c]]);
  });

  it('goes by the reader’s word before any address', () => {
    expect(peopleAmong([a, b, c], [different(a, c), same(b, c)])).toEqual([[a], [b, c]]);
    expect(peopleAmong([a, b, c], [different(a, b)])).toEqual([[a], [b, c]]);
  });

  it('leaves the middle of two equal reasons with whom is believed more', () => {
    const external = entry('external', 'Ada Lovelace', { numbers: [MOBILE] });
    const cloud = entry('cloud', 'Ada Lovelace', { numbers: [MOBILE] });
    const people = peopleAmong([cloud, c, external], [different(external, cloud)]);
    expect(people).toEqual([[cloud], [external, c]]);
  });

  it('links by hand what has nothing in common, and takes away nothing else', () => {
    expect(peopleAmong([a, d], [same(d, a)])).toEqual([[a, d]]);
  });

  it('leaves a namesake of two behind one switchboard to the reader', () => {
    const shared = { numbers: ['+33140205050'] };
    const one = entry('colleague', 'Jean Martin', { ...shared, email: 'jean@x.example' });
    const other = entry('colleague', 'Jean Martin', { ...shared, email: 'j.martin@x.example' });
    const mine = entry('personal', 'Jean Martin', shared);
    expect(peopleAmong([mine, one, other], [])).toEqual([[mine], [one], [other]]);
    const known = entry('personal', 'Jean Martin', { ...shared, email: 'j.martin@x.example' });
    expect(peopleAmong([known, one, other], [])).toEqual([[other, known], [one]]);
  });

  it('joins nobody by an address that more entries have than a person may', () => {
    const crowd = Array.from({ length: RECORDS_OF_A_PERSON + 1 }, () =>
      entry('personal', 'Info', { email: ADA }),
    );
    expect(crowdedKeys(crowd)).toEqual(new Set([`a ${ADA}`]));
    expect(peopleAmong([a, ...crowd], [])).toHaveLength(crowd.length + 1);
  });

  it('gives nobody more entries than a person may have, also by hand', () => {
    const many = Array.from({ length: RECORDS_OF_A_PERSON + 4 }, (_, index) =>
      entry('personal', `Ada ${index}`),
    );
    const people = peopleAmong(
      many,
      many.slice(1).map((each, index) => same(many[index], each)),
    );
    expect(Math.max(...people.map(({ length }) => length))).toBeLessThanOrEqual(RECORDS_OF_A_PERSON);
    expect(people.flat()).toHaveLength(many.length);
  });

  it('does not depend on the order in which entries were found', () => {
    const said = [different(a, c)];
    const sets = (records: PersonRecord[]) =>
      new Set(peopleAmong(records, said).map((group) => group.map(({ id }) => id).join(' ')));
    expect(sets([c, b, a])).toEqual(sets([a, b, c]));
    expect(sets([b, c, a])).toEqual(sets([a, c, b]));
  });
});

function entry(
  kind: RecordKind,
  name: string,
  {
    email = null,
    furtherEmails = [],
    numbers = [],
  }: { email?: string | null; furtherEmails?: string[]; numbers?: string[] } = {},
): PersonRecord {
  const id = `0190b2a0-0000-7000-8000-${String(made++).padStart(12, '0')}`;
  return {
    ...{ kind, id, name, sortKey: sortKeyOf('', name), searchKey: '', email, furtherEmails, extension: null },
    verified: email !== null && (kind === 'colleague' || kind === 'external'),
    numbers: numbers.map((number) => ({ field: 'mobilePhone' as const, number: number as never })),
    ...{
      organization: null,
      jobTitle: null,
      department: null,
      photoUrl: null,
      starred: false,
      href: `/${id}`,
    },
  };
}

function same(one: PersonRecord, other: PersonRecord): SaidOfTwo {
  return { one, other, verdict: 'same' };
}

function different(one: PersonRecord, other: PersonRecord): SaidOfTwo {
  return { one, other, verdict: 'different' };
}
