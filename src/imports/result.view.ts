import { type Words } from '../web/words.js';
import { type ImportDescription, type RemovalView } from './import-kind.js';
import { stepsView } from './import-page.view.js';
import { type RowList, type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { addCounts, updateCounts, wrongCount } from './row-counts.view.js';
import { rowsAre, wrongView } from './row-lists.view.js';
import { type updatesView } from './updates.view.js';

/** What became of a file; and what may be taken back. */
export function resultView(
  words: Words,
  present: Import,
  description: ImportDescription,
  {
    list,
    wrong,
    updates,
    removal,
  }: { list: RowList; wrong: RowPage; updates?: ReturnType<typeof updatesView>; removal: RemovalView | null },
  undoEnds: Date,
) {
  const { id, state, fileName, counts, summary } = present;
  const { area, donePath } = description;
  const written = counts?.written ?? 0;
  const wrongRows = counts?.w ?? 0;
  const undone = state === 'undone';
  const of = rowsAre(present.reading);
  const keptCount = summary?.keptCount ?? 0;
  return {
    title: words.t(`${area}.${undone ? 'undone-title' : 'done-title'}`, { count: written }),
    rowsAre: of,
    lead: undone
      ? words.t(`${area}.undone-text`, { count: Math.max(0, written - keptCount) })
      : words.t(`${area}.done-text`, { count: written, wrong: wrongRows, of }),
    steps: stepsView(words, 5),
    fileName,
    undone,
    counts: [
      ...(description.updates?.adds
        ? addCounts(words, counts, description, of)
        : updates
          ? updateCounts(words, written, counts, `/imports/${id}?field=address#changes`)
          : [
              {
                ...{ value: written, label: words.t('imports.count.written', { count: written }) },
                ...{ kind: 'ok', icon: 'check-circle' },
              },
              {
                ...{
                  value: counts?.k ?? 0,
                  label: words.t('imports.count.known', { count: counts?.k ?? 0 }),
                },
                icon: 'equal',
              },
            ]),
      ...(removal?.counts ?? []),
      wrongCount(words, wrongRows, of),
    ],
    updates: undone ? null : updates,
    removal: undone ? null : removal,
    doneHref: donePath,
    doneLabel: words.t(`${area}.done-link`),
    againHref: description.uploadPath,
    errorsHref: wrong.total > 0 || updates?.meanwhile ? `/imports/${id}/errors.csv` : null,
    wrong: wrongView(words, present, description, wrong, list),
    undoHref: !undone && !removal && written > 0 && undoEnds > new Date() ? `/imports/${id}/undo` : null,
    restore: !undone && removal && undoEnds > new Date() ? removal.restore : null,
    redoLabel: words.t(words.has(`${area}.redo`) ? `${area}.redo` : 'imports.undo.redo'),
    redoAction: undone && undoEnds > new Date() ? `/imports/${id}/redo` : null,
    undoEnds,
    kept:
      keptCount > 0
        ? {
            text: words.t(`${area}.kept-text`, { count: keptCount }),
            people: (summary?.kept ?? []).map(({ name, reason, fields }) => ({
              name,
              reason: keptText(words, description, reason, fields ?? []),
            })),
          }
        : null,
  };
}

/** Why somebody, or some of their fields, was left by an undo. */
function keptText(
  words: Words,
  { area, updates }: ImportDescription,
  reason: string,
  fields: readonly string[],
): string {
  const why = words.t(`${area}.kept-${reason}`);
  const labels = fields.flatMap((field) => updates?.labelOf(field) ?? []).map((key) => words.t(key));
  return labels.length === 0
    ? why
    : words.t('imports.kept.fields', { fields: words.list([...new Set(labels)]), why });
}
