import { newId } from '../database/id.js';
import { filterOf, narrowingOf, searchTerms, walkOf } from './user-filter.sql.js';
import { readListState } from './user-list.state.js';

const account = newId();
const filters = (query: Record<string, string>) => readListState(query);

it.each([
  ['', []],
  ['Ada Lovelace', ['ada', 'lovelace']],
  ['06 12 34', ['61234']],
  ['+33 (0)6 12', ['33612']],
  ['Ada 06 12 34 Lovelace', ['ada', '61234', 'lovelace']],
  ['*42#', ['42']],
  ['42', ['42']],
  ['0 1', ['0', '1']],
  ['R&D 2026', ['r&d', '2026']],
  ['ada.1@x.test', ['ada.1@x.test']],
  ['%_ \\', []],
])('looks for %j as %j', (q, terms) => {
  expect(searchTerms(q)).toEqual(terms);
});

it('looks for eight words at most', () => {
  expect(searchTerms('a b c d e f g h i j k')).toHaveLength(8);
});

it('walks the index that holds every filter', () => {
  const index = (query: Record<string, string>) => walkOf(account, filters(query)).index;
  expect(index({ role: 'admin' })).toBe('ix_users_search');
  expect(index({ q: 'ada', manager: newId() })).toBe('ix_users_search');
  expect(index({ department: 'IT', location: 'Oslo' })).toBe('ix_users_department');
  expect(index({ missing: 'department', location: 'Oslo' })).toBe('ix_users_department');
  expect(index({ location: 'Oslo', type: 'basic' })).toBe('ix_users_location');
  expect(index({ q: 'ada', location: 'Oslo' })).toBe('ix_users_search');
});

it('asks for the people of a place beside a search, where no one index holds both', () => {
  expect(walkOf(account, filters({ q: 'ada', location: 'Oslo' })).sql).toContain('u.id IN (SELECT p.id');
  expect(narrowingOf(account, filters({ q: 'ada', location: 'Oslo' }))).toHaveLength(1);
  expect(narrowingOf(account, filters({ q: 'ada' }))).toEqual([]);
});

it('binds everything that came from outside', () => {
  const nasty = "x' OR 1=1 -- ?";
  const all = filters({ q: nasty, department: nasty, location: nasty, manager: nasty, userGroup: nasty });
  for (const { sql, values } of [
    filterOf(account, all),
    walkOf(account, all),
    ...narrowingOf(account, all),
  ]) {
    expect(sql).not.toContain('OR 1=1');
    expect(sql.split('?')).toHaveLength(values.length + 1);
  }
});

it('understands what was counted before a filter was there', () => {
  const { status, q, role, userGroup, department } = filters({ role: 'admin' });
  const stored = { status, q, role, userGroup, department } as ReturnType<typeof filters>;
  expect(filterOf(account, stored)).toEqual(filterOf(account, filters({ role: 'admin' })));
});
