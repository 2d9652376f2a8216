import { newId } from '../../database/id.js';
import { problemsOf, type Returned } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { type Connection } from '../connection.entities.js';
import { permissionFields } from '../connections/integrations.view.js';
import { providerNames } from '../connections/provider-names.js';
import { connectionPath, INTEGRATIONS, oauthPath } from '../connections/providers.js';
import { type OAuthProvider } from './oauth-clients.js';
import { type OAuthEnd } from './oauth-request.entity.js';
import { type Wanted } from './oauth-requests.service.js';

/** Why there is no connection, or not the one that was wanted. */
export interface Ended {
  key: OAuthEnd | 'unknown' | 'failed' | 'under-way' | 'other-session' | 'used';
  values?: Record<string, string>;
  connectionId?: string;
  /** Where an administrator agrees for everybody. */
  consentHref?: string | null;
}

/**
 * `/integrations/google`, `/integrations/office365`: what is asked for and why, before anybody is sent there.
 * @param allow a permission that is off, to be asked for again
 */
export function oauthView(
  words: Words,
  provider: OAuthProvider,
  connection: Connection | null,
  { allow, returned }: { allow?: unknown; returned?: Returned } = {},
) {
  const name = providerNames[provider];
  const permissions = {
    contacts: connection?.contacts ?? 'write',
    calendar: connection?.calendar ?? 'none',
    // What somebody came for is chosen already.
    ...(allow === 'contacts' && { contacts: 'write' as const }),
    ...(allow === 'calendar' && { calendar: 'read' as const }),
  };
  const fields = permissionFields(words, provider, permissions, { returned });
  const isAgain = connection?.state === 'needs-sign-in';
  const kind = connection === null ? 'new' : isAgain ? 'again' : 'more';
  return {
    ...head(words),
    title: words.t(`oauth.form.title-${kind}`, { provider: name }),
    text: words.t(`oauth.form.text-${kind}`, { provider: name, account: connection?.accountName ?? '' }),
    ...{ action: oauthPath(provider), once: newId(), connection: connection?.id ?? '' },
    ...{ fields, problems: problemsOf(words, fields, returned) },
    asks: (['what', 'why', 'nothing-else', 'secret'] as const).map((ask) => ({
      label: words.t(`oauth.asks.${ask}-label`),
      text: words.t(`oauth.asks.${ask}`, { provider: name }),
    })),
    next: words.t('oauth.form.next', { provider: name }),
    label: words.t('oauth.form.button'),
  };
}

/** After the form: the way to the provider, as a link, for our pages send forms nowhere else. */
export function goOnView(
  words: Words,
  { provider, contacts, calendar, connectionId }: Wanted,
  href: string,
  account: string | null,
) {
  const name = providerNames[provider];
  return {
    ...head(words),
    title: words.t('oauth.go-on.title', { provider: name }),
    text: words.t(`oauth.go-on.text${account === null ? '' : '-account'}`, {
      ...{ provider: name, account: account ?? '' },
    }),
    facts: [
      {
        label: words.t('integrations.fact.permission'),
        value: words.t(`integrations.permission.${contacts}`),
      },
      {
        label: words.t('integrations.fact.calendar'),
        value: words.t(`integrations.calendar-permission.${calendar}`),
      },
    ],
    ticks: [
      words.t(`oauth.go-on.ticks-${provider}`),
      ...(provider === 'google' && calendar !== 'none' ? [words.t('oauth.go-on.ticks-google-calendar')] : []),
    ].join(' '),
    ...{ href, label: words.t('oauth.go-on.button', { provider: name }) },
    time: words.t('oauth.go-on.time'),
    cancelHref: connectionId === null ? oauthPath(provider) : INTEGRATIONS,
  };
}

/** `/integrations/google/attempts/:id`: what happened at the provider, and what to do. */
export function attemptView(
  words: Words,
  provider: OAuthProvider,
  { key, values, connectionId, consentHref = null }: Ended,
) {
  const name = providerNames[provider];
  const again = connectionId === undefined ? oauthPath(provider) : `?connection=${connectionId}`;
  const named = { provider: name, account: '', other: '', ...values };
  const other = key === 'in-the-way' && connectionId !== undefined;
  return {
    ...head(words),
    title: words.t(`oauth.ended.${key}-title`, named),
    text: words.t(`oauth.ended.${key}`, named),
    consent:
      consentHref === null
        ? null
        : {
            text: words.t('oauth.consent.text'),
            ...{ href: consentHref, label: words.t('oauth.consent.link') },
          },
    again: noAgain.has(key)
      ? null
      : {
          href: connectionId === undefined ? again : oauthPath(provider, again),
          label: words.t('oauth.ended.again'),
        },
    other: other
      ? {
          href: connectionPath(connectionId, 'disconnection'),
          label: words.t('integrations.disconnect-that-account', { account: named.account }),
        }
      : null,
  };
}

/** Trying again would end as it did. */
const noAgain = new Set<Ended['key']>([
  'in-the-way',
  'gone',
  'provider-off',
  'client',
  'under-way',
  'policy',
]);

/** `/integrations/office365/agreed`: for an administrator of Microsoft 365, who need not be anybody here. */
export function agreedView(words: Words) {
  return {
    title: words.t('oauth.agreed.title'),
    text: words.t('oauth.agreed.text'),
    ...{ href: oauthPath('office365'), label: words.t('oauth.agreed.connect') },
  };
}

function head(words: Words) {
  return { backHref: INTEGRATIONS, backLabel: words.t('integrations.title') };
}
