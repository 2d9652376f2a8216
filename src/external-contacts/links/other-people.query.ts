import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  choicesIn,
  resolveFeatures,
  type AccountFeatures,
  type GroupFeatures,
} from '../../accounts/features.js';
import { defaultOutsiderFields, type OutsiderField } from '../../accounts/outsider-fields.js';
import { type AccountKind } from '../../accounts/account.entity.js';
import { type Id } from '../../database/id.js';
import { type E164 } from '../../phone/e164.js';
import { type ExternalContact } from '../external-contact.entity.js';

/**
 * Whether the other person can be reached. `paused`: their external contacts are switched off; `gone`: deactivated, in
 * the bin or erased, or their account is closed. Of both one sees name and company alone.
 */
export type Standing = 'here' | 'paused' | 'gone';

/** A person of another account, as the people they are connected to see them: what is hidden is null. */
export interface OtherPerson {
  id: Id;
  accountId: Id;
  /** All names are empty of somebody who was erased for good. */
  name: string;
  givenName: string;
  familyName: string;
  /** Null for a personal account. */
  company: string | null;
  standing: Standing;
  email: string | null;
  jobTitle: string | null;
  department: string | null;
  location: string | null;
  workPhone: E164 | null;
  extension: string | null;
  mobilePhone: E164 | null;
  photoHash: string | null;
}

type Other = Pick<ExternalContact, 'otherUserId' | 'otherAccountId'>;

/**
 * The one door to people of other accounts: whoever asks has a contact row of the reader's for each of them. Read at
 * each view, so that what they changed, or what their company no longer shows, is so at once.
 */
@Injectable()
export class OtherPeople {
  constructor(private readonly database: DataSource) {}

  /**
   * In one query, or three where a company's groups decide about features.
   * @returns one for each of these, by user id
   */
  async of(
    others: readonly Other[],
    manager: EntityManager = this.database.manager,
  ): Promise<Map<Id, OtherPerson>> {
    if (others.length === 0) return new Map();
    const rows = await manager.query<OtherRow[]>(
      `SELECT u.id, u.accountId, u.givenName, u.familyName, u.email, u.jobTitle, u.department, u.location,
              u.workPhone, u.extension, u.mobilePhone, u.photoHash, u.status, u.liveKey, u.features,
              a.kind, a.name AS accountName, a.features AS accountFeatures, a.groupFeatures, a.closedAt,
              s.outsiderFields
       FROM users u
       JOIN accounts a ON a.id = u.accountId
       LEFT JOIN account_settings s ON s.accountId = a.id
       WHERE u.id IN (?)`,
      [others.map(({ otherUserId }) => otherUserId)],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const groups = await groupsDeciding(manager, rows);
    return new Map(
      others.map(({ otherUserId: id, otherAccountId: accountId }) => {
        const row = byId.get(id);
        const known = row?.accountId === accountId ? row : undefined;
        return [id, known ? seenOf(known, groups.get(id) ?? []) : { ...nobody, id, accountId }];
      }),
    );
  }

  /** One of them. */
  async find(other: Other, manager: EntityManager = this.database.manager): Promise<OtherPerson> {
    const people = await this.of([other], manager);
    return (
      people.get(other.otherUserId) ?? { ...nobody, id: other.otherUserId, accountId: other.otherAccountId }
    );
  }
}

/** Somebody one is no longer in contact with: who it was. */
export function nameAlone(person: OtherPerson): OtherPerson {
  return { ...person, ...hidden };
}

/** As the columns hold it. */
interface OtherRow {
  id: Id;
  accountId: Id;
  givenName: string;
  familyName: string;
  email: string;
  jobTitle: string | null;
  department: string | null;
  location: string | null;
  workPhone: E164 | null;
  extension: string | null;
  mobilePhone: E164 | null;
  photoHash: string | null;
  status: string;
  liveKey: number | null;
  features: string | null;
  kind: AccountKind;
  accountName: string;
  accountFeatures: string;
  groupFeatures: number;
  closedAt: Date | null;
  outsiderFields: string | null;
}

const hidden = {
  email: null,
  jobTitle: null,
  department: null,
  location: null,
  workPhone: null,
  extension: null,
  mobilePhone: null,
  photoHash: null,
};

const nobody = {
  ...hidden,
  name: '',
  givenName: '',
  familyName: '',
  company: null,
  standing: 'gone' as const,
};

function seenOf(row: OtherRow, groups: GroupFeatures[]): OtherPerson {
  const { id, accountId, givenName, familyName, kind } = row;
  const standing = standingOf(row, groups);
  const person = {
    ...{ id, accountId, givenName, familyName, name: `${givenName} ${familyName}`.trim(), standing },
    company: kind === 'personal' ? null : row.accountName,
  };
  if (standing !== 'here') return { ...person, ...hidden };
  const shown = fieldsShown(row.outsiderFields);
  const ifShown = <Value>(field: OutsiderField, value: Value | null) => (shown.has(field) ? value : null);
  return {
    ...person,
    email: row.email,
    jobTitle: ifShown('jobTitle', row.jobTitle),
    department: ifShown('department', row.department),
    location: ifShown('location', row.location),
    workPhone: ifShown('workPhone', row.workPhone),
    extension: ifShown('extension', row.extension),
    mobilePhone: ifShown('mobilePhone', row.mobilePhone),
    photoHash: ifShown('photo', row.photoHash),
  };
}

function standingOf(row: OtherRow, groups: GroupFeatures[]): Standing {
  if (row.status !== 'active' || row.liveKey === null || row.closedAt !== null) return 'gone';
  const account = JSON.parse(row.accountFeatures) as AccountFeatures;
  const features = resolveFeatures(account, groups, choicesIn(row.features));
  return features['external-contacts'] ? 'here' : 'paused';
}

function fieldsShown(column: string | null): Set<OutsiderField> {
  return new Set(column === null ? defaultOutsiderFields : (JSON.parse(column) as OutsiderField[]));
}

/** What the user groups of these people say about features, where their accounts have such groups at all. */
async function groupsDeciding(
  manager: EntityManager,
  rows: readonly OtherRow[],
): Promise<Map<Id, GroupFeatures[]>> {
  const asked = rows.filter(({ groupFeatures }) => groupFeatures > 0);
  if (asked.length === 0) return new Map();
  const groups = await manager.query<{ id: Id; features: string }[]>(
    'SELECT id, features FROM user_groups WHERE accountId IN (?) AND features IS NOT NULL',
    [[...new Set(asked.map(({ accountId }) => accountId))]],
  );
  if (groups.length === 0) return new Map();
  const said = new Map(groups.map(({ id, features }) => [id, JSON.parse(features) as GroupFeatures]));
  const memberships = await manager.query<{ userId: Id; groupId: Id }[]>(
    'SELECT userId, groupId FROM user_group_members WHERE userId IN (?) AND groupId IN (?)',
    [asked.map(({ id }) => id), [...said.keys()]],
  );
  const deciding = new Map<Id, GroupFeatures[]>();
  for (const { userId, groupId } of memberships)
    deciding.set(userId, [...(deciding.get(userId) ?? []), said.get(groupId) ?? {}]);
  return deciding;
}
