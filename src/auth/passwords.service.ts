import { hash, verify, type Algorithm } from '@node-rs/argon2';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { type MessageValues } from '../errors/domain-error.js';
import { Mails } from '../mail/mails.service.js';
import { isCommonPassword, plainLetters } from './common-passwords.js';

/** Of whom a password must not simply be the name or the address. */
export interface PasswordOwner {
  email: string;
  givenName: string;
  familyName: string;
}

// The package's enum cannot be imported as a value under isolated transpiling; 2 is Argon2id (RFC 9106).
const ARGON2ID = 2 as Algorithm.Argon2id;
/** OWASP's second recommended setting: 19 MiB, two passes, one lane. */
const cost = { algorithm: ARGON2ID, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** Password credentials. Hashing runs on the thread pool, not on the thread that answers requests. */
@Injectable()
export class Passwords implements OnModuleInit {
  private nobodysHash: string;

  constructor(
    private readonly database: DataSource,
    private readonly mails: Mails,
  ) {}

  async onModuleInit(): Promise<void> {
    this.nobodysHash = await this.hash(randomBytes(24).toString('base64'));
  }

  hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), cost);
  }

  /** @param secret the stored hash; null (nobody there, no password yet) takes as long and is false */
  async matches(secret: string | null, password: string): Promise<boolean> {
    const right = await verify(secret ?? this.nobodysHash, password.normalize('NFC')).catch(() => false);
    return right && secret !== null;
  }

  /** Whether this is the password of a user; takes as long for somebody who has none. */
  async isPasswordOf(userId: Id, password: string): Promise<boolean> {
    const [row] = await this.database.query<{ secret: string }[]>(
      `SELECT secret FROM credentials WHERE userId = ? AND kind = 'password'`,
      [userId],
    );
    return this.matches(row?.secret ?? null, password);
  }

  /** Writes the one password of a user; hash it before the transaction begins. */
  async set(manager: EntityManager, user: { id: Id; accountId: Id }, secret: string): Promise<void> {
    await manager.query(
      `INSERT INTO credentials (id, accountId, userId, kind, secret, changedAt)
       VALUES (?, ?, ?, 'password', ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE secret = VALUES(secret), changedAt = VALUES(changedAt)`,
      [newId(), user.accountId, user.id, secret],
    );
  }

  /** Writes to a person that their password was changed; `cause` is the id of what changed it. */
  async tellChanged(manager: EntityManager, userId: Id, cause: Id): Promise<void> {
    const [person] = await manager.query<Told[]>(
      `SELECT u.accountId, u.email, u.givenName, u.familyName, COALESCE(u.language, a.language) AS language,
              COALESCE(u.timeZone, a.timeZone) AS timeZone, IF(a.kind = 'personal', '', a.name) AS company
       FROM users u JOIN accounts a ON a.id = u.accountId WHERE u.id = ?`,
      [userId],
    );
    if (!person) return;
    const { accountId, email, givenName, familyName, language, timeZone, company } = person;
    await this.mails.write(manager, {
      ...{ accountId, userId, toAddress: email, toName: `${givenName} ${familyName}`.trim(), language },
      ...{ template: 'password-changed', values: { at: Date.now(), timeZone, company } },
      onceKey: `password-changed ${cause}`,
    });
  }
}

interface Told extends PasswordOwner {
  accountId: Id;
  language: 'en' | 'fr';
  timeZone: string;
  /** Empty for an account of one person. */
  company: string;
}

/**
 * What keeps `password` from being taken, as a catalogue key, or null. Length counts code points; any composition
 * is fine (SECURITY: OWASP ASVS 5.0, 6.2).
 */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
): { key: string; values?: MessageValues } | null {
  const text = password.normalize('NFC');
  const length = [...text].length;
  const { min, max } = limits.passwordCharacters;
  if (length < min) return { key: 'auth.password.too-short', values: { min } };
  if (length > max) return { key: 'auth.password.too-long', values: { max } };
  if (isAboutOwner(text, owner)) return { key: 'auth.password.about-you' };
  if (isCommonPassword(text)) return { key: 'auth.password.common' };
  return null;
}

/** The name or the address, in any order, whatever digits and signs are put around it. */
function isAboutOwner(password: string, { email, givenName, familyName }: PasswordOwner): boolean {
  const bare = letters(password);
  const [local, domain = ''] = email.split('@');
  const names = [letters(givenName), letters(familyName)];
  const known = [
    names.join(''),
    names.toReversed().join(''),
    ...names,
    letters(local),
    letters(email),
    letters(domain),
  ].filter((name) => name.length >= 3);
  if (bare === '') return false;
  return known.some((name) => bare === name || bare === name.repeat(2));
}

function letters(text: string): string {
  return plainLetters(text).replace(/[^\p{L}]/gu, '');
}
