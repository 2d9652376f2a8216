import { limits } from '../../config/limits.js';
import { type Words } from '../../web/words.js';
import { personText, type CompanyConnection } from './company-connections.query.js';
import { wholeText } from './company-list.view.js';
import { COMPANY } from './company-state.js';

/** Connections that the question names; the others are counted. */
const NAMED = 10;

/** What is asked before connections end. @param problem key of why it is asked again */
export function companyDisconnectionView(
  words: Words,
  connections: readonly CompanyConnection[],
  { list, problem }: { list: string; problem?: string },
) {
  const count = connections.length;
  const named = connections.slice(0, NAMED).map((connection) => wholeText(words, connection));
  const mailboxes = connections.slice(0, 1).map(({ person }) => personText(person));
  return {
    title: words.t('company-integrations.ending.title', { count, person: mailboxes[0] ?? '' }),
    text: words.t('company-integrations.ending.text'),
    backHref: list,
    action: `${COMPANY}/disconnections`,
    named,
    more: count > NAMED ? words.t('company-integrations.ending.more', { count: count - NAMED }) : '',
    notes: ['stops', 'stays', 'told', 'again'].map((note) =>
      words.t(`company-integrations.ending.${note}`, { days: limits.restoreDays }),
    ),
    tick: words.t('company-integrations.ending.tick', { count }),
    label: words.t('company-integrations.ending.do', { count }),
    hidden: [...connections.map(({ id }) => ({ name: 'ids', value: id })), { name: 'list', value: list }],
    problems: problem ? [{ text: words.t(problem), href: '#confirmed' }] : [],
  };
}
