import { type Id } from '../database/new-id.js';
import { select } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { type ImportDescription, type Row, type UpdateDescription } from './import-kind.js';
import { columnName, paginationView } from './row-lists.view.js';
import { type RowList, type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';

interface Shown {
  list: RowList;
  changed: RowPage;
  met: RowPage;
  notTaken: RowPage;
  names: ReadonlyMap<Id, string>;
}

/** The changed rows asked for: all of them, those of one field, or of an address. */
export function changesList({ counts }: Pick<Import, 'counts'>, field: string | undefined): RowList {
  if (field === ADDRESS && counts?.a) return 'a';
  return field !== undefined && counts?.[`f:${field}`] ? `f:${field}` : 'c';
}

/** What an update changes row by row, what it would not write, and what it does not take. */
export function updatesView(
  words: Words,
  present: Import,
  description: ImportDescription,
  { list, changed, met, notTaken, names }: Shown,
) {
  const updates = description.updates as UpdateDescription;
  const { id, counts, options, summary } = present;
  const tell = (field: string, value: unknown) =>
    updates.references.includes(field) && typeof value === 'string'
      ? (names.get(value) ?? (value.includes('@') ? value : words.t('imports.updates.somebody')))
      : updates.valueText(field, value, words);
  const person = (row: Row) => ({
    line: row.line,
    name: names.get(row.knownId ?? '') ?? words.t('imports.updates.somebody'),
    href: row.knownId === undefined ? null : description.knownPath(row.knownId),
  });
  const field = list === 'a' ? ADDRESS : list.startsWith('f:') ? list.slice(2) : null;
  const pagination = (name: string, page: RowPage) =>
    paginationView(words, id, name, page, field === null ? {} : { field });
  return {
    adds: updates.adds ?? false,
    title: words.t(`imports.updates.title-${present.state === 'checked' ? 'checked' : 'done'}`),
    changed: changed.total,
    respelled: counts?.x ? words.t('imports.updates.respelled', { count: counts.x }) : null,
    mostlyUnknown:
      (summary?.unknown ?? 0) * 2 > (counts?.rows ?? 0)
        ? { text: words.t(`${description.area}.mostly-unknown`), href: updates.newPath }
        : null,
    addresses:
      signIn(updates) && counts?.a
        ? words.t(`${description.area}.addresses-text`, { count: counts.a })
        : null,
    addressCount: counts?.a ?? 0,
    rules: (description.rules ?? []).map((rule) =>
      select(words, {
        name: rule.name,
        labelKey: rule.labelKey,
        value: String(options?.choices[rule.name] ?? rule.value),
        options: rule.options,
      }),
    ),
    rulesAction: `/imports/${id}/rules`,
    filters: filtersOf(words, present, updates, field),
    rows: changed.rows.map((row) => ({
      ...person(row),
      changes: Object.entries(row.changes ?? {}).flatMap(([name, [before, after]]) => {
        const label = updates.labelOf(name);
        if (label === null) return [];
        return [{ label: words.t(label), ...diffOf(before, after, (value) => tell(name, value)) }];
      }),
    })),
    pagination: pagination('changes', changed),
    meanwhile:
      met.total > 0
        ? {
            text: words.t('imports.meanwhile.text', { count: met.total }),
            rows: met.rows.flatMap((row) =>
              (row.meanwhile ?? []).map(([name, seen, now, file, reason]) => ({
                ...person(row),
                column: words.t(updates.labelOf(name) ?? name),
                seen: tell(name, seen),
                now: tell(name, now),
                file: tell(name, file),
                why: reason === 'meanwhile' ? null : words.t(`${description.area}.kept-${reason}`),
              })),
            ),
            pagination: pagination('meanwhile', met),
          }
        : null,
    notTaken:
      notTaken.total > 0
        ? {
            text: words.t('imports.not-taken.text', { count: notTaken.total }),
            rows: notTaken.rows.flatMap((row) =>
              (row.notTaken ?? []).map(([name, held, file]) => ({
                ...person(row),
                column: columnName(words, present, (present.reading?.columns ?? []).indexOf(name)),
                held: updates.valueText(name, held, words),
                file: updates.valueText(name, file, words),
              })),
            ),
            pagination: pagination('untaken', notTaken),
          }
        : null,
  };
}

/** A sentence on a field that was not written, for the file of rows to correct. */
export function meanwhileText(
  words: Words,
  [field, seen, now, , reason]: NonNullable<Row['meanwhile']>[number],
  { area, updates }: ImportDescription,
  names: ReadonlyMap<Id, string>,
): string {
  const tell = (value: unknown) =>
    updates?.references.includes(field) && typeof value === 'string'
      ? (names.get(value) ?? words.t('imports.updates.somebody'))
      : (updates?.valueText(field, value, words) ?? '');
  const told = (value: unknown) => tell(value) || words.t('imports.meanwhile.empty');
  return reason === 'meanwhile'
    ? words.t('imports.meanwhile.error', { seen: told(seen), now: told(now) })
    : words.t('imports.meanwhile.error-why', { why: words.t(`${area}.kept-${reason}`) });
}

/** Whether the address is what people sign in with: a change of it may have to be confirmed. */
function signIn({ confirmed }: UpdateDescription): boolean {
  return confirmed.length > 0;
}

/** Both kinds of change of address are one thing to a reader. */
const ADDRESS = 'address';

/** What changes, with how often: each leads to its rows. */
function filtersOf(
  words: Words,
  { id, counts }: Pick<Import, 'id' | 'counts'>,
  updates: UpdateDescription,
  current: string | null,
) {
  const at = (field: string | null) => `/imports/${id}${field === null ? '' : `?field=${field}`}#changes`;
  const fields = Object.entries(counts ?? {}).flatMap(([name, count]) => {
    const field = name.startsWith('f:') ? name.slice(2) : null;
    const label = field === null || (signIn(updates) && ADDRESSES.has(field)) ? null : updates.labelOf(field);
    return field === null || label === null ? [] : [{ field, label: words.t(label), count }];
  });
  if (signIn(updates) && counts?.a)
    fields.push({ field: ADDRESS, label: words.t('imports.updates.address'), count: counts.a });
  fields.sort((one, other) => other.count - one.count);
  if (fields.length < 2) return [];
  return [
    {
      href: at(null),
      label: words.t('imports.updates.all'),
      count: counts?.c ?? 0,
      current: current === null,
    },
    ...fields.map(({ field, label, count }) => ({
      href: at(field),
      label,
      count,
      current: field === current,
    })),
  ];
}

const ADDRESSES = new Set(['email', 'requestedEmail']);

/** A list as what comes and goes, anything else as before and after. */
function diffOf(before: unknown, after: unknown, tell: (value: unknown) => string) {
  if (!Array.isArray(before) || !Array.isArray(after)) return { before: tell(before), after: tell(after) };
  const [held, wanted] = [before, after].map((list) => list.map((value) => tell([value])));
  return {
    list: true,
    added: wanted.filter((name) => !held.includes(name)),
    removed: held.filter((name) => !wanted.includes(name)),
  };
}
