/**
 * Where the two kinds of groups are kept and how they are called, in a file of its own: threads that speak SQL alone
 * need it without the object mapper that the entities bring.
 */
export const groupTables = { userGroups: 'user_groups', chatGroups: 'chat_groups' } as const;
export const memberTables = { userGroups: 'user_group_members', chatGroups: 'chat_group_members' } as const;

export type GroupKind = keyof typeof groupTables;
export const groupKinds = ['userGroups', 'chatGroups'] as const satisfies readonly GroupKind[];

/** As journal, audit log and addresses call the two kinds. */
export const groupWords = { userGroups: 'user-group', chatGroups: 'chat-group' } as const;

/** Whether a row of `users` is in a restricted chat group now. */
export const IN_RESTRICTED = `EXISTS (
    SELECT 1 FROM chat_group_members m JOIN chat_groups g ON g.id = m.groupId
    WHERE m.userId = users.id AND g.kind = 'restricted')`;

/** Brings `users.restricted` in line with the chat groups these people are in now. Takes their ids. */
export const REFRESH_RESTRICTED = `UPDATE users SET restricted = ${IN_RESTRICTED} WHERE id IN (?)`;
