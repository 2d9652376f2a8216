import {
  addressesOf,
  type PersonRecord,
  type PersonRecords,
  type Reader,
  type RecordKind,
} from '../../accounts/person-records.js';
import { sortKeyOf } from '../../text/fold.js';
import { type SaidOfTwo } from './grouping.js';
import { type PersonLinks } from './person-links.service.js';
import { Persons } from './persons.service.js';
import { keyOf } from './same-person.js';

/**
 * What must hold whatever a reader keeps: small worlds made by chance, each the same at every run. Names, numbers and addresses are
 * few, so that much is shared.
 */
const WORLDS = 300;
const reader = { id: 'reader' } as Reader;

describe('people of any world', () => {
  const worlds = Array.from({ length: WORLDS }, (_, seed) => worldOf(seed + 1));

  it('have each entry once, in whatever order entries are found', async () => {
    for (const world of worlds) {
      const groups = await groupsOf(world, world.records);
      expect(groups.flat().sort()).toEqual(world.records.map(keyOf).sort());
      const turned = { ...world, records: [...world.records].reverse() };
      expect([world.seed, sorted(await groupsOf(turned, turned.records))]).toEqual([
        world.seed,
        sorted(groups),
      ]);
    }
  });

  it('never have two entries together that were said to be two', async () => {
    for (const world of worlds) {
      const groups = await groupsOf(world, world.records);
      for (const { one, other, verdict } of world.said)
        if (verdict === 'different')
          expect([
            world.seed,
            groups.some((group) => [one, other].every((ref) => group.includes(keyOf(ref)))),
          ]).toEqual([world.seed, false]);
    }
  });

  it('sign in once each, unless their reader said otherwise', async () => {
    for (const world of worlds.filter(({ said }) => said.every(({ verdict }) => verdict === 'different'))) {
      const email = new Map(world.records.map((record) => [keyOf(record), record.email]));
      for (const group of await groupsOf(world, world.records)) {
        const signIns = group.filter((key) => /^(colleague|external)/.test(key));
        expect([world.seed, new Set(signIns.map((key) => email.get(key))).size]).toEqual([
          world.seed,
          Math.min(signIns.length, 1),
        ]);
      }
    }
  });

  it('are the same on the card of each entry as in a list', async () => {
    for (const world of worlds) {
      const groups = await groupsOf(world, world.records);
      for (const record of world.records) {
        const [alone] = await groupsOf(world, [record]);
        expect([world.seed, keyOf(record), alone]).toEqual([
          world.seed,
          keyOf(record),
          groups.find((group) => group.includes(keyOf(record))),
        ]);
      }
    }
  });
});

interface World {
  seed: number;
  records: PersonRecord[];
  said: SaidOfTwo[];
}

/** Keys of each person’s entries, as they stand on the card. */
async function groupsOf({ records, said }: World, asked: readonly PersonRecord[]): Promise<string[][]> {
  const having = (wanted: (record: PersonRecord) => boolean) => Promise.resolve(records.filter(wanted));
  const sources = {
    byAddresses: (_: Reader, some: string[]) =>
      having((record) => addressesOf(record).some((address) => some.includes(address))),
    byNumbers: (_: Reader, some: string[]) =>
      having(({ numbers }) => numbers.some(({ number }) => some.includes(number))),
    byRefs: (_: Reader, refs: PersonRecord[]) => having(({ id }) => refs.some((ref) => ref.id === id)),
  };
  const links = {
    about: (_: Reader, refs: PersonRecord[]) =>
      Promise.resolve(
        said.filter((each) => refs.some(({ id }) => id === each.one.id || id === each.other.id)),
      ),
  };
  const persons = new Persons(sources as unknown as PersonRecords, links as unknown as PersonLinks);
  return (await persons.group(reader, asked)).map((person) => person.records.map(keyOf));
}

function sorted(groups: readonly string[][]): string[] {
  return groups.map((group) => group.join(', ')).sort();
}

function worldOf(seed: number): World {
  const chance = chanceOf(seed);
  const below = (count: number) => Math.floor(chance() * count);
  const records = Array.from({ length: 2 + below(7) }, (_, place) => {
    const kind = (['colleague', 'external', 'cloud', 'personal'] as const)[below(4)];
    const name = ['Ada Lovelace', 'Lovelace, Ada', 'Ada', 'Jean Martin'][below(4)];
    const numbers = ['+33140205050', '+33612345678', '+33612345679'].filter(() => chance() < 0.35);
    // Nobody signs in with the address of another of their company.
    const own = kind === 'colleague' ? `a${place}@x.example` : `a${below(8)}@x.example`;
    const email = kind === 'colleague' || chance() < 0.6 ? own : null;
    const isOwn = kind === 'cloud' || kind === 'personal';
    const further = isOwn && chance() < 0.3 ? [`a${below(8)}@x.example`] : [];
    return {
      ...recordOf({ kind, id: `${below(10)}${place}`, name, numbers, email }),
      furtherEmails: further,
    };
  });
  const unique = records.filter(
    ({ kind, email }, index) =>
      kind !== 'external' ||
      !records.slice(0, index).some((other) => other.kind === kind && other.email === email),
  );
  const said = Array.from({ length: below(4) }, (): SaidOfTwo | null => {
    const [one, other] = [unique[below(unique.length)], unique[below(unique.length)]];
    return one === other ? null : { one, other, verdict: chance() < 0.4 ? 'same' : 'different' };
  }).filter((each) => each !== null);
  // The last word about two is the only one that is kept.
  const pairs = new Map(said.map((each) => [[keyOf(each.one), keyOf(each.other)].sort().join(), each]));
  return { seed, records: unique, said: [...pairs.values()] };
}

function recordOf(said: {
  kind: RecordKind;
  id: string;
  name: string;
  numbers: string[];
  email: string | null;
}): PersonRecord {
  const { kind, id, name, email } = said;
  return {
    ...{ kind, id, name, email, sortKey: sortKeyOf('', name), searchKey: '', extension: null },
    verified: email !== null && (kind === 'colleague' || kind === 'external'),
    numbers: said.numbers.map((number) => ({ field: 'mobilePhone' as const, number: number as never })),
    ...{ organization: null, jobTitle: null, department: null, photoUrl: null, starred: false },
    href: `/${id}`,
  };
}

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
