import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type Id } from '../../src/database/new-id.js';
import { Connections, type Permissions } from '../../src/integrations/connections/connections.service.js';
import { type Mailbox as FakeMailbox } from '../fakes/exchange/mailbox.js';
import { startFakeExchange, type FakeExchange } from '../fakes/exchange/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';
import { watchRequests } from './exchange-requests.js';

watchRequests();

type Options = Omit<Parameters<typeof startFakeExchange>[0], 'users'>;

export const EXCHANGE_PASSWORD = 'nine blue lamps';

/** A stand-in Exchange server with a mailbox for each name: `ada` is `NORD\ada`, `ada@nord.example`. */
function exchangeFor(logins: readonly string[], options: Options = {}): Promise<FakeExchange> {
  const users = logins.map((login) => ({
    ...{ email: `${login}@nord.example`, login, domain: 'NORD', password: EXCHANGE_PASSWORD },
  }));
  return startFakeExchange({ ...options, users });
}

/** What an operator sets for an Exchange server in a private network. */
export function exchangeEnv(fake: FakeExchange): NodeJS.ProcessEnv {
  return {
    CARNET_EWS_ALLOWED_HOSTS: fake.origin,
    ...(fake.options.tls && { CARNET_EWS_CA_FILE: fake.ca }),
  };
}

/** The application beside a server with these mailboxes. */
export async function startWithExchange(
  logins: readonly string[],
  { env = {}, ...options }: Options & { env?: NodeJS.ProcessEnv } = {},
): Promise<{ app: TestApp; fake: FakeExchange }> {
  const fake = await exchangeFor(logins, options);
  return { fake, app: await startApp({ env: { ...exchangeEnv(fake), ...env } }) };
}

export interface ConnectedPerson {
  user: User;
  account: Account;
  browser: Browser;
  connectionId: Id;
  mailbox: FakeMailbox;
}

/** Somebody signed in whose mailbox `<login>@nord.example` is connected; it is due, and nothing was read yet. */
export async function connectedTo(
  app: TestApp,
  fake: FakeExchange,
  login: string,
  { permissions, ...fields }: Partial<User> & { account?: Account; permissions?: Partial<Permissions> } = {},
): Promise<ConnectedPerson> {
  const { user, account, browser } = await app.signedIn(fields);
  const email = `${login}@nord.example`;
  const mailbox = fake.mailbox(email);
  const { connectionId } = await app.get(Connections).connect(
    user,
    {
      provider: 'exchange',
      mailboxId: mailbox.rootId,
      accountName: email,
      details: {
        ...{ ewsUrl: fake.url, username: `NORD\\${login}`, version: 'Exchange2013_SP1', auth: 'ntlm' },
        ...{ serverVersion: 'Exchange 2019', serverBuild: '15.2.1544.11' },
      },
      secret: JSON.stringify({ password: EXCHANGE_PASSWORD }),
    },
    { contacts: 'write', calendar: 'none', ...permissions },
  );
  return { user, account, browser, connectionId, mailbox };
}
