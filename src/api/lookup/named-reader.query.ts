import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Reader } from '../../accounts/person-records.js';
import {
  choicesIn,
  resolveFeatures,
  type AccountFeatures,
  type GroupFeatures,
} from '../../accounts/features.js';
import { chosen, isMeant, meant, type Found, type Meant } from '../../calls/record/call-users.js';
import { type CallRefusal } from '../../calls/record/call-report.js';
import { type Id } from '../../database/id.js';
import { SharedReads } from '../../database/shared-reads.js';
import { type Region } from '../../phone/e164.js';
import { type ApiCaller } from '../../web/api-caller.js';

/** Whose eyes a telephone system borrows: the user it names, with what they may see. */
@Injectable()
export class NamedReaders {
  private readonly reads = new SharedReads<Named[]>();

  constructor(private readonly database: DataSource) {}

  /**
   * By e-mail address, extension or number, as the calls of a report are given to their user; in one query.
   * @returns why there is nobody, or nobody who may have calls
   */
  async find(caller: ApiCaller, word: string): Promise<Reader | CallRefusal> {
    const who = meant(word, caller.account.region as Region);
    const key = [caller.accountId, caller.groupFeatures, word].join(' ');
    const people = await this.reads.of(key, () => this.people(caller, who));
    const able = new Map(people.map((person) => [person.id, readerOf(caller, person)]));
    const user = chosen(
      people.filter((person) => isMeant(person, who)),
      ({ id }) => able.get(id)?.features.phone === true,
    );
    return 'refusal' in user ? user.refusal : able.get(user.id)!;
  }

  private async people(caller: ApiCaller, who: Meant): Promise<Named[]> {
    const wanted = [
      ['email', who.email],
      ['extension', who.extension],
      ['workPhone', who.number],
      ['mobilePhone', who.number],
    ].filter(([, value]) => value !== null);
    if (wanted.length === 0) return [];
    // Only where groups decide about features are the person's own looked for: a row for each of them.
    const groups = caller.groupFeatures
      ? `LEFT JOIN (user_group_members m JOIN user_groups g ON g.id = m.groupId AND g.features IS NOT NULL) ON m.userId = u.id`
      : '';
    const rows = await this.database.query<Row[]>(
      wanted
        .map(
          ([column]) =>
            `SELECT u.id, u.email, u.status, u.type, u.extension, u.workPhone, u.mobilePhone, u.restricted, u.features,
                    ${caller.groupFeatures ? 'g.features' : 'NULL'} AS groupFeatures
             FROM users u ${groups} WHERE u.accountId = ? AND u.${column} = ? AND u.liveKey = 1 AND u.status <> 'erased'`,
        )
        .join(' UNION '),
      wanted.flatMap(([, value]) => [caller.accountId, value]),
    );
    const named = new Map<Id, Named>();
    for (const { groupFeatures, ...row } of rows) {
      const person = named.get(row.id) ?? { ...row, groups: [] };
      if (groupFeatures !== null) person.groups.push(JSON.parse(groupFeatures) as GroupFeatures);
      named.set(row.id, person);
    }
    return [...named.values()];
  }
}

type Row = Found & { restricted: number; features: string | null; groupFeatures: string | null };
type Named = Omit<Row, 'groupFeatures'> & { groups: GroupFeatures[] };

function readerOf(caller: ApiCaller, { id, type, restricted, features: own, groups }: Named): Reader {
  const rule = JSON.parse(caller.accountFeatures) as AccountFeatures;
  const features = resolveFeatures(rule, groups, choicesIn(own));
  return {
    ...{ id, accountId: caller.accountId, account: caller.account, restricted: Boolean(restricted) },
    // Calling needs the licensed type as well.
    features: { ...features, phone: features.phone && type === 'licensed' },
  };
}
