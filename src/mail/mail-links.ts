import { Injectable } from '@nestjs/common';
import { type Id } from '../database/id.js';

/** What a mail leads to, as it is now. */
export interface MailLink {
  /** Path with the token: a secret, made when the mail is sent or shown, never stored. */
  path: string;
  state: 'open' | 'used' | 'withdrawn' | 'ended';
  expiresAt: Date;
  /** Role of the person it is for: nobody is shown a link of somebody above. */
  role: 'owner' | 'admin' | 'member';
  /** A second way, where there are two; it holds as long as the first. */
  also?: { path: string };
}

/** @returns what is known of these links; one that does not exist is missing */
export type LinkSource = (linkIds: readonly Id[]) => Promise<Map<Id, MailLink>>;

/** Where links come from: accounts know them, mail does not know accounts. */
@Injectable()
export class MailLinks {
  private source: LinkSource = () => Promise.resolve(new Map());

  /** Once, by the module that owns the links. */
  comeFrom(source: LinkSource): void {
    this.source = source;
  }

  async of(linkIds: readonly (Id | null)[]): Promise<Map<Id, MailLink>> {
    const ids = [...new Set(linkIds.filter((id) => id !== null))];
    return ids.length === 0 ? new Map<Id, MailLink>() : this.source(ids);
  }
}
