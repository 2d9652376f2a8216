import { createHash, randomBytes } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { type DataSource } from 'typeorm';
import {
  resolveFeatures,
  type AccountFeatures,
  type FeatureChoices,
  type GroupFeatures,
} from '../accounts/features.js';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { isDuplicate } from '../database/transaction.js';
import { type SignedIn } from '../web/signed-in.js';
import { type SessionCounts } from './session-counts.js';

/** What signing in hands to the store to make a session from. */
export interface NewSession {
  accountId: Id;
  userId: Id;
  userAgent: string;
  address: string;
}

declare module 'express-session' {
  interface SessionData {
    passport?: { user?: SessionUser | NewSession };
  }
}

const touchMinutes = 10;

/**
 * Sessions as rows, by the database's clock. A read brings session, user and account at once, so a signed-in
 * request asks nothing else; a session of somebody who is not active (any more) is no session. Nothing but who is
 * signed in is kept in a session, so a row is written when it begins and, at most every ten minutes, when used.
 */
export class SessionStore extends Store {
  constructor(
    private readonly database: DataSource,
    private readonly counts: SessionCounts,
  ) {
    super();
  }

  /** A 256-bit session id. */
  static newSid(this: void): string {
    return randomBytes(32).toString('base64url');
  }

  static hashOf(this: void, sid: string): string {
    return createHash('sha256').update(sid).digest('hex');
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.read(SessionStore.hashOf(sid)).then(
      (session) => done(null, session),
      (error: unknown) => done(unmistakable(error)),
    );
  }

  override set(
    sid: string,
    { passport }: SessionData,
    done: (error?: unknown) => void = () => undefined,
  ): void {
    const user = passport?.user;
    // Signing out saves the session without its user first: nothing is left to keep.
    if (!user) return this.destroy(sid, done);
    if (user instanceof SessionUser) return done();
    this.insert(SessionStore.hashOf(sid), user).then(() => done(), done);
  }

  override destroy(sid: string, done: (error?: unknown) => void = () => undefined): void {
    this.database
      .query('DELETE FROM sessions WHERE idHash = ?', [SessionStore.hashOf(sid)])
      .then(() => done(), done);
  }

  override touch(sid: string, session: SessionData, done: () => void = () => undefined): void {
    const user = session.passport?.user;
    if (!(user instanceof SessionUser) || !user.isStale()) return done();
    this.database
      .query(
        `UPDATE sessions SET lastSeenAt = UTC_TIMESTAMP(3)
         WHERE idHash = ? AND lastSeenAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${touchMinutes} MINUTE)`,
        [SessionStore.hashOf(sid)],
      )
      // The answer is already made; a session that could not be touched is touched by the next request.
      .then(
        () => done(),
        () => done(),
      );
  }

  private async read(idHash: string): Promise<SessionData | null> {
    const rows = await this.database.query<SessionRow[]>(sessionQuery(this.counts.columns), [idHash]);
    const [row] = rows;
    if (!row) return null;
    const maxAge = Math.max(0, Number(row.secondsLeft)) * 1000;
    return {
      cookie: { originalMaxAge: maxAge, expires: new Date(Date.now() + maxAge) },
      passport: { user: new SessionUser(row, idHash, groupFeaturesOf(rows), this.counts.of(row)) },
    } as SessionData;
  }

  private async insert(idHash: string, { accountId, userId, userAgent, address }: NewSession): Promise<void> {
    try {
      await this.database.query(
        `INSERT INTO sessions (idHash, publicId, accountId, userId, userAgent, address, createdAt, lastSeenAt, expiresAt)
         VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3),
                 DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ${limits.sessionDays} DAY))`,
        [idHash, newId(), accountId, userId, userAgent.slice(0, 255), address.slice(0, 45)],
      );
    } catch (error) {
      // express-session may save the same new session twice in one request.
      if (!isDuplicate(error)) throw error;
    }
  }
}

/**
 * express-session takes ENOENT for a session that is gone, and a database whose socket is gone says just that: everybody signed in
 * would be led to sign in again.
 */
function unmistakable(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== 'ENOENT') return error;
  return Object.assign(new Error((error as Error).message, { cause: error }), { code: 'ECONNREFUSED' });
}

/**
 * The signed-in user as the session row brought them. As JSON it is the id alone: express-session compares
 * sessions by their JSON to see whether one changed.
 */
