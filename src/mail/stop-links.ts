import { Injectable } from '@nestjs/common';
import { SecretKeys } from '../crypto/secret-keys.js';
import { stoppedBy, type Stoppable } from './mail-content.js';
import { addressHash } from './mail-refusals.service.js';

/** What a link in a mail stops, and for whom: the hash of an address (invitations), a person's id (digest). */
export interface Stopped {
  what: Stoppable;
  subject: string;
}

const PURPOSE = 'mail-stop';
const subjects: Record<Stoppable, RegExp> = {
  invitations: /^[0-9a-f]{64}$/,
  digest: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/**
 * Links by which a mail's receiver has no more of its kind: `what.subject.HMAC`. No row a mail, no address in what a
 * proxy may log, and no end: the link in an old mail still works.
 */
@Injectable()
export class StopLinks {
  constructor(private readonly keys: SecretKeys) {}

  /** @returns the path, or null where there is nothing to stop */
  pathFor(mail: { template: string; toAddress: string; userId: string | null }): string | null {
    const what = stoppedBy(mail.template);
    if (what === null) return null;
    const subject = what === 'invitations' ? addressHash(mail.toAddress) : mail.userId;
    return subject === null ? null : `/unsubscribe/${this.tokenOf({ what, subject })}`;
  }

  tokenOf({ what, subject }: Stopped): string {
    return `${what}.${subject}.${this.keys.sign(PURPOSE, `${what}.${subject}`)}`;
  }

  /** What a genuine token stops; null for anything else. */
  read(token: string): Stopped | null {
    const [what = '', subject = '', signature = '', ...more] = token.split('.');
    if (more.length > 0 || !isStoppable(what) || !subjects[what].test(subject)) return null;
    return this.keys.verify(PURPOSE, `${what}.${subject}`, signature) ? { what, subject } : null;
  }
}

function isStoppable(what: string): what is Stoppable {
  return Object.hasOwn(subjects, what);
}
