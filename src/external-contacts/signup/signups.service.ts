import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OneTimeLink } from '../../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../accounts/one-time-links.service.js';
import { Founding } from '../../auth/founding.service.js';
import { type Person } from '../../auth/passport.js';
import { Passwords } from '../../auth/passwords.service.js';
import { inTransaction } from '../../database/transaction.js';
import { Gone } from '../../errors/domain-error.js';
import { type ActFacts } from '../../journal/actor.js';
import { type Locale } from '../../web/words.js';
import { RequestDelivery } from '../requests/delivery.service.js';
import { type SentState } from '../external-request.entities.js';

/** An invitation to sign up as its receiver sees it. */
export interface SignUp {
  link: OneTimeLink;
  /** `used`: somebody signed up with it, or answered the request already. `gone`: its sender is no longer here. */
  state: 'open' | 'used' | 'ended' | 'withdrawn' | 'gone';
  /** The invited address: the one that will sign in. */
  address: string;
  sender: { name: string; email: string; /** Empty for a personal account. */ company: string };
  message: string | null;
  /** Of the sender's account: what they take for the receiver's as long as nothing better is known. */
  region: string;
}

export interface NewSelf {
  givenName: string;
  familyName: string;
  region: string;
  language: Locale;
  password: string;
}

/** From an external invitation to an account of one's own. */
@Injectable()
export class SignUps {
  private readonly logger = new Logger('SignUps');

  constructor(
    private readonly database: DataSource,
    private readonly links: OneTimeLinks,
    private readonly founding: Founding,
    private readonly passwords: Passwords,
    private readonly delivery: RequestDelivery,
  ) {}

  /** What a token stands for; null for one that is none of ours, or whose request is no more. */
  async find(token: string): Promise<SignUp | null> {
    const link = await this.links.find(token, 'external-signup');
    if (!link?.address || !link.subjectId) return null;
    // The account is the request's, not the link's: its sender may have moved to a company since.
    const [row] = await this.database.query<InvitedRow[]>(
      `SELECT r.state, r.expiresAt > UTC_TIMESTAMP(3) AS running, r.message, u.givenName, u.familyName, u.email,
              u.status = 'active' AND u.liveKey = 1 AND a.closedAt IS NULL AS here,
              IF(a.kind = 'personal', '', a.name) AS company, a.region
       FROM external_requests_sent r
       JOIN users u ON u.id = r.senderId AND u.accountId = r.accountId
       JOIN accounts a ON a.id = r.accountId
       WHERE r.id = ?`,
      [link.subjectId],
    );
    if (!row) return null;
    const { email, message, company, region } = row;
    return {
      ...{ link, address: link.address, message, region },
      state: stateOf(this.links.stateOf(link), row),
      sender: { name: `${row.givenName} ${row.familyName}`.trim(), email, company },
    };
  }

  /** Whom the address signs in; told to the holder of the link alone. */
  async holderOf(address: string): Promise<Person | null> {
    const [holder] = await this.database.query<Person[]>(
      'SELECT userId AS id, accountId FROM sign_in_addresses WHERE address = ?',
      [address],
    );
    return holder ?? null;
  }

  /** Where whoever has signed up confirms the same request; null when nothing of it is open any more. */
  async confirmationOf({ link }: SignUp): Promise<string | null> {
    const confirmations = await this.database.getRepository(OneTimeLink).find({
      where: {
        ...{ userId: link.userId, purpose: 'external-confirm' },
        ...{ subjectId: link.subjectId ?? '', address: link.address ?? '' },
      },
      order: { id: 'DESC' },
    });
    const open = confirmations.find((each) => this.links.stateOf(each) === 'open');
    return open ? this.links.pathOf(open) : null;
  }

  /**
   * Makes the account; of several at once one wins. Requests that wait for the address then reach it.
   * @throws Gone when the link was used or withdrawn meanwhile; Conflict (`accounts.address-elsewhere`) when the
   *   address signs somebody in by now: the link then stays as it is
   */
  async signUp(
    { link, address }: SignUp,
    { password, ...fields }: NewSelf,
    facts: ActFacts,
  ): Promise<Person> {
    const secret = await this.passwords.hash(password);
    const person = await inTransaction(this.database, async (manager) => {
      if (!(await this.links.use(manager, link)) || !(await this.waits(manager, link)))
        throw new Gone('signup.used-title');
      return this.founding.foundPersonal(manager, { ...fields, email: address, secret }, facts);
    });
    // The request is on the first page they see. Should this fail, the job of their arrival brings it.
    await this.delivery.deliver(link.subjectId ?? '', { mail: false }).catch((error: unknown) => {
      this.logger.warn(error);
    });
    return person;
  }

  private async waits(manager: EntityManager, { subjectId }: OneTimeLink): Promise<boolean> {
    const waiting = await manager.query<object[]>(
      `SELECT 1 FROM external_requests_sent
       WHERE id = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
      [subjectId],
    );
    return waiting.length > 0;
  }
}

interface InvitedRow {
  state: SentState;
  running: number | string;
  here: number | string;
  message: string | null;
  givenName: string;
  familyName: string;
  email: string;
  company: string;
  region: string;
}

function stateOf(link: SignUp['state'], { state, running, here }: InvitedRow): SignUp['state'] {
  if (link !== 'open') return link;
  if (Number(here) !== 1) return 'gone';
  if (state === 'waiting') return Number(running) === 1 ? 'open' : 'ended';
  if (state === 'withdrawn') return 'withdrawn';
  return state === 'expired' ? 'ended' : 'used';
}