export class SessionUser implements SignedIn {
  readonly id: Id;
  readonly accountId: Id;
  readonly account: SignedIn['account'];
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly displayName: string;
  readonly role: SignedIn['role'];
  readonly type: SignedIn['type'];
  readonly features: SignedIn['features'];
  readonly language: SignedIn['language'];
  readonly theme: SignedIn['theme'];
  readonly timeZone: string | null;
  readonly shortcuts: boolean;
  readonly photoHash: string | null;
  readonly restricted: boolean;
  readonly sessionPublicId: Id;
  readonly #stale: boolean;

  constructor(
    row: SessionRow,
    readonly sessionHash: string,
    groups: GroupFeatures[],
    readonly counts: SignedIn['counts'],
  ) {
    this.id = row.id;
    this.accountId = row.accountId;
    this.account = {
      kind: row.accountKind,
      name: row.accountName,
      region: row.accountRegion,
      language: row.accountLanguage,
      timeZone: row.accountTimeZone,
      restrictedGroups: row.restrictedGroups,
      reach: { call: row.callPattern, chat: row.chatPattern, meet: row.meetPattern },
    };
    this.email = row.email;
    this.givenName = row.givenName;
    this.familyName = row.familyName;
    this.displayName = `${row.givenName} ${row.familyName}`.trim();
    this.role = row.role;
    this.type = row.type;
    this.features = featuresOf(row, groups);
    this.language = row.language;
    this.theme = row.theme;
    this.timeZone = row.timeZone;
    this.shortcuts = Boolean(row.shortcuts);
    this.photoHash = row.photoHash;
    this.restricted = Boolean(row.restricted);
    this.sessionPublicId = row.publicId;
    this.#stale = Number(row.idleSeconds) >= touchMinutes * 60;
  }

  /** Last seen more than ten minutes ago. */
  isStale(): boolean {
    return this.#stale;
  }

  toJSON(): string {
    return this.id;
  }
}

interface SessionRow extends Pick<
  SignedIn,
  'id' | 'accountId' | 'email' | 'givenName' | 'familyName' | 'role' | 'type' | 'language' | 'theme'
> {
  timeZone: string | null;
  shortcuts: number;
  photoHash: string | null;
  restricted: number;
  features: string | null;
  publicId: Id;
  accountKind: 'company' | 'personal';
  accountName: string;
  accountRegion: string;
  accountLanguage: 'en' | 'fr';
  accountTimeZone: string;
  accountFeatures: string;
  restrictedGroups: number;
  callPattern: string | null;
  chatPattern: string | null;
  meetPattern: string | null;
  groupFeatures: string | null;
  /** The driver gives 64-bit numbers as text. */
  idleSeconds: string;
  secondsLeft: string;
}

// Three primary keys: one row of each table, whatever their size. Only where the account has groups that decide about
// features are the person's own looked for: a row for each of them.
const sessionQuery = (counts: string) => `
  SELECT s.publicId, TIMESTAMPDIFF(SECOND, s.lastSeenAt, UTC_TIMESTAMP(3)) AS idleSeconds,
         TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), s.expiresAt) AS secondsLeft,
         u.id, u.accountId, u.email, u.givenName, u.familyName, u.role, u.type, u.features, u.language, u.theme,
         u.timeZone, u.shortcuts, u.photoHash, u.restricted,
         a.kind AS accountKind, a.name AS accountName, a.region AS accountRegion, a.language AS accountLanguage,
         a.timeZone AS accountTimeZone, a.features AS accountFeatures, a.restrictedGroups,
         a.callPattern, a.chatPattern, a.meetPattern,
         g.features AS groupFeatures${counts}
  FROM sessions s JOIN users u ON u.id = s.userId JOIN accounts a ON a.id = u.accountId
  LEFT JOIN (user_group_members m JOIN user_groups g ON g.id = m.groupId AND g.features IS NOT NULL)
    ON a.groupFeatures > 0 AND m.userId = u.id
  WHERE s.idHash = ? AND s.expiresAt > UTC_TIMESTAMP(3)
    AND s.lastSeenAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.sessionIdleHours} HOUR)
    AND u.status = 'active' AND u.liveKey = 1 AND a.closedAt IS NULL`;

function groupFeaturesOf(rows: SessionRow[]): GroupFeatures[] {
  return rows.flatMap(({ groupFeatures }) =>
    groupFeatures === null ? [] : [JSON.parse(groupFeatures) as GroupFeatures],
  );
}

function featuresOf(row: SessionRow, groups: GroupFeatures[]): SignedIn['features'] {
  const account = JSON.parse(row.accountFeatures) as AccountFeatures;
  const own = row.features === null ? null : (JSON.parse(row.features) as FeatureChoices);
  const resolved = resolveFeatures(account, groups, own);
  // Calling needs the licensed type as well.
  return { ...resolved, phone: resolved.phone && row.type === 'licensed' };
}
