import { limits } from '../../config/limits.js';
import { problemsOf, checkbox, type Returned } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { type Reports, type UserDetails } from '../user-details.query.js';

/** `/users/:id/deactivation`: what happens to the person and what stays. */
export function deactivationView(words: Words, details: UserDetails, reports: Reports) {
  const { user } = details;
  return {
    title: words.t('user.deactivation.title', { name: nameOf(user) }),
    text: words.t('user.deactivation.text'),
    ...placesOf(details, 'deactivation'),
    points: [
      words.t('user.deactivation.sign-in'),
      words.t('user.deactivation.directory'),
      words.t('user.deactivation.outside'),
      words.t('user.deactivation.kept'),
      ...reportsPoint(words, reports),
    ],
    label: words.t('users.deactivate'),
  };
}

/** `/users/:id/erasure`: with counts and a tick. */
export function erasureView(words: Words, details: UserDetails, facts: ErasureFacts, returned?: Returned) {
  const { user, userGroups, chatGroups } = details;
  const groups = userGroups.length + chatGroups.length;
  return {
    title: words.t('user.erasure.title', { name: nameOf(user) }),
    text: words.t('user.erasure.text', { days: limits.restoreDays }),
    ...placesOf(details, 'erasure'),
    points: [
      ...(user.status === 'active' ? [words.t('user.erasure.sessions', { count: facts.sessions })] : []),
      words.t('user.deactivation.directory'),
      words.t('user.deactivation.outside'),
      ...(user.extension ? [words.t('user.erasure.extension', { extension: user.extension })] : []),
      words.t('user.erasure.address', { email: user.email, days: limits.restoreDays }),
      words.t('user.erasure.groups', { count: groups, days: limits.restoreDays }),
      ...reportsPoint(words, facts.reports),
      words.t('user.erasure.history', { days: limits.restoreDays }),
    ],
    tick: words.t('user.erasure.tick', { name: nameOf(user) }),
    label: words.t('user.erasure.action'),
    problems: tickProblems(words, returned),
  };
}

/** `/users/:id/erasure/final`: nothing brings the person back. */
export function finalErasureView(words: Words, details: UserDetails, returned?: Returned) {
  const { user } = details;
  return {
    title: words.t('user.final.title', { name: nameOf(user) }),
    text: words.t('user.final.text'),
    ...placesOf(details, 'erasure/final'),
    points: [
      words.t('user.final.gone'),
      words.t('user.final.address', { email: user.email }),
      words.t('user.final.history'),
    ],
    tick: words.t('user.final.tick', { name: nameOf(user) }),
    label: words.t('user.final.action'),
    problems: tickProblems(words, returned),
  };
}

export interface ErasureFacts {
  sessions: number;
  reports: Reports;
}

function placesOf({ user }: UserDetails, act: string) {
  const path = `/users/${user.id}`;
  return { name: nameOf(user), backHref: path, action: `${path}/${act}` };
}

function reportsPoint(words: Words, { people, more }: Reports): string[] {
  if (people.length === 0) return [];
  return [
    words.t(more ? 'user.deactivation.reports-many' : 'user.deactivation.reports', { count: people.length }),
  ];
}

function tickProblems(words: Words, returned?: Returned) {
  const tick = checkbox(words, { name: 'confirmed', labelKey: 'user.erasure.action' }, returned);
  return problemsOf(words, [tick], returned);
}
