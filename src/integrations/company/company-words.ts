import { type Words } from '../../web/words.js';
import { type CompanyConnection, type ConnectedPerson } from './company-connections.query.js';

/** How a connection stands, in a word. */
export function stateBadge(words: Words, { state, problem }: Pick<CompanyConnection, 'state' | 'problem'>) {
  const name = state === 'connected' ? (problem === null ? 'in-step' : 'failing') : state;
  const looks: Record<string, { kind?: string; icon: string }> = {
    'in-step': { kind: 'ok', icon: 'check' },
    failing: { kind: 'warn', icon: 'alert' },
    'needs-sign-in': { kind: 'danger', icon: 'key' },
  };
  return { ...(looks[name] ?? { icon: 'pause' }), text: words.t(`company-integrations.state.${name}`) };
}

/** What is wrong with it or why it rests, in one sentence; '' when it is in step. */
export function whyText(
  words: Words,
  { state, pausedFor, problem }: Pick<CompanyConnection, 'state' | 'pausedFor' | 'problem'>,
): string {
  if (state === 'paused') return words.t(`company-integrations.paused.${pausedFor ?? 'person'}`);
  if (problem === null) return '';
  // What its own person reads says what they can do; numbers in it are theirs too.
  const key = `company-integrations.why.${problem.key}`;
  return words.t(words.has(key) ? key : 'company-integrations.why.other');
}

/** Since when it fails or waits to be signed in; null while it does not. */
export function failingSince({ state, problem }: Pick<CompanyConnection, 'state' | 'problem'>): Date | null {
  return problem === null || state === 'paused' ? null : new Date(problem.since);
}

export function providerText(words: Words, { provider }: Pick<CompanyConnection, 'provider'>): string {
  return words.t(`settings.field.${provider}`);
}

/** What is said of its person, where they are not active. */
export function statusBadge(words: Words, { status }: Pick<ConnectedPerson, 'status'>) {
  if (status === 'active') return null;
  const left = status === 'deactivated' ? 'deactivated' : 'erased';
  return {
    icon: left === 'deactivated' ? 'pause' : 'trash',
    text: words.t(`company-integrations.person.${left}`),
  };
}
