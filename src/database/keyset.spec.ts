import { newId } from './id.js';
import {
  decodeCursor,
  encodeCursor,
  END,
  keysetPage,
  placeQuery,
  type KeysetOrder,
  type Slice,
} from './keyset.js';

const byName: KeysetOrder = {
  name: 'name',
  columns: [
    { sql: 'u.sortKey', name: 'sortKey', kind: 'text' },
    { sql: 'u.id', name: 'id', kind: 'id' },
  ],
};
const bySignIn: KeysetOrder = {
  name: 'signed-in',
  columns: [
    { sql: 'u.lastSignInAt', name: 'lastSignInAt', kind: 'moment', nullable: true },
    { sql: 'u.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

interface Row {
  sortKey: string;
  lastSignInAt: Date | null;
  id: string;
}

describe('keysetPage', () => {
  const names = ['ada', 'ada', 'ada', 'bob', 'bob', 'cy', 'dot'];
  const moments = [null, 5, null, 5, 5, 3, null];
  const people: Row[] = names.map((sortKey, place) => ({
    sortKey,
    id: newId(),
    lastSignInAt: moments[place] === null ? null : new Date(Date.UTC(2026, 0, moments[place] ?? 1)),
  }));

  it.each([
    ['by a column with equal values', byName],
    ['backwards by it', { ...byName, descending: true }],
    ['by a column with empty values, backwards', bySignIn],
    ['by a column with empty values', { ...bySignIn, descending: false }],
  ])('walks a list forth and back %s', async (_, order) => {
    const whole = (await keysetPage(order, {}, 100, memory(people, order))).rows;
    expect(whole).toHaveLength(people.length);
    const forth: Row[][] = [];
    let page = await keysetPage(order, {}, 2, memory(people, order));
    forth.push(page.rows);
    while (page.next) {
      page = await keysetPage(order, page.next, 2, memory(people, order));
      forth.push(page.rows);
    }
    expect(forth.flat()).toEqual(whole);

    page = await keysetPage(order, { before: END }, 2, memory(people, order));
    expect(page.rows).toEqual(whole.slice(-2));
    expect([page.next, page.last]).toEqual([null, null]);
    const back = [page.rows];
    while (page.previous) {
      page = await keysetPage(order, page.previous, 2, memory(people, order));
      back.unshift(page.rows);
    }
    // Seven people: the way back ends with the whole first page, which shows one of them again.
    expect(back[0]).toEqual(whole.slice(0, 2));
    expect(new Set(back.flat())).toEqual(new Set(whole));
    expect([page.first, page.previous]).toEqual([null, null]);
  });

  it('gives the last page when the rows of a page have gone', async () => {
    const cursor = encodeCursor(byName, { sortKey: 'zoe', id: newId() });
    const page = await keysetPage(byName, { after: cursor }, 2, memory(people, byName));
    expect(page.rows.map(({ sortKey }) => sortKey)).toEqual(['cy', 'dot']);
  });

  it('gives the first page for a cursor that is none', async () => {
    const page = await keysetPage(byName, { after: 'x'.repeat(50) }, 2, memory(people, byName));
    expect(page.rows.map(({ sortKey }) => sortKey)).toEqual(['ada', 'ada']);
    expect([page.first, page.previous]).toEqual([null, null]);
  });

  it('writes the way from an equal key as a range an index can serve', async () => {
    const id = newId();
    let slice: Slice | undefined;
    const cursor = encodeCursor(byName, { sortKey: 'ada', id });
    await keysetPage(byName, { after: cursor }, 50, (given) => {
      slice ??= given;
      return Promise.resolve([]);
    });
    expect(slice).toEqual({
      where: '(u.sortKey >= ? AND (u.sortKey > ? OR u.id > ?))',
      values: ['ada', 'ada', id],
      orderBy: 'u.sortKey ASC, u.id ASC',
      limit: 51,
    });
  });
});

describe('decodeCursor', () => {
  const id = newId();
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('takes back what was made', () => {
    const at = new Date('2026-11-22T10:00:00.123Z');
    expect(decodeCursor(byName, encodeCursor(byName, { sortKey: 'd’o', id }))).toEqual(['d’o', id]);
    expect(decodeCursor(bySignIn, encodeCursor(bySignIn, { lastSignInAt: at, id }))).toEqual([at, id]);
    expect(decodeCursor(bySignIn, encodeCursor(bySignIn, { lastSignInAt: null, id }))).toEqual([null, id]);
  });

  it.each([
    ['no JSON', 'abc'],
    ['no base64url', '%%%'],
    ['an object', encoded({ a: 1 })],
    ['another sort', encoded(['email', 'a', id])],
    ['too few values', encoded(['name', 'a'])],
    ['too many values', encoded(['name', 'a', id, id])],
    ['a number', encoded(['name', 1, id])],
    ['a list', encoded(['name', ['a'], id])],
    ['a null that cannot be', encoded(['name', null, id])],
    ['an id that is none', encoded(['name', 'a', '1'])],
    ['something long', encoded(['name', 'a'.repeat(1_001), id])],
    ['something very long', 'a'.repeat(5_000)],
    ['nothing', undefined],
  ])('refuses %s', (_, cursor) => {
    expect(decodeCursor(byName, cursor)).toBeNull();
  });

  it.each(['2026-13-01T00:00:00.000Z', '2026-11-22', 'now'])('refuses the moment %s', (moment) => {
    expect(decodeCursor(bySignIn, encoded(['signed-in', moment, id]))).toBeNull();
  });
});

it('writes a place as a query', () => {
  expect(placeQuery({})).toEqual({});
  expect(placeQuery({ after: 'a' })).toEqual({ after: 'a' });
  expect(placeQuery({ before: END })).toEqual({ before: 'end' });
});

/** Answers a slice as a database does: condition evaluated with SQL's three values, NULL sorted first. */
function memory(rows: Row[], { columns }: KeysetOrder) {
  return ({ where, values, orderBy, limit }: Slice): Promise<Row[]> => {
    const sign = orderBy.endsWith('DESC') ? -1 : 1;
    const found = rows.filter((row) => holds(row, where, [...values]));
    found.sort((one, other) => {
      for (const { name } of columns) {
        const order = compare(one[name as keyof Row], other[name as keyof Row]);
        if (order !== 0) return order * sign;
      }
      return 0;
    });
    return Promise.resolve(found.slice(0, limit));
  };
}

function holds(row: Row, where: string, values: unknown[]): boolean {
  const terms = where.replace(
    /(u\.(\w+)|1) (>=|<=|=|<|>|IS NOT NULL|IS NULL)( \?| [01])?/g,
    (...match: string[]) => {
      const [, left, name, operator, right] = match;
      if (left === '1') return String(right === ' 1');
      const value = row[name as keyof Row];
      if (operator === 'IS NULL') return String(value === null);
      if (operator === 'IS NOT NULL') return String(value !== null);
      const given = values.shift() as string | Date;
      if (value === null) return 'false';
      const order = compare(value, given);
      return String(
        { '>=': order >= 0, '<=': order <= 0, '=': order === 0, '<': order < 0, '>': order > 0 }[operator],
      );
    },
  );
  return evaluate(terms);
}

/** `(true AND (false OR true))` */
function evaluate(terms: string): boolean {
  let text = terms;
  while (!/^(true|false)$/.test(text)) {
    const simpler = text.replace(/\(([^()]*)\)/, (_, inner: string) => String(either(inner)));
    text = simpler === text ? String(either(text)) : simpler;
  }
  return text === 'true';
}

function either(text: string): boolean {
  return text.split(' OR ').some((part) => part.split(' AND ').every((word) => word.trim() === 'true'));
}

function compare(one: string | Date | null, other: string | Date | null): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
