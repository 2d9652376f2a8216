import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { PersonalAccounts } from '../accounts/personal-accounts.service.js';
import { type Id } from '../database/id.js';
import { normaliseAddress } from '../text/address.js';
import { DeviceCookie } from './device-cookie.js';
import { type Person } from './passport.js';
import { Passwords } from './passwords.service.js';
import { networkOf, Throttle } from './throttle.service.js';

const quarterHour = 15 * 60;
/** SECURITY: failures in 15 minutes, per address signed in to and per network address. */
const perAddress = { limit: 10, windowSeconds: quarterHour };
const perNetwork = { limit: 300, windowSeconds: quarterHour };

/** Who may come in, and sessions begun for them. */
@Injectable()
export class SignIns {
  constructor(
    private readonly database: DataSource,
    private readonly passwords: Passwords,
    private readonly throttle: Throttle,
    private readonly devices: DeviceCookie,
    private readonly personal: PersonalAccounts,
  ) {}

  /**
   * The active user of an address and password, or null: nobody there, not activated, deactivated and a wrong
   * password look alike, in their answer and in their time. The right password opens an account again that its person
   * closed. @throws TooMany, whatever the password is
   */
  async check(request: Request, typedAddress: string, password: string): Promise<SignedInPerson | null> {
    const address = normaliseAddress(typedAddress) ?? typedAddress.slice(0, 254);
    const holder = await this.holderOf(address);
    const device = this.devices.read(request);
    const counters: [kind: string, key: string, limit: typeof perAddress][] =
      device && device.userId === holder?.userId
        ? [['sign-in-device', `${device.deviceId} ${device.userId}`, perAddress]]
        : [
            ['sign-in-network', networkOf(request.ip ?? ''), perNetwork],
            ['sign-in-address', address, perAddress],
          ];
    for (const [kind, key, limit] of counters) await this.throttle.hit(kind, key, limit);
    const right = await this.passwords.matches(holder?.secret ?? null, password);
    if (!right || !holder) return null;
    const person = { id: holder.userId, accountId: holder.accountId };
    if (!holder.active && !(holder.closed && (await this.personal.reopen(person)))) return null;
    for (const [kind, key] of counters) {
      if (kind === 'sign-in-network') await this.throttle.giveBack(kind, key);
      else await this.throttle.clear(kind, key);
    }
    return holder.active ? person : { ...person, reopened: true };
  }

  /** Begins a session in this browser, under a new id, and remembers the browser. */
  async begin(request: Request, person: Person): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      request.logIn(person as Express.User, (error?: Error) => (error ? reject(error) : resolve())),
    );
    this.devices.give(request, person.id);
    await this.database.query('UPDATE users SET lastSignInAt = UTC_TIMESTAMP(3) WHERE id = ?', [person.id]);
  }

  /** Ends the session of this browser. */
  async end(request: Request): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      request.logOut((error?: Error) => (error ? reject(error) : resolve())),
    );
  }

  private async holderOf(address: string): Promise<Holder | null> {
    const [row] = await this.database.query<HolderRow[]>(
      `SELECT s.userId, s.accountId, c.secret,
              u.status = 'active' AND u.liveKey = 1 AND a.closedAt IS NULL AS active,
              u.status = 'erased' AND u.liveKey = 1 AND a.closedAt IS NULL AND a.kind = 'personal' AS closed
       FROM sign_in_addresses s
       JOIN users u ON u.id = s.userId
       JOIN accounts a ON a.id = s.accountId
       LEFT JOIN credentials c ON c.userId = s.userId AND c.kind = 'password'
       WHERE s.address = ?`,
      [address],
    );
    return row ? { ...row, active: Number(row.active) === 1, closed: Number(row.closed) === 1 } : null;
  }
}

/** Whom an address and a password are of; `reopened`: whose account it has opened again. */
export interface SignedInPerson extends Person {
  reopened?: boolean;
}

interface Holder {
  userId: Id;
  accountId: Id;
  secret: string | null;
  active: boolean;
  /** A personal account its person has closed, not long ago. */
  closed: boolean;
}

type HolderRow = Omit<Holder, 'active' | 'closed'> & Record<'active' | 'closed', number | string>;
