import { newId } from '../database/id.js';
import { filterFields, isNarrowed, listPath, readListState } from './user-list.state.js';

it('reads an empty query as the active people by name', () => {
  const state = readListState({});
  const { status, q, sort, descending, place, all, ...rest } = state;
  expect({ status, q, sort, descending, place, all }).toEqual({
    ...{ status: 'active', q: '', sort: 'name', descending: false, place: {}, all: false },
  });
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
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
  { userGroup: ['a', 'b'] },
  { type: 'gold' },
  { signedIn: '8d' },
  { signedInFrom: '2026-13-01' },
  { signedInTo: '2026-02-30' },
  { signedInTo: 'yesterday' },
  { invitation: 'open' },
  { missing: 'nose' },
  { columns: { email: 'x' } },
  { q: ['a', 'b'] },
  { after: ['a', 'b'] },
])('counts %j as absent', (query) => {
  expect(readListState(query)).toEqual(readListState({}));
});

it('selects all that match', () => {
  expect(readListState({ status: 'pending', all: 'matching' }).all).toBe(true);
  expect(readListState({ status: 'pending', all: 'yes' }).all).toBe(false);
  expect(readListState({ all: 'matching' }).all).toBe(true);
  const path = '/users?status=pending&q=ada&all=matching';
  expect(listPath(readListState(Object.fromEntries(new URL(path, 'http://x').searchParams)))).toBe(path);
});

it('offers the pending no sort by last sign-in', () => {
  expect(readListState({ status: 'pending', sort: 'signed-in' }).sort).toBe('name');
  expect(readListState({ status: 'pending', sort: 'invited' }).sort).toBe('invited');
});

it('writes every filter as it was read', () => {
  const [userGroup, chatGroup, manager] = [newId(), newId(), newId()];
  const path =
    `/users?q=a&role=member&type=licensed&userGroup=${userGroup}&chatGroup=${chatGroup}&department=R%26D` +
    `&location=K%C3%B6ln&manager=${manager}&signedIn=over-90d&signedInFrom=2026-01-01&signedInTo=2026-02-28` +
    '&missing=location&columns=email%2Cid';
  expect(listPath(readListState(Object.fromEntries(new URL(path, 'http://x').searchParams)))).toBe(path);
});

it('keeps to the filters of a tab', () => {
  const all = { signedIn: 'never', signedInFrom: '2026-01-01', signedInTo: '2026-01-01', invitation: 'open' };
  expect(filterFields(readListState({ ...all, status: 'pending' }))).toEqual([
    { name: 'invitation', value: 'open' },
  ]);
  expect(filterFields(readListState({ ...all, status: 'erased' })).map(({ name }) => name)).toEqual([
    ...['signedIn', 'signedInFrom', 'signedInTo'],
  ]);
});

it('reads a manager as an id, as an address in its one form, or as nobody', () => {
  const manager = newId();
  expect(readListState({ manager }).manager).toBe(manager);
  expect(readListState({ manager: ' Ada@Example.TEST ' }).manager).toBe('ada@example.test');
  expect(readListState({ manager: 'none' }).manager).toBe('none');
});
