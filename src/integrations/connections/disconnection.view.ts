import { limits } from '../../config/limits.js';
import { problemsOf, radioGroup, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { type ConnectionStatus } from './connection-status.query.js';
import { providerNames } from './provider-names.js';
import { connectionPath, INTEGRATIONS } from './providers.js';

/** Contacts with unsent changes that are called by their names; the rest is a number. */
export const UNSENT_NAMED = 5;

interface Ending {
  status: ConnectionStatus;
  /** Names, the first few. */
  unsent: readonly string[];
  /** Contacts that are here alone, because they were deleted there. */
  gone: number;
  /** How many personal contacts the reader may still add. */
  room: number;
}

/** `/integrations/:id/disconnection`: what ends, what is lost to nobody, and what is kept here. */
export function disconnectionView(
  words: Words,
  reader: SignedIn,
  { status, unsent, gone, room }: Ending,
  returned?: Returned,
) {
  const { connection, contacts, folders, conflicts, running } = status;
  const provider = providerNames[connection.provider];
  const waiting = status.waiting + status.refused;
  const mayKeep = reader.features['personal-contacts'];
  const keep = radioGroup(
    words,
    {
      ...{ name: 'keep', labelKey: 'integrations.disconnection.question' },
      value: mayKeep ? 'copy' : 'remove',
      options: [
        ...(mayKeep
          ? [
              {
                ...{ value: 'copy', label: words.t('integrations.disconnection.copy', { count: contacts }) },
                hint: words.t(
                  contacts > room
                    ? 'integrations.disconnection.copy-part'
                    : 'integrations.disconnection.copy-hint',
                  { count: contacts, room, max: limits.personalContactsPerUser },
                ),
              },
            ]
          : []),
        {
          ...{ value: 'remove', labelKey: 'integrations.disconnection.remove' },
          hintKey: 'integrations.disconnection.remove-hint',
        },
      ],
    },
    returned,
  );
  const until = words.date(Date.now() + limits.restoreDays * 86_400_000);
  return {
    title: words.t('integrations.disconnection.title', { provider }),
    text: connection.accountName,
    ...{ backHref: INTEGRATIONS, backLabel: words.t('integrations.title') },
    action: connectionPath(connection.id, 'disconnection'),
    waiting:
      waiting === 0
        ? null
        : {
            text: words.t('integrations.disconnection.waiting', { count: waiting, provider }),
            names: [
              ...unsent,
              ...(waiting > unsent.length
                ? [words.t('integrations.disconnection.more', { count: waiting - unsent.length })]
                : []),
            ],
            sync:
              connection.state === 'connected' && connection.contacts === 'write' && !running
                ? connectionPath(connection.id, 'sync')
                : null,
          },
    effects: [
      words.t('integrations.disconnection.stays', { provider, count: contacts - gone, folders }),
      ...(gone > 0 ? [words.t('integrations.disconnection.gone', { provider, count: gone })] : []),
      words.t('integrations.disconnection.ends', { provider, count: contacts }),
      words.t('integrations.disconnection.secret', { provider }),
      ...(conflicts > 0 ? [words.t('integrations.disconnection.conflicts', { count: conflicts })] : []),
      words.t('integrations.disconnection.back', { until, days: limits.restoreDays }),
    ],
    noCopy: mayKeep ? null : words.t('integrations.disconnection.no-personal-contacts'),
    ...{ fields: [keep], problems: problemsOf(words, [keep], returned) },
    label: words.t('integrations.disconnection.button'),
  };
}
