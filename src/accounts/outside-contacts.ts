import { Injectable } from '@nestjs/common';
import { type Id } from '../database/id.js';
import { type DomainRules } from './domain-rules.js';

/** @returns how many contacts people of the account have whom these rules would not let them ask today */
export type ForbiddenCount = (accountId: Id, rules: DomainRules) => Promise<number>;

/** What the settings of a company say of its people's external contacts; the feature stands above and counts them. */
@Injectable()
export class OutsideContacts {
  private source: ForbiddenCount = () => Promise.resolve(0);

  /** Once, by the module that keeps them. */
  comeFrom(source: ForbiddenCount): void {
    this.source = source;
  }

  forbidden(accountId: Id, rules: DomainRules): Promise<number> {
    const { allowedDomains, blockedDomains } = rules;
    // Without lists nobody is forbidden, and nothing needs counting.
    if (allowedDomains.length + blockedDomains.length === 0) return Promise.resolve(0);
    return this.source(accountId, rules);
  }
}
