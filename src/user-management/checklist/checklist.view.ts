import { type Words } from '../../web/words.js';
import { steps, type Progress, type Step } from './checklist.query.js';

/** `/checklist`: each step, whether it is done, and where it is done. */
export function checklistView(words: Words, progress: Progress) {
  const { done, hidden } = progress;
  const count = steps.filter((step) => done[step]).length;
  const complete = count === steps.length;
  return {
    title: words.t('checklist.title'),
    status: words.t(complete ? 'checklist.complete' : 'checklist.status', { count, total: steps.length }),
    complete,
    count,
    total: steps.length,
    steps: steps.map((step) => ({
      title: words.t(`checklist.${step}.title`),
      text: textOf(words, step, progress),
      done: done[step],
      badge: done[step]
        ? { kind: 'ok', icon: 'check-circle', text: words.t('checklist.done') }
        : { icon: 'clock', text: words.t('checklist.open') },
      links: linksOf(step, progress).map(({ href, key }) => ({
        href,
        label: words.t(`checklist.link.${key}`),
      })),
    })),
    hidden,
    hideLabel: words.t(hidden ? 'checklist.show' : 'checklist.hide'),
    hideAction: hidden ? '/checklist/return' : '/checklist/dismissal',
  };
}

function textOf(words: Words, step: Step, { people, active, sendsMail }: Progress): string {
  if (step === 'mail') return words.t(sendsMail ? 'checklist.mail.text' : 'checklist.mail.kept');
  return words.t(`checklist.${step}.text`, { people, active });
}

function linksOf(step: Step, { sendsMail }: Progress): { href: string; key: string }[] {
  const links: Record<Step, { href: string; key: string }[]> = {
    settings: [{ href: '/settings', key: 'settings' }],
    mail: [sendsMail ? { href: '/settings#mail', key: 'mail-test' } : { href: '/mail', key: 'mail' }],
    people: [
      { href: '/users/import', key: 'import' },
      { href: '/users/new', key: 'invite' },
    ],
    accepted: [{ href: '/users?status=pending', key: 'pending' }],
    administrators: [{ href: '/users', key: 'users' }],
  };
  return links[step];
}
