import { placeQuery, type KeysetPage, type Place } from '../database/keyset.js';
import { type Words } from '../web/words.js';
import { type HistoryRow } from './import-history.query.js';
import { type ImportKinds } from './import-kinds.js';
import { type ImportState } from './import.entities.js';

const badges: Record<ImportState, { kind?: string; icon: string }> = {
  uploading: { icon: 'clock' },
  questions: { kind: 'warn', icon: 'alert' },
  checking: { icon: 'clock' },
  checked: { kind: 'warn', icon: 'clock' },
  importing: { kind: 'accent', icon: 'refresh' },
  done: { kind: 'ok', icon: 'check-circle' },
  undoing: { kind: 'accent', icon: 'undo' },
  redoing: { kind: 'accent', icon: 'refresh' },
  undone: { icon: 'undo' },
  refused: { kind: 'danger', icon: 'alert-circle' },
  cancelled: { icon: 'close' },
};

/** Who brought in which file, and what became of it. */
export function historyView(words: Words, { rows, ...places }: KeysetPage<HistoryRow>, kinds: ImportKinds) {
  const href = (place: Place | null) =>
    place === null ? undefined : `/imports?${new URLSearchParams(placeQuery(place)).toString()}`;
  return {
    title: words.t('imports.history.title'),
    columns: ['file', 'what', 'rows', 'state', 'by', 'at'].map((name) => ({
      label: words.t(`imports.history.${name}`),
      ...(name === 'rows' ? { number: true } : {}),
    })),
    imports: rows.map(({ id, kind, state, fileName, fileBytes, counts, createdAt, by }) => ({
      href: `/imports/${id}`,
      fileName,
      size: words.bytes(fileBytes),
      what: words.t(`${kinds.get(kind).area}.kind`),
      rows: counts ? rowsText(words, counts) : null,
      badge: { ...badges[state], text: words.t(`imports.state.${state}`) },
      by: by ?? words.t('imports.history.operator'),
      at: new Date(createdAt),
    })),
    pagination: {
      first: href(places.first),
      previous: href(places.previous),
      next: href(places.next),
      last: href(places.last),
    },
  };
}

/** How many rows the file has, and once it was imported how many of them came in. */
function rowsText(words: Words, { rows = 0, written = rows }: Record<string, number>): string {
  if (written === rows) return words.number(rows);
  return words.t('imports.history.some-rows', { written: words.number(written), rows: words.number(rows) });
}
