import { Injectable } from '@nestjs/common';
import { type Id } from '../database/id.js';
import { type Provider } from './settings.js';

/** @returns how many people of the account are connected to one of these */
export type ConnectedCount = (accountId: Id, providers: readonly Provider[]) => Promise<number>;

/** Whom the providers of a company's settings are about; the feature stands above and counts them. */
@Injectable()
export class ConnectedPeople {
  private source: ConnectedCount = () => Promise.resolve(0);

  /** Once, by the module that keeps connections. */
  comeFrom(source: ConnectedCount): void {
    this.source = source;
  }

  count(accountId: Id, providers: readonly Provider[]): Promise<number> {
    return providers.length === 0 ? Promise.resolve(0) : this.source(accountId, providers);
  }
}
