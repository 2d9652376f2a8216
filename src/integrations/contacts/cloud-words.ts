import { type Provider } from '../../accounts/settings.js';
import { type Words } from '../../web/words.js';
import { type Pending, type PushProblem } from '../cloud-contact.entities.js';

export const CONFLICTS = '/cloud-contacts/conflicts';

export function providerName(words: Words, provider: Provider): string {
  return words.t(`cloud-contacts.provider.${provider}`);
}

/** What happened at a provider and what to do about it, in sentences. */
export function problemText(
  words: Words,
  problem: { key: string; values?: Record<string, string | number> },
): string {
  const key = `sync.problem.${problem.key}`;
  return words.has(key) ? words.t(key, problem.values) : words.t('cloud-contacts.problem.other');
}

/** Where a contact stands between here and its provider; in step there is nothing to say. */
export function standingOf(
  words: Words,
  {
    pending,
    problem,
    inConflict,
  }: { pending: Pending | null; problem: PushProblem | null; inConflict: boolean },
  provider: Provider,
): { kind: string; icon: string; text: string; href?: string } | null {
  if (inConflict)
    return { kind: 'warn', icon: 'alert', text: words.t('cloud-contacts.state.conflict'), href: CONFLICTS };
  if (pending === null) return null;
  if (problem !== null)
    return {
      ...{ kind: 'danger', icon: 'alert-circle' },
      text: words.t('cloud-contacts.state.refused', {
        provider: providerName(words, provider),
        why: problemText(words, problem),
      }),
    };
  return { kind: 'quiet', icon: 'clock', text: words.t('cloud-contacts.state.waiting') };
}
