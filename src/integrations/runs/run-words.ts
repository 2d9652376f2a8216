import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { problemText } from '../contacts/cloud-words.js';
import { type ListedRun } from './runs.query.js';

/** How a run ended, as a badge; `running` only while a worker is at it. */
export function outcomeBadge(words: Words, { outcome, alive }: Pick<ListedRun, 'outcome' | 'alive'>) {
  const name = outcome === 'running' && !alive ? 'stopped' : outcome;
  return { ...badges[name], text: words.t(`sync-runs.outcome.${name}`) };
}

const badges: Record<ListedRun['outcome'], { kind?: string; icon: string }> = {
  done: { kind: 'ok', icon: 'check' },
  running: { kind: 'accent', icon: 'refresh' },
  partly: { kind: 'warn', icon: 'alert' },
  failed: { kind: 'danger', icon: 'alert-circle' },
  stopped: { icon: 'pause' },
};

/** What a run did: here, there, and what needs its owner; nothing of what was nothing. */
export function countTexts(
  words: Words,
  { counts, provider }: Pick<ListedRun, 'counts' | 'provider'>,
): string[] {
  const said = (side: 'Here' | 'There') =>
    (['added', 'changed', 'removed'] as const).flatMap((what) => {
      const count = counts[`${what}${side}`] ?? 0;
      return count > 0 ? [words.t(`sync-runs.count.${what}`, { count })] : [];
    });
  const [here, there] = [said('Here'), said('There')];
  const values = { provider: providerNames[provider] };
  const others = (['conflicts', 'refused', 'skipped'] as const).flatMap((what) => {
    const count = counts[what] ?? 0;
    return count > 0 ? [words.t(`sync-runs.count.${what}`, { ...values, count })] : [];
  });
  return [
    ...(here.length > 0 ? [words.t('sync-runs.count.here', { what: words.list(here) })] : []),
    ...(there.length > 0 ? [words.t('sync-runs.count.there', { ...values, what: words.list(there) })] : []),
    ...others,
  ];
}

/** What stood in the way of a run and what to do about it; '' for nothing. */
export function problemOf(words: Words, { problem }: Pick<ListedRun, 'problem'>): string {
  return problem === null ? '' : problemText(words, problem);
}
