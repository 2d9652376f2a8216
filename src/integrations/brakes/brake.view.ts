import { limits } from '../../config/limits.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { addressOf } from '../../web/list-address.js';
import { pageLinks } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { INTEGRATIONS } from '../connections/providers.js';
import { CLOUD } from '../contacts/list/cloud-list.state.js';
import { seenOf, type Braked, type BrakedConnection, type BrakedContact } from './brakes.service.js';

export interface BrakeRead {
  braked: Braked;
  contacts: KeysetPage<BrakedContact>;
}

/**
 * `/integrations/:id/brake` as its template needs it: each folder of which much was deleted, whom it is about, and both answers
 * with what they do.
 * @param alone all names of one folder are shown, a page at a time
 */
export function brakeView(
  words: Words,
  connection: BrakedConnection,
  reads: readonly BrakeRead[],
  { alone, changed = false }: { alone: boolean; changed?: boolean },
) {
  const several = reads.length > 1;
  return {
    title: words.t('sync-brake.title'),
    text: `${providerNames[connection.provider]} · ${connection.accountName}`,
    backHref: INTEGRATIONS,
    changed: changed ? words.t('sync-brake.moved-on') : '',
    later: connection.connected ? '' : words.t('sync-brake.later'),
    questions: reads.map((read) => questionView(words, connection, read, { alone, several })),
    empty: {
      ...{ icon: 'check-circle', title: words.t('sync-brake.none') },
      ...{ text: words.t('sync-brake.none-text'), href: INTEGRATIONS, label: words.t('sync-brake.back') },
    },
  };
}

export function brakePath(id: string): string {
  return `${INTEGRATIONS}/${id}/brake`;
}

function questionView(
  words: Words,
  connection: BrakedConnection,
  { braked, contacts }: BrakeRead,
  { alone, several }: { alone: boolean; several: boolean },
) {
  const { scopeId, folder, brake } = braked;
  const { direction, deleted, of, since, decision } = brake;
  const path = brakePath(connection.id);
  const provider = providerNames[connection.provider];
  const values = { provider, folder, count: deleted, of, days: limits.restoreDays };
  const named = folder === '' ? 'book' : 'folder';
  const href = (place: Place) => addressOf(path, [{ name: 'scope', value: scopeId }], place);
  const more = !alone && contacts.next !== null;
  // What was meant to be deleted there cannot be told to a mailbox that is only read.
  const canDelete = direction === 'here' || connection.writable;
  return {
    ...{ id: scopeId, action: path, scope: scopeId, seen: seenOf(brake) },
    heading: folder === '' ? words.t('sync-brake.all') : folder,
    question: words.t(`sync-brake.question.${direction}-${named}`, values),
    since: words.t('sync-brake.since', { when: words.dateTime(new Date(since)) }),
    decided: decision === undefined ? '' : words.t(`sync-brake.decided.${decision}`),
    choices: (['keep', 'delete'] as const)
      .filter((choice) => choice !== decision && (choice === 'keep' || canDelete))
      .map((choice) => ({
        choice,
        icon: choice === 'keep' ? 'check' : 'trash',
        kind: choice === 'keep' ? '' : 'danger',
        text: words.t(
          choice === 'keep' && direction === 'here' && !connection.writable
            ? 'sync-brake.effect.keep-here-read'
            : `sync-brake.effect.${choice}-${direction}`,
          values,
        ),
        label: words.t(`sync-brake.choice.${choice}`, values),
        of: several ? folder : '',
      })),
    readOnly: canDelete ? '' : words.t('sync-brake.read-only', values),
    names: contacts.rows.map(({ id, displayName }) => ({
      name: displayName || words.t('cloud-contact.no-name'),
      href: `${CLOUD}/${id}`,
    })),
    namesTitle: words.t('sync-brake.names'),
    more: more ? { href: href({}), label: words.t('sync-brake.all-names', { count: deleted }) } : null,
    pages: alone ? pageLinks(contacts, href) : {},
  };
}
