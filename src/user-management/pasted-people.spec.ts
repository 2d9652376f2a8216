import { newId } from '../database/id.js';
import { proposedText, readPastedPeople } from './pasted-people.js';

it('takes who has both names and an address', () => {
  const { people, problems } = readPastedPeople('Ada Lovelace <ADA@x.org>; "Hopper, Grace" <g@x.org>', null);
  expect(people).toEqual([
    { id: undefined, email: 'ada@x.org', givenName: 'Ada', familyName: 'Lovelace' },
    { id: undefined, email: 'g@x.org', givenName: 'Grace', familyName: 'Hopper' },
  ]);
  expect(problems).toEqual([]);
});

it('names each entry that cannot be taken, and why', () => {
  const text = 'nobody; info@x.org; Ada <a@x.org>; Bo Li <b@x.org>, b@x.org; Cy Day <c@localhost>';
  const { people, problems } = readPastedPeople(text, null);
  expect(people.map(({ email }) => email)).toEqual(['b@x.org']);
  expect(problems.map(({ typed, key }) => [typed, key])).toEqual([
    ['nobody', 'users.pasted.no-address'],
    ['info@x.org', 'users.pasted.no-name'],
    ['Ada <a@x.org>', 'users.pasted.one-name'],
    ['b@x.org', 'users.pasted.twice'],
    ['Cy Day <c@localhost>', 'users.pasted.not-an-address'],
  ]);
});

it('proposes the name an address spells, in its own place of the list', () => {
  const text = 'ada.lovelace@x.org; jean-paul.martin@x.org\nx.ada.lovelace@x.org';
  const { problems } = readPastedPeople(text, null);
  const proposed = proposedText(text, problems);
  expect(proposed).toBe(
    'Ada Lovelace <ada.lovelace@x.org>; Jean-Paul Martin <jean-paul.martin@x.org>\nx.ada.lovelace@x.org',
  );
  expect(readPastedPeople(proposed, null).people).toHaveLength(2);
});

it('refuses a list that is too long as a whole', () => {
  const text = Array.from({ length: 101 }, (_, n) => `Ada L${n} <a${n}@x.org>`).join('\n');
  const { people, problems } = readPastedPeople(text, null);
  expect(people).toEqual([]);
  expect(problems).toMatchObject([{ key: 'users.pasted.too-many', values: { count: 101, max: 100 } }]);
});

it('gives everybody the same id again when the same form comes twice', () => {
  const once = newId();
  const read = () => readPastedPeople('A B <a@x.org>; C D <c@x.org>', once).people.map(({ id }) => id);
  expect(read()).toEqual(read());
  expect(new Set(read()).size).toBe(2);
});
