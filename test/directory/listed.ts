import { newId, type Id } from '../../src/database/id.js';
import { nameKeyOf } from '../../src/accounts/user-rows.js';
import { ChatGroup, ChatGroupMember, type ChatGroupKind } from '../../src/accounts/group.entities.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type Answer } from '../support/browser.js';
import { type TestApp } from '../support/app.js';

/** The names a page of `/contacts` lists, in its order. */
export function listed(answer: Answer): string[] {
  return [...answer.text.matchAll(/href="[^"]*" data-person>([^<]*)</g)].map(([, name]) => name);
}

/** What the menu of a filter offers, without "all". */
export function offered(answer: Answer, name: string): string[] {
  const [, menu] =
    new RegExp(`<select[^>]*name="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(answer.text) ?? [];
  return [...(menu ?? '').matchAll(/<option value="[^"]+"[^>]*>([^<]*)</g)].map(([, label]) => label);
}

/** The address behind First, Previous, Next or Last; undefined where there is none. */
export function pageLink(answer: Answer, word: string): string | undefined {
  const list = /class="pagination__list"[\s\S]*?<\/ul>/.exec(answer.text)?.[0] ?? '';
  const items = list.split('</li>').filter((item) => item.includes(`${word}<`) || item.includes(`>${word}`));
  return /<a [^>]*href="([^"]*)"/
    .exec(items[0] ?? '')?.[1]
    .replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=');
}

/** A chat group with its members, and what follows from a restricted one. */
export async function aChatGroup(
  app: TestApp,
  accountId: Id,
  { name, kind, members }: { name: string; kind: ChatGroupKind; members: User[] },
): Promise<ChatGroup> {
  const groups = app.database.getRepository(ChatGroup);
  const group = groups.create({
    id: newId(),
    accountId,
    name,
    nameKey: nameKeyOf(name),
    kind,
    createdByBatch: null,
    createdAt: new Date(),
  });
  await groups.insert(group);
  await app.database
    .getRepository(ChatGroupMember)
    .insert(members.map(({ id }) => ({ groupId: group.id, userId: id, accountId })));
  if (kind === 'restricted') {
    await app.database.query('UPDATE accounts SET restrictedGroups = restrictedGroups + 1 WHERE id = ?', [
      accountId,
    ]);
    for (const { id } of members)
      await app.database.query('UPDATE users SET restricted = 1 WHERE id = ?', [id]);
  }
  return group;
}
