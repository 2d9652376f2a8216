/* Numbers of many runs, and the table they are shown in. */

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
export const milliseconds = (value) => `${value.toFixed(1)} ms`;
export const perSecond = (value) => `${Math.round(value)} /s`;
export const mebibytes = (value) => `${Math.round(value)} MiB`;

/** The value below which the given share of the values lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Runs `work` until `enough` says so, one after another. @returns {Promise<number[]>} the time of each, ms */
export async function timesWhile(enough, work) {
  const times = [];
  while (!enough(times.length)) times.push(await timed(() => work(times.length)));
  return times;
}

/** Rows of `{ what, measured, floor, ratio, bound, ok }` as a Markdown table; `ok` is null where nothing is required. */
export function table(rows) {
  const heads = ['what', 'measured', 'floor, same run', 'ratio', 'bound', ''];
  const cells = rows.map(({ what, measured, floor, ratio, bound, ok }) => [
    what,
    measured,
    floor ?? '',
    ratio === undefined ? '' : ratio.toFixed(2),
    bound,
    ok === null ? '' : ok ? 'ok' : 'MISSED',
  ]);
  const widths = heads.map((head, i) => Math.max(3, head.length, ...cells.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [
    line(heads),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...cells.map(line),
  ].join('\n');
}

/** What was measured in rounds beside its floor: the medians, and the median of the rounds' ratios. @param {number[]} times ms @param {number[]} floors ms */
export function medianPair(times, floors) {
  return {
    measured: milliseconds(quantile(times, 0.5)),
    floor: milliseconds(quantile(floors, 0.5)),
    ratio: quantile(
      times.map((spent, round) => spent / floors[round]),
      0.5,
    ),
  };
}
