import { type INestApplicationContext } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { Account } from './accounts/account.entity.js';
import { WrongUse } from './cli.options.js';
import { isId } from './database/id.js';

/** The open account a command names. @throws WrongUse */
export async function theAccount(app: INestApplicationContext, name: string): Promise<Account> {
  const account = await accountNamed(app, name);
  if (!account) throw new WrongUse(`There is no account ${name}; list-accounts shows them`);
  return account;
}

/** By name, or by id where two companies have the same name. @throws WrongUse when the name fits several */
export async function accountNamed(app: INestApplicationContext, name: string): Promise<Account | null> {
  const accounts = await app
    .get(DataSource)
    .getRepository(Account)
    .findBy({ ...(isId(name) ? { id: name } : { name }), closedAt: IsNull() });
  if (accounts.length > 1)
    throw new WrongUse(`Several accounts are called ${name}; give the id that list-accounts shows`);
  return accounts[0] ?? null;
}
