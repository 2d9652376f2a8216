import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { isListed, type ListedHost } from '../../config/listed-hosts.js';
import { NotReachable } from '../provider-errors.js';
import { isNeverReached, isPublicAddress } from './address-classes.js';

export interface HostAddress {
  address: string;
  family: number;
}

/** Where Exchange servers may stand, and how they are reached: the rules of SECURITY.md for addresses that people type. */
@Injectable()
export class ExchangeNetwork {
  readonly limits = { connectMs: 10_000, callMs: 100_000, answerBytes: 20 * 1024 * 1024 };
  readonly listed: readonly ListedHost[];
  /** Public authorities and those of the operator; undefined when there are only the public ones. */
  readonly secureContext: SecureContext | undefined;

  constructor(@Inject(ENVIRONMENT) { ewsAllowedHosts, ewsCertificates }: Environment) {
    this.listed = ewsAllowedHosts;
    // Once: reading all the public ones takes long enough to be felt in 500 sessions.
    this.secureContext =
      ewsCertificates.length > 0
        ? createSecureContext({ ca: [...rootCertificates, ...ewsCertificates] })
        : undefined;
  }

  /**
   * All addresses of a host. They are asked for once, checked, and connected to: a name that answers differently the next
   * time (DNS rebinding) leads nowhere else.
   * @throws NotReachable without saying why
   */
  async addressesOf(url: URL): Promise<HostAddress[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const listed = isListed(url, this.listed);
    // Listed when the mailbox was connected, and not any more.
    if (!listed && (url.protocol !== 'https:' || url.port !== ''))
      throw new NotReachable({ code: 'ADDRESS_NOT_ALLOWED' });
    const family = isIP(host);
    const found = family ? [{ address: host, family }] : await this.resolve(host);
    const allowed = (address: string) =>
      listed ? family > 0 || !isNeverReached(address) : isPublicAddress(address);
    if (found.length === 0 || !found.every(({ address }) => allowed(address)))
      throw new NotReachable({ code: 'ADDRESS_NOT_ALLOWED' });
    return found;
  }

  /** The machine's own resolver, so that what its hosts file says holds here too. @throws NotReachable */
  protected async resolve(host: string): Promise<HostAddress[]> {
    try {
      return await lookup(host, { all: true, verbatim: true });
    } catch {
      throw new NotReachable({ code: 'NAME_NOT_FOUND' });
    }
  }
}
