import { type Provider } from '../../accounts/settings.js';
import { newId } from '../../database/id.js';
import { field, problemsOf, select, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { exchangeVersions } from '../exchange/versions.js';
import { type Connection } from '../connection.entities.js';
import { type TryHelp } from './connection-try.entity.js';
import { permissionFields } from './integrations.view.js';
import { providerNames } from './provider-names.js';
import { connectionPath, EXCHANGE, INTEGRATIONS } from './providers.js';

/** What the form comes back with. */
export interface ReturnedExchange extends Returned {
  typed: Readonly<Record<string, string | string[]>>;
  help?: TryHelp;
  /** The address that was found, to be looked at before anything is sent there. */
  found?: string;
}

/** `/integrations/exchange`: what a mailbox is signed in to with. The password never comes back. */
export function exchangeView(words: Words, reader: SignedIn, came?: ReturnedExchange) {
  const returned = came && {
    ...came,
    typed: { ...came.typed, ...(came.found === undefined ? {} : { ewsUrl: came.found }) },
  };
  const fields = [
    field(
      words,
      {
        ...{ name: 'username', labelKey: 'integrations.exchange.username' },
        ...{ hintKey: 'integrations.exchange.username-hint', autocomplete: 'username' },
      },
      returned,
    ),
    field(
      words,
      {
        ...{ name: 'password', labelKey: 'integrations.exchange.password', type: 'password' },
        ...{ hintKey: 'integrations.exchange.password-hint', autocomplete: 'current-password' },
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'version', labelKey: 'integrations.exchange.version', value: 'Exchange2016' },
        hintKey: 'integrations.exchange.version-hint',
        options: [...exchangeVersions].reverse().map((value) => ({
          value,
          labelKey: `integrations.exchange.version-${value}`,
        })),
      },
      returned,
    ),
    field(
      words,
      {
        ...{ name: 'ewsUrl', labelKey: 'integrations.exchange.address', inputmode: 'url' },
        ...{ hintKey: 'integrations.exchange.address-hint', autocomplete: 'off' },
      },
      returned,
    ),
    ...permissionFields(words, 'exchange', { contacts: 'write', calendar: 'none' }, { returned }),
  ];
  const email = field(
    words,
    {
      ...{ name: 'email', labelKey: 'integrations.exchange.email', type: 'email', value: reader.email },
      ...{ hintKey: 'integrations.exchange.email-hint', autocomplete: 'email' },
    },
    returned,
  );
  return {
    ...head(words),
    title: words.t('integrations.exchange.title'),
    text: words.t('integrations.exchange.text'),
    ...{ action: EXCHANGE, once: newId() },
    ...{ fields, email, openFind: returned?.problems.some(({ field: name }) => name === 'email') ?? false },
    problems: problemsOf(words, [...fields, email], returned),
    found: came?.found === undefined ? null : words.t('integrations.exchange.found', { address: came.found }),
    help: helpView(words, came?.help),
    kept: words.t('integrations.exchange.kept'),
  };
}

/** Instead of the form: another connection takes the only place there is. */
export function takenView(
  words: Words,
  { id, provider, accountName }: Connection,
  wanted: Provider = 'exchange',
) {
  const name = providerNames[provider];
  return {
    ...head(words),
    title: words.t('integrations.connect', { provider: providerNames[wanted] }),
    taken: words.t('integrations.taken', { provider: name, account: accountName }),
    href: connectionPath(id, 'disconnection'),
    label: words.t('integrations.disconnect-that', { provider: name }),
  };
}

/** `/integrations/:id/sign-in`: the password of a mailbox that was connected before. */
export function signInAgainView(
  words: Words,
  { id, accountName, details, state }: Connection,
  returned?: Returned & { help?: TryHelp },
) {
  const username = String(details['username'] ?? '');
  const ewsUrl = String(details['ewsUrl'] ?? '');
  const fields = [
    field(
      words,
      {
        ...{ name: 'password', labelKey: 'integrations.exchange.password', type: 'password' },
        ...{ autocomplete: 'current-password', autofocus: !returned },
      },
      returned,
    ),
  ];
  // What is refused beside the password is nothing this form asks: it is said at the one field there is.
  const problems = problemsOf(words, fields, returned);
  return {
    ...head(words),
    title: words.t('integrations.sign-in.title'),
    text: words.t(`integrations.sign-in.text${state === 'needs-sign-in' ? '' : '-fine'}`, {
      account: accountName,
    }),
    ...{ action: connectionPath(id, 'sign-in'), once: newId(), username },
    facts: [
      { label: words.t('integrations.fact.account'), value: accountName },
      ...(username === accountName
        ? []
        : [{ label: words.t('integrations.exchange.username'), value: username }]),
      {
        label: words.t('integrations.fact.server'),
        value: URL.canParse(ewsUrl) ? new URL(ewsUrl).host : ewsUrl,
      },
    ],
    ...{ fields, problems, help: helpView(words, returned?.help) },
    kept: words.t('integrations.sign-in.kept'),
  };
}

function head(words: Words) {
  return { backHref: INTEGRATIONS, backLabel: words.t('integrations.title') };
}

function helpView(words: Words, help: TryHelp | undefined) {
  return help ? { href: help.href, label: words.t(help.key, help.values) } : null;
}
