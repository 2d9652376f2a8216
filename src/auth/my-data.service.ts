import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Photos } from '../accounts/photos.service.js';
import { type SignedIn } from '../web/signed-in.js';
import { Sessions } from './sessions.service.js';

/** Columns of a person that say something of them; the others are keys, versions and counters of ours. */
const columns = [
  ...['email', 'givenName', 'familyName', 'role', 'type', 'status', 'department', 'jobTitle', 'location'],
  ...['workPhone', 'mobilePhone', 'extension', 'language', 'theme', 'timeZone', 'shortcuts'],
  ...['createdAt', 'invitedAt', 'activatedAt', 'lastSignInAt', 'updatedAt'],
] as const;

/** What Carnet holds of one person, for themselves (GDPR, article 20): no secret and nobody else is in it. */
@Injectable()
export class MyData {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: Sessions,
    private readonly photos: Photos,
  ) {}

  async of({ id, accountId, account, features, photoHash }: SignedIn): Promise<object> {
    const named = (table: string) =>
      this.database.query<{ name: string }[]>(
        `SELECT g.name FROM ${table}_members m JOIN ${table}s g ON g.id = m.groupId
         WHERE m.userId = ? ORDER BY g.nameKey`,
        [id],
      );
    const [[person], [manager], userGroups, chatGroups, sessions, photo] = await Promise.all([
      this.database.query<Record<string, unknown>[]>(
        `SELECT ${columns.join(', ')} FROM users WHERE id = ? AND accountId = ?`,
        [id, accountId],
      ),
      this.database.query<{ email: string }[]>(
        'SELECT m.email FROM users u JOIN users m ON m.id = u.managerId WHERE u.id = ?',
        [id],
      ),
      named('user_group'),
      named('chat_group'),
      this.sessions.sessionsOf(id),
      photoHash === null ? null : this.photos.find(accountId, photoHash),
    ]);
    return {
      exportedAt: new Date(),
      company: account.kind === 'personal' ? null : account.name,
      person: {
        ...person,
        shortcuts: Boolean(person.shortcuts),
        manager: manager?.email ?? null,
        photo: photo && `data:image/webp;base64,${photo.toString('base64')}`,
      },
      features,
      userGroups: userGroups.map(({ name }) => name),
      chatGroups: chatGroups.map(({ name }) => name),
      sessions: sessions.map(({ userAgent, address, createdAt, lastSeenAt }) => ({
        ...{ userAgent, address, createdAt, lastSeenAt },
      })),
    };
  }
}
