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

/** First letter of a token, and the shape of its subject, hexadecimal digits grouped by hyphens. */
const kinds: Record<Stoppable, { letter: string; groups: readonly number[] }> = {
  invitations: { letter: 'i', groups: [64] },
  digest: { letter: 'd', groups: [8, 4, 4, 4, 12] },
};

/**
 * Links by which a mail's receiver has no more of its kind: a letter, base64url of the subject's bytes, a dot and an
 * HMAC. No row a mail, no address in what a proxy may log, and no end: the link in an old mail still works.
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
    const bytes = Buffer.from(subject.replaceAll('-', ''), 'hex');
    const named = `${kinds[what].letter}${bytes.toString('base64url')}`;
    return `${named}.${this.keys.sign(PURPOSE, named)}`;
  }

  /** What a genuine token stops; null for anything else. */
  read(token: string): Stopped | null {
    const [named = '', signature = '', ...more] = token.split('.');
    if (more.length > 0 || !this.keys.verify(PURPOSE, named, signature)) return null;
    const what = (['invitations', 'digest'] as const).find((each) => kinds[each].letter === named[0]);
    if (!what) return null;
    const digits = Buffer.from(named.slice(1), 'base64url').toString('hex');
    let from = 0;
    const groups = kinds[what].groups.map((length) => digits.slice(from, (from += length)));
    return { what, subject: groups.join('-') };
  }
}
