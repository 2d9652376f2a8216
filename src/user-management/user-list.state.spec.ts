import { newId } from '../database/id.js';
import { isNarrowed, listPath, readListState } from './user-list.state.js';

it('reads an empty query as the active people by name', () => {
  const state = readListState({});
  expect(state).toEqual({
    status: 'active',
    q: '',
    role: null,
    userGroup: null,
    department: null,
    sort: 'name',
    descending: false,
    place: {},
    all: false,
  });
  expect(isNarrowed(state)).toBe(false);
  expect(listPath(state)).toBe('/users');
});

it('writes a state as the address it was read from', () => {
  const userGroup = newId();
  const path = `/users?status=pending&q=ada+l&role=admin&userGroup=${userGroup}&department=R%26D&sort=-invited&after=abc`;
  const state = readListState(Object.fromEntries(new URL(path, 'http://x').searchParams));
  expect(state).toMatchObject({
    status: 'pending',
    q: 'ada l',
    role: 'admin',
    sort: 'invited',
    descending: true,
  });
  expect(listPath(state)).toBe(path);
});

it.each([
  { status: 'removed' },
  { sort: 'password' },
  { sort: 'id; DROP TABLE users' },
  { sort: 'invited' },
  { role: 'god' },
  { userGroup: "1' OR 1" },
  { q: ['a', 'b'] },
  { after: ['a', 'b'] },
])('counts %j as absent', (query) => {
  expect(readListState(query)).toEqual(readListState({}));
});

it('selects all that match among the pending alone', () => {
  expect(readListState({ status: 'pending', all: 'matching' }).all).toBe(true);
  expect(readListState({ status: 'pending', all: 'yes' }).all).toBe(false);
  expect(readListState({ all: 'matching' }).all).toBe(false);
  const path = '/users?status=pending&q=ada&all=matching';
  expect(listPath(readListState(Object.fromEntries(new URL(path, 'http://x').searchParams)))).toBe(path);
});

it('offers the pending no sort by last sign-in', () => {
  expect(readListState({ status: 'pending', sort: 'signed-in' }).sort).toBe('name');
  expect(readListState({ status: 'pending', sort: 'invited' }).sort).toBe('invited');
});
