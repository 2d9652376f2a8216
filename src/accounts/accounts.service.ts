import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId, type Id } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { Account, type AccountKind } from './account.entity.js';
import { newAccountFeatures } from './features.js';

export interface NewAccount {
  name: string;
  kind?: AccountKind;
  region?: string;
  language?: 'en' | 'fr';
  timeZone?: string;
}

/** What one signs in to, in SQL of `accounts a`: an account of one person is no company and has no name to show. */
export const companySql = `IF(a.kind = 'personal', 'Carnet', a.name)`;

/** The same of an account read before. */
export function companyOf({ kind, name }: Pick<Account, 'kind' | 'name'>): string {
  return kind === 'personal' ? 'Carnet' : name;
}

@Injectable()
export class Accounts {
  constructor(private readonly database: DataSource) {}

  /** @throws NotFound also once it is closed */
  async get(id: Id, manager: EntityManager = this.database.manager): Promise<Account> {
    const account = await manager.findOneBy(Account, { id });
    if (!account || account.closedAt !== null) throw new NotFound('accounts.not-found');
    return account;
  }

  /** Founds one, with nobody in it yet. */
  async create(manager: EntityManager, fields: NewAccount): Promise<Account> {
    const account = manager.create(Account, {
      id: newId(),
      kind: 'company',
      region: 'FR',
      language: 'en',
      timeZone: 'UTC',
      ...fields,
      features: newAccountFeatures(),
      rolesRevision: 0,
      settingsRevision: 0,
      restrictedGroups: 0,
      groupFeatures: 0,
      ...{ callPattern: null, chatPattern: null, meetPattern: null },
      createdAt: new Date(),
      closedAt: null,
    });
    await manager.insert(Account, account);
    return account;
  }
}

/**
 * The one row in which changes of roles and statuses meet: whoever raises it first is done before the next looks.
 * Call it before counting owners or admins.
 */
export async function raiseRolesRevision(manager: EntityManager, accountId: Id): Promise<void> {
  await manager.query('UPDATE accounts SET rolesRevision = rolesRevision + 1 WHERE id = ?', [accountId]);
}
