import { type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { radioGroup, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { type Connection } from '../connection.entities.js';
import { hasLabels } from '../contacts/labels.js';
import { type ConnectionStatus, type EndedConnection } from './connection-status.query.js';
import { providerNames } from './provider-names.js';
import { connectionPath, oauthPath, shownProviders, signInPage, type ConnectPages } from './providers.js';

export interface IntegrationsRead {
  statuses: readonly ConnectionStatus[];
  ended: readonly EndedConnection[];
  /** What the account lets its people connect. */
  allowed: Record<Provider, boolean>;
  /** The connection that takes the only place there is. */
  inTheWay: Connection | null;
  pages: ConnectPages;
}

/** `/integrations`: one's connections as they stand, and what else can be connected. */
export function integrationsView(words: Words, reader: SignedIn, read: IntegrationsRead) {
  const { statuses, allowed } = read;
  const offered = shownProviders
    .filter((provider) => allowed[provider])
    .filter((provider) => read.inTheWay?.provider !== provider)
    .map((provider) => offerView(words, provider, read));
  return {
    title: words.t('integrations.title'),
    text: words.t('integrations.text'),
    connections: statuses.map((status) => connectionView(words, status, read.pages)),
    offered,
    offeredTitle: words.t(statuses.length > 0 ? 'integrations.more-title' : 'integrations.offer-title'),
    nothing:
      statuses.length === 0 && offered.length === 0
        ? {
            title: words.t('integrations.nothing-title'),
            text: words.t(reader.role === 'member' ? 'integrations.nothing' : 'integrations.nothing-admin'),
            ...(reader.role === 'member'
              ? {}
              : { href: '/settings#integrations', label: words.t('integrations.open-settings') }),
          }
        : null,
  };
}

/** One connection: how it stands, what is wrong, what can be done. */
function connectionView(words: Words, status: ConnectionStatus, pages: ConnectPages) {
  const { connection, running, brakes } = status;
  const { id, provider, state, revision } = connection;
  return {
    id,
    heading: providerNames[provider],
    account: connection.accountName,
    badge: stateBadge(words, connection, running),
    problems: problemsOf(words, status, pages),
    facts: factsOf(words, status, pages),
    progress: running
      ? {
          id: `progress-${id}`,
          label: words.t(running === 'now' ? 'integrations.running' : 'integrations.soon', {
            count: status.contacts,
          }),
        }
      : null,
    sync: state === 'connected' || mayGoOn(status) ? connectionPath(id, 'sync') : null,
    syncLabel: words.t(mayGoOn(status) ? 'integrations.sync.go-on' : 'integrations.sync.button'),
    signIn: state === 'needs-sign-in' ? signInPage(pages, connection) : null,
    brake: brakes > 0 ? `/integrations/${id}/brake` : null,
    disconnect: connectionPath(id, 'disconnection'),
    permissions: {
      ...{ action: connectionPath(id, 'permissions'), revision, once: newId() },
      fields: permissionFields(words, provider, connection, { id }),
      // What was allowed before is raised at the provider, who asks for it.
      note:
        provider === 'exchange'
          ? null
          : words.t('integrations.permission.raising', { provider: providerNames[provider] }),
    },
  };
}

/**
 * What Carnet may do: contacts and calendar, one question each.
 * @param id of the connection, where a page has several of these
 */
export function permissionFields(
  words: Words,
  provider: Provider,
  { contacts, calendar }: Pick<Connection, 'contacts' | 'calendar'>,
  { id, returned }: { id?: string; returned?: Returned } = {},
) {
  const name = providerNames[provider];
  const group = (
    field: 'contacts' | 'calendar',
    value: string,
    options: readonly Connection['contacts'][],
    key: string,
  ) =>
    radioGroup(
      words,
      {
        ...{ name: field, labelKey: `integrations.${key}.question`, value },
        ...(id === undefined ? {} : { id: `${field}-${id}` }),
        options: options.map((permission) => ({
          value: permission,
          labelKey: `integrations.${key}.${permission}`,
          hint: words.t(`integrations.${key}.${permission}-hint`, { provider: name }),
        })),
      },
      returned,
    );
  // Exchange has nothing one could consent to: it is our own setting, and events are not written yet.
  const calendarChoices =
    provider === 'exchange' ? (['read', 'none'] as const) : (['write', 'read', 'none'] as const);
  return [
    group('contacts', contacts, ['write', 'read', 'none'], 'permission'),
    group('calendar', calendar, calendarChoices, 'calendar-permission'),
  ];
}

/** How a connection stands, in a word. */
export function stateBadge(
  words: Words,
  { state, problem }: Pick<Connection, 'state' | 'problem'>,
  running: ConnectionStatus['running'] = null,
) {
  const trouble = problem?.key === 'brake' ? 'asks' : 'failing';
  const name =
    state !== 'connected' ? state : running === 'now' ? 'running' : problem === null ? 'in-step' : trouble;
  return { ...badges[name], text: words.t(`integrations.state.${name}`) };
}

const badges: Record<string, { kind?: string; icon: string }> = {
  'in-step': { kind: 'ok', icon: 'check' },
  running: { kind: 'accent', icon: 'refresh' },
  failing: { kind: 'warn', icon: 'alert' },
  asks: { kind: 'warn', icon: 'alert' },
  'needs-sign-in': { kind: 'danger', icon: 'key' },
  paused: { icon: 'pause' },
};

/** What it was paused for is over; looked for only now and then, it goes on at once when its owner says so. */
function mayGoOn({ connection, pause }: ConnectionStatus): boolean {
  return connection.state === 'paused' && pause === null;
}

/** What is wrong, each with what to do about it. */
function problemsOf(words: Words, status: ConnectionStatus, pages: ConnectPages) {
  const { connection, conflicts, brakes, refused, waiting } = status;
  const { state, problem, contacts } = connection;
  const provider = providerNames[connection.provider];
  const said: { kind: string; text: string; href?: string; label?: string }[] = [];
  if (state === 'paused')
    said.push({
      kind: 'notice',
      text: words.t(`integrations.paused.${status.pause ?? 'over'}`, { provider }),
    });
  // The question about deletions is put below, with the way to its answer, until it is answered.
  else if (problem !== null && problem.key !== 'brake') {
    const key = `sync.problem.${problem.key}`;
    const text = words.has(key) ? words.t(key, problem.values) : words.t('integrations.problem-other');
    const elsewhere = state === 'connected' && problem.key === 'not-the-service';
    const href = elsewhere && connection.provider === 'exchange' ? pages.exchange : null;
    said.push({
      ...{ kind: state === 'needs-sign-in' ? 'failure' : 'warning', text },
      ...(href === null ? {} : { href, label: words.t('integrations.sign-in.other-address') }),
    });
  }
  if (brakes > 0)
    said.push({
      ...{ kind: 'warning', text: words.t('integrations.brake', { count: brakes }) },
      ...{ href: `/integrations/${connection.id}/brake`, label: words.t('integrations.brake-open') },
    });
  if (conflicts > 0)
    said.push({
      ...{ kind: 'warning', text: words.t('integrations.conflicts', { count: conflicts }) },
      ...{ href: '/cloud-contacts/conflicts', label: words.t('integrations.conflicts-open') },
    });
  if (refused > 0)
    said.push({
      ...{ kind: 'warning', text: words.t('integrations.refused-changes', { count: refused, provider }) },
      ...{ href: `${listPath(connection)}&state=refused`, label: words.t('integrations.refused-open') },
    });
  if (waiting > 0 && contacts === 'read')
    said.push({ kind: 'warning', text: words.t('integrations.waiting-read', { count: waiting, provider }) });
  return said;
}

function factsOf(
  words: Words,
  { connection, running, waitsUntil, ...counts }: ConnectionStatus,
  pages: ConnectPages,
) {
  const { id, provider, accountName, details, lastSuccessAt, nextRunAt, state, contacts, calendar } =
    connection;
  const server = serverText(details);
  // The account stands above; a login name may be another word for it.
  const login = typeof details['username'] === 'string' ? details['username'] : accountName;
  const next = waitsUntil ?? nextRunAt;
  // What is off is one click from being asked for again.
  const allow = (name: 'contacts' | 'calendar') =>
    provider === 'exchange' || pages[provider] === null || state === 'paused'
      ? {}
      : {
          value: words.t('integrations.permission.off-allow'),
          href: oauthPath(provider, `?connection=${id}&allow=${name}`),
        };
  const nextText = () => {
    if (state !== 'connected') return words.t(`integrations.next.${state}`);
    if (running) return words.t(`integrations.next.${running}`);
    // A moment that is over by the clock of this machine is none to wait for.
    if (next === null || next.getTime() <= Date.now() + 1_000) return words.t('integrations.next.soon');
    return words.relative(next);
  };
  return [
    ...(login === accountName ? [] : [{ label: words.t('integrations.exchange.username'), value: login }]),
    ...(server ? [{ label: words.t('integrations.fact.server'), ...server }] : []),
    {
      label: words.t('integrations.fact.permission'),
      value: words.t(`integrations.permission.${contacts}`),
      ...(contacts === 'none' ? { note: words.t('integrations.permission.none-note') } : {}),
      ...(contacts === 'none' ? allow('contacts') : {}),
    },
    {
      label: words.t('integrations.fact.calendar'),
      value: words.t(`integrations.calendar-permission.${calendar}`),
      ...(calendar === 'none' ? allow('calendar') : { note: calendarNote(words, counts.calendars) }),
    },
    {
      label: words.t('integrations.fact.last-success'),
      value: lastSuccessAt ? words.relative(lastSuccessAt) : words.t('integrations.never'),
      ...(lastSuccessAt ? { note: words.dateTime(lastSuccessAt) } : {}),
    },
    { label: words.t('integrations.fact.next'), value: nextText() },
    ...(contacts === 'none' && counts.contacts === 0
      ? []
      : [
          {
            label: words.t('integrations.fact.contacts'),
            value: words.t('integrations.contacts-in-folders', {
              ...{ count: counts.contacts, folders: counts.folders },
              kind: hasLabels(provider) ? 'labels' : 'folders',
            }),
            href: listPath(connection),
          },
        ]),
    {
      label: words.t('integrations.fact.waiting'),
      value: words.t('integrations.waiting', { count: counts.waiting + counts.refused }),
      ...(counts.waiting > 0 ? { href: `${listPath(connection)}&state=waiting` } : {}),
    },
  ];
}

/** Which of its calendars are read, and when they last were. */
function calendarNote(words: Words, calendars: ConnectionStatus['calendars']): string {
  if (calendars === null) return words.t('integrations.calendars-none-yet');
  const { chosen, listed, readAt } = calendars;
  return words.t('integrations.calendars', {
    ...{ chosen, listed },
    when: readAt ? words.relative(readAt) : words.t('integrations.never'),
  });
}

/** Its contacts. */
function listPath({ id }: Pick<Connection, 'id'>): string {
  return `/cloud-contacts?mailbox=${id}`;
}

/** What the provider's own settings say of the server; a provider without one says nothing. */
function serverText({ serverVersion, ewsUrl }: Readonly<Record<string, unknown>>) {
  const version = typeof serverVersion === 'string' ? serverVersion : '';
  const host = typeof ewsUrl === 'string' && URL.canParse(ewsUrl) ? new URL(ewsUrl).host : '';
  if (version === '' && host === '') return null;
  return version === '' ? { value: host } : { value: version, ...(host === '' ? {} : { note: host }) };
}

/** A provider one may connect: what it would ask for and why. */
function offerView(words: Words, provider: Provider, { ended, inTheWay, pages }: IntegrationsRead) {
  const href = pages[provider];
  const name = providerNames[provider];
  const before = ended.filter((each) => each.provider === provider);
  return {
    anchor: provider,
    heading: name,
    text: words.t(`integrations.about.${provider}`),
    asks:
      href === null
        ? []
        : asks.map((ask) => ({
            label: words.t(`integrations.asks.${ask}-label`),
            text: words.t(`integrations.asks.${ask}`),
          })),
    badge: href === null ? { icon: 'minus', text: words.t('integrations.not-set-up-badge') } : null,
    notSetUp: href === null ? words.t('integrations.not-set-up', { provider: name }) : null,
    before: before.map(({ accountName, endedAt, contacts, waiting }) =>
      words.t('integrations.before', {
        ...{ account: accountName, ended: words.date(endedAt), contacts, waiting },
        until: words.date(endedAt.getTime() + limits.restoreDays * 86_400_000),
      }),
    ),
    ...(href === null
      ? {}
      : inTheWay
        ? {
            taken: words.t('integrations.taken', {
              provider: providerNames[inTheWay.provider],
              account: inTheWay.accountName,
            }),
            takenHref: connectionPath(inTheWay.id, 'disconnection'),
            takenLabel: words.t('integrations.disconnect-that', {
              provider: providerNames[inTheWay.provider],
            }),
          }
        : { href, label: words.t('integrations.connect', { provider: name }) }),
  };
}

const asks = ['contacts', 'calendar', 'why', 'nothing-else', 'secret'] as const;
