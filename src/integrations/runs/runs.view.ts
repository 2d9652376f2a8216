import { type KeysetPage, type Place } from '../../database/keyset.js';
import { select } from '../../web/fields.js';
import { addressOf, fieldsOf } from '../../web/list-address.js';
import { pageLinks } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { INTEGRATIONS } from '../connections/providers.js';
import { countTexts, outcomeBadge, problemOf } from './run-words.js';
import { runKinds, type ListedRun, type RunKind, type RunMailbox } from './runs.query.js';

export const RUNS = `${INTEGRATIONS}/runs`;

export interface RunsState {
  /** '' for all. */
  connection: string;
  only: RunKind | '';
}

/** `/integrations/runs` as its template needs it. */
export function runsView(
  words: Words,
  state: RunsState,
  { rows, ...places }: KeysetPage<ListedRun>,
  mailboxes: readonly RunMailbox[],
) {
  const path = (changed: Partial<RunsState>, place?: Place) =>
    addressOf(RUNS, fieldsOf({ ...state, ...changed }), place);
  const href = (place: Place) => path({}, place);
  const narrowed = state.only !== '' || state.connection !== '';
  return {
    ...{ title: words.t('sync-runs.title'), text: words.t('sync-runs.text'), backHref: INTEGRATIONS },
    tabs: (['', ...runKinds] as const).map((only) => ({
      href: path({ only }),
      label: words.t(`sync-runs.only.${only === '' ? 'all' : only}`),
      current: state.only === only,
    })),
    filter:
      mailboxes.length < 2
        ? null
        : {
            ...{ action: RUNS, only: state.only },
            select: select(words, {
              ...{ name: 'connection', labelKey: 'sync-runs.mailbox', value: state.connection },
              options: [
                { value: '', labelKey: 'sync-runs.all-mailboxes' },
                ...mailboxes.map((mailbox) => ({ value: mailbox.id, label: mailboxName(mailbox) })),
              ],
            }),
          },
    columns: ['when', 'mailbox', 'did', 'outcome'].map((name) => ({
      label: words.t(`sync-runs.column.${name}`),
    })),
    labels: {
      mailbox: words.t('sync-runs.column.mailbox'),
      did: words.t('sync-runs.column.did'),
      outcome: words.t('sync-runs.column.outcome'),
    },
    runs: rows.map((run) => runRow(words, run)),
    pages: pageLinks(places, href),
    empty: narrowed
      ? {
          ...{
            icon: 'history',
            title: words.t(`sync-runs.none.${state.only === '' ? 'mailbox' : state.only}`),
          },
          ...{ href: RUNS, label: words.t('common.action.clear-filters') },
        }
      : {
          ...{ icon: 'history', title: words.t('sync-runs.none') },
          ...{ text: words.t('sync-runs.none-text'), href: INTEGRATIONS, label: words.t('sync-runs.back') },
        },
  };
}

function runRow(words: Words, run: ListedRun) {
  const did = countTexts(words, run);
  const problem = problemOf(words, run);
  return {
    ...{
      href: runPath(run.id),
      when: words.dateTime(run.startedAt),
      why: words.t(`sync-runs.kind.${run.kind}`),
    },
    ...{ provider: providerNames[run.provider], mailbox: run.accountName },
    ...{ did, problem, nothing: did.length === 0 && problem === '', badge: outcomeBadge(words, run) },
    undone: run.undoneAt === null ? '' : words.t('sync-runs.undone'),
  };
}

export function runPath(id: string): string {
  return `${RUNS}/${id}`;
}

export function mailboxName({ provider, accountName }: Pick<RunMailbox, 'provider' | 'accountName'>): string {
  return `${providerNames[provider]} · ${accountName}`;
}
