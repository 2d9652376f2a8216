import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { readEwsAddress } from './address.js';
import { discover } from './autodiscover.js';
import { getFolders } from './ews-requests.js';
import { EwsClient } from './ews.client.js';
import { type ExchangeDetails, type ExchangeSecret } from './exchange-details.js';
import { readKnownFolders } from './exchange-folders.js';
import { ExchangeNetwork } from './exchange-network.js';
import { ExchangeRefusal, NothingAsked, refusalOf } from './exchange-refusal.js';
import { ExchangeTransport } from './transport.js';
import { buildOf, sentVersion, serverName, type ExchangeVersion } from './versions.js';

export {
  ExchangeRefusal,
  NothingAsked,
  type ExchangeField,
  type ExchangeRefusalKey,
} from './exchange-refusal.js';

export interface ExchangeForm {
  username: string;
  password: string;
  version: ExchangeVersion;
  /** As pasted: a host, an address of OWA, or the whole address. */
  ewsUrl: string;
}

/** A mailbox somebody could sign in to: what `connections.connect` is given. */
export interface ExchangeMailbox {
  mailboxId: string;
  accountName: string;
  details: ExchangeDetails;
  /** To be sealed. */
  secret: string;
  /** `Exchange 2016`, as the server says; it may be older than what was chosen (`details.version` is what works). */
  serverVersion: string;
}

/** Finds out whether a mailbox can be signed in to, before anything of it is kept. */
@Injectable()
export class ExchangeSignIn {
  constructor(private readonly network: ExchangeNetwork) {}

  /**
   * Asks the server once with this password. What is typed may be spoken of, the password never.
   * @throws ExchangeRefusal, or the signal's reason
   */
  async try(form: ExchangeForm, signal = new AbortController().signal): Promise<ExchangeMailbox> {
    const username = form.username.trim();
    if (username === '') throw new NothingAsked('username', 'login-missing');
    if (form.password === '') throw new NothingAsked('password', 'password-missing');
    const { url, problem } = readEwsAddress(form.ewsUrl, this.network.listed);
    if (problem) throw new NothingAsked('ewsUrl', problem);
    const credentials = { username, password: form.password };
    const transport = new ExchangeTransport(this.network, url, credentials, null, signal);
    try {
      return await this.mailbox(transport, url, credentials, form.version);
    } catch (error) {
      throw refusalOf(error, username);
    } finally {
      transport.close();
    }
  }

  /**
   * The address that the domain of an e-mail address names for it (Autodiscover); null when none is found.
   * @param username where it is not the address
   * @throws ExchangeRefusal when the password is refused, or the domain is at Office 365
   */
  async propose(
    email: string,
    username: string | null,
    password: string,
    signal = new AbortController().signal,
  ): Promise<{ ewsUrl: string } | null> {
    if (password === '') throw new ExchangeRefusal('password', 'password-missing');
    const login = username?.trim() || email.trim();
    try {
      const typed = await discover(this.network, email, { username: login, password }, signal);
      if (typed === null) return null;
      const { url, problem } = readEwsAddress(typed, this.network.listed);
      if (problem === 'address-office365') throw new ExchangeRefusal('ewsUrl', problem);
      return url ? { ewsUrl: url.href } : null;
    } catch (error) {
      throw refusalOf(error, login);
    }
  }

  private async mailbox(
    transport: ExchangeTransport,
    url: URL,
    { username, password }: { username: string; password: string },
    chosen: ExchangeVersion,
  ): Promise<ExchangeMailbox> {
    let version = chosen;
    const client = new EwsClient(transport, sentVersion(chosen), (lower) => {
      version = lower;
      return Promise.resolve();
    });
    const request = getFolders();
    const messages = await client.ask(request);
    const failed = messages.find(({ ok }) => !ok);
    if (failed) throw client.errorOf(failed, request);
    const { root } = readKnownFolders(messages);
    const serverVersion = client.server ? serverName(client.server) : '';
    const serverBuild = client.server ? buildOf(client.server) : '';
    return {
      // Whatever name one signs in with, the root of a mailbox is the same.
      mailboxId: createHash('sha256').update(root).digest('base64url'),
      accountName: username,
      details: {
        ewsUrl: url.href,
        username,
        version,
        auth: transport.scheme ?? 'ntlm',
        serverVersion,
        serverBuild,
      },
      secret: JSON.stringify({ password } satisfies ExchangeSecret),
      serverVersion,
    };
  }
}
