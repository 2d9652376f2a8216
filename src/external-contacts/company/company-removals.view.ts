import { limits } from '../../config/limits.js';
import { type KeysetPage, type Place, placeQuery } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { COMPANY } from './company-list.state.js';
import { type ListedRemoval } from './company-removals.query.js';
import { companyTabs } from './company-tabs.view.js';

const PATH = `${COMPANY}/removals`;
const DAY_MS = 86_400_000;

/** `/company/external-contacts/removals`: what can still be taken back. */
export function companyRemovalsView(words: Words, { rows, ...places }: KeysetPage<ListedRemoval>) {
  const href = (place: Place | null) =>
    place ? `${PATH}?${new URLSearchParams(placeQuery(place)).toString()}` : undefined;
  const names = ['when', 'who', 'what'] as const;
  return {
    title: words.t('company-external.title'),
    text: words.t('company-external.removals.text', { days: limits.restoreDays }),
    caption: words.t('company-external.tab.removals'),
    tabs: companyTabs(words, 'removals'),
    columns: names.map((name) => ({ label: words.t(`company-external.removals.${name}`) })),
    labels: Object.fromEntries(names.map((name) => [name, words.t(`company-external.removals.${name}`)])),
    rows: rows.map((row) => rowOf(words, row)),
    pagination: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last), text: '' },
    },
    empty: {
      ...{ icon: 'undo', title: words.t('company-external.removals.empty') },
      text: words.t('company-external.removals.empty-text', { days: limits.restoreDays }),
    },
  };
}

function rowOf(words: Words, row: ListedRemoval) {
  const { id, batchId, at, actorName, contacts, people, targetId, targetName, undoneAt } = row;
  const what = words.t('company-external.removals.ended', { count: contacts, people });
  return {
    ...{ at: words.dateTime(at), what, who: actorName || words.t('company-external.erased') },
    href: `/audit-log/${id}`,
    person: targetId === null ? '' : targetName || words.t('company-external.erased'),
    ...(undoneAt === null
      ? {
          undoAction: `${PATH}/${batchId}/undo`,
          until: words.t('company-external.removals.until', {
            date: words.date(new Date(at.getTime() + limits.restoreDays * DAY_MS)),
          }),
        }
      : { undone: words.t('company-external.removals.undone', { at: words.dateTime(undoneAt) }) }),
  };
}
