import { type Words } from '../../web/words.js';
import { type FileFindings } from './user-run.entity.js';

/** What a file of addresses held beside the people it deactivates. */
export function fileView(words: Words, file: FileFindings) {
  const { name, rows, twice, unknown, unreadable, deactivated, refused, pending } = file;
  const part = (key: string, count: number, lines: { line: number; text: string; reason?: string }[]) => ({
    title: words.t(`user-runs.file.${key}`, { count }),
    text: words.t(`user-runs.file.${key}-text`),
    lines: lines.map(({ line, text, reason }) => ({
      line: words.t('user-runs.file.row', { line }),
      text,
      ...(reason ? { reason } : {}),
    })),
    more: count > lines.length ? words.t('user-runs.more', { count: count - lines.length }) : null,
  });
  return {
    sentence: words.t('user-runs.file.read', { file: name, rows }),
    twice: twice > 0 ? words.t('user-runs.file.twice', { count: twice }) : null,
    parts: [
      ...(refused.count > 0
        ? [
            part(
              'refused',
              refused.count,
              refused.first.map(({ key, ...each }) => ({ ...each, reason: words.t(key) })),
            ),
          ]
        : []),
      ...(unreadable.count > 0 ? [part('unreadable', unreadable.count, unreadable.first)] : []),
      ...(unknown.count > 0 ? [part('unknown', unknown.count, unknown.first)] : []),
      ...(deactivated.count > 0 ? [part('already', deactivated.count, deactivated.first)] : []),
    ],
    pending:
      pending.count > 0 && pending.runId !== null
        ? {
            text: words.t('user-runs.file.pending', { count: pending.count }),
            href: `/users/runs/${pending.runId}`,
            label: words.t('user-runs.do.cancel', { count: pending.count }),
          }
        : null,
  };
}
