import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../errors/domain-error.js';
import {
  ExchangeRefusal,
  ExchangeSignIn,
  NothingAsked,
  type ExchangeMailbox,
} from '../exchange/exchange-sign-in.js';
import { readLogin } from '../exchange/ntlm.js';
import { type ExchangeVersion } from '../exchange/versions.js';
import { type Connection } from '../connection.entities.js';
import { type TryAnswer } from './connection-try.entity.js';
import {
  ConnectionInTheWay,
  Connections,
  type ConnectionOwner,
  type Mailbox,
  type Permissions,
} from './connections.service.js';
import { type ExchangeForm } from './exchange.form.js';
import { connectionPath, EXCHANGE } from './providers.js';
import { SignInTries } from './sign-in-tries.service.js';

/** Signs in to Exchange mailboxes for the forms: one try each, whose refusal is said at the field it is about. */
@Injectable()
export class ExchangeTries {
  private readonly logger = new Logger('Exchange');

  constructor(
    private readonly tries: SignInTries,
    private readonly signIn: ExchangeSignIn,
    private readonly connections: Connections,
  ) {}

  /** @throws DomainError when it may not be tried now */
  connect(owner: ConnectionOwner, form: ExchangeForm, once: string | null): Promise<TryAnswer> {
    const { username, password, ewsUrl, contacts, calendar } = form;
    const typed = { username, password, ewsUrl, version: form.version as ExchangeVersion };
    return this.tried(owner, once, username, async (signal) => {
      const mailbox = mailboxOf(await this.signIn.try(typed, signal));
      const permissions = { contacts, calendar } as Permissions;
      const connected = await this.connections.connect(owner, mailbox, permissions);
      return { kind: 'done', ...connected };
    });
  }

  /** Goes on with a connection, by a new password. @throws DomainError when it may not be tried now */
  again(
    owner: ConnectionOwner,
    connection: Connection,
    password: string,
    once: string | null,
  ): Promise<TryAnswer> {
    const { id, details } = connection;
    const { username, ewsUrl } = details as Record<'username' | 'ewsUrl', string>;
    const version = details['version'] as ExchangeVersion;
    return this.tried(owner, once, username, async (signal) => {
      const mailbox = mailboxOf(await this.signIn.try({ username, ewsUrl, version, password }, signal));
      await this.connections.signInAgain(owner, id, mailbox);
      return { kind: 'done', connectionId: id, outcome: 'back' };
    });
  }

  /** Looks for the address of the server; nothing is connected. @throws DomainError when it may not be tried now */
  find(owner: ConnectionOwner, form: ExchangeForm, once: string | null): Promise<TryAnswer> {
    const { email, username, password } = form;
    return this.tried(owner, once, username || email, async (signal) => {
      const found = await this.signIn.propose(email, username || null, password, signal);
      return found === null
        ? { kind: 'refused', field: 'email', key: 'integrations.exchange.not-found' }
        : { kind: 'found', ewsUrl: found.ewsUrl };
    });
  }

  private tried(
    owner: ConnectionOwner,
    once: string | null,
    username: string,
    body: (signal: AbortSignal) => Promise<TryAnswer>,
  ): Promise<TryAnswer> {
    const login = `${owner.accountId} ${lockedName(username)}`;
    return this.tries.answer(owner, once, login, async (signal) => {
      try {
        return await body(signal);
      } catch (error) {
        return this.refusalOf(error, signal);
      }
    });
  }

  /** @throws whatever is no refusal */
  private refusalOf(error: unknown, signal: AbortSignal): TryAnswer {
    if (error instanceof ExchangeRefusal) {
      const { field, key, values } = error;
      return {
        ...{ kind: 'refused', field, key: `integrations.exchange.refused.${key}`, values: { ...values } },
        ...(error instanceof NothingAsked ? { unasked: true } : {}),
        ...(key === 'address-office365'
          ? { help: { href: '/integrations#office365', key: 'integrations.exchange.to-office365' } }
          : {}),
      };
    }
    if (error instanceof ConnectionInTheWay) {
      const { key, values, other } = error;
      const isOther = key === 'integrations.refused.other-mailbox';
      const help = isOther
        ? { href: EXCHANGE, key: 'integrations.exchange.connect-other' }
        : key === 'integrations.refused.connected'
          ? { href: '/integrations', key: 'integrations.exchange.to-connections' }
          : {
              href: connectionPath(other.id, 'disconnection'),
              key: 'integrations.disconnect-that-account',
              values: { account: other.accountName },
            };
      return { kind: 'refused', field: isOther ? 'password' : 'username', key, values, help };
    }
    if (error instanceof DomainError)
      return { kind: 'refused', field: 'username', key: error.key, values: error.values };
    // Whatever was under way when the time was over.
    if (signal.aborted) {
      this.logger.warn('A sign-in took longer than a form waits');
      return { kind: 'refused', field: 'ewsUrl', key: 'integrations.exchange.refused.busy' };
    }
    throw error;
  }
}

/**
 * What a domain counts wrong passwords of: `ada` alone, `NORD\ada`, `nord.example\ada` and `ada@nord.example` are one account
 * there, and so are they here, or each way of writing would have its own tries.
 */
function lockedName(username: string): string {
  const { user } = readLogin(username.normalize('NFKC').trim().toLowerCase());
  return user.split('@')[0].trim() || user;
}

function mailboxOf({ mailboxId, accountName, details, secret }: ExchangeMailbox): Mailbox {
  return { provider: 'exchange', mailboxId, accountName, details: { ...details }, secret };
}
