import { type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { problemsOf, radioGroup, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { hasLabels } from '../contacts/labels.js';
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

/** Where people see which applications they agreed to at Microsoft, and take it back. */
const APPLICATIONS_AT_MICROSOFT = 'https://myapplications.microsoft.com/';

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
  // Of a mailbox that brought its calendar alone there is nothing to keep.
  const fields = contacts === 0 ? [] : [keep];
  const said = (name: string, values = {}) => ({
    text: words.t(`integrations.disconnection.${name}`, { provider, ...values }),
  });
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
      ...(contacts > 0
        ? [
            said('stays', {
              ...{ count: contacts - gone, folders },
              kind: hasLabels(connection.provider) ? 'labels' : 'folders',
            }),
            ...(gone > 0 ? [said('gone', { count: gone })] : []),
          ]
        : []),
      ...(contacts > 0 || connection.contacts !== 'none' ? [said('ends', { count: contacts })] : []),
      ...(connection.calendar === 'none' ? [] : [said('calendar')]),
      said('secret'),
      ...consentOf(words, connection.provider),
      ...(conflicts > 0 ? [said('conflicts', { count: conflicts })] : []),
      said(fields.length > 0 || connection.calendar === 'none' ? 'back' : 'back-calendar', {
        until,
        days: limits.restoreDays,
      }),
    ],
    noCopy: mayKeep || contacts === 0 ? null : words.t('integrations.disconnection.no-personal-contacts'),
    ...{ fields, problems: problemsOf(words, fields, returned) },
    label: words.t('integrations.disconnection.button'),
  };
}

/** What becomes of what one agreed to there: Google is told, Microsoft has no such place and has to be gone to. */
function consentOf(words: Words, provider: Provider): { text: string; href?: string; label?: string }[] {
  if (provider === 'exchange') return [];
  const text = words.t(`integrations.disconnection.consent-${provider}`);
  if (provider === 'google') return [{ text }];
  const label = words.t('integrations.disconnection.consent-link');
  return [{ text, href: APPLICATIONS_AT_MICROSOFT, label }];
}
