import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Groups } from '../../accounts/groups.service.js';
import { Admin } from '../../web/access.js';
import { Csrf } from '../../web/csrf.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { GroupMembersPages } from './group-members.pages.js';
import { GroupsQuery } from './groups.query.js';

@Admin()
@Controller('user-groups/:id/members')
export class UserGroupMembersController extends GroupMembersPages {
  protected readonly kind = 'userGroups' as const;

  constructor(
    database: DataSource,
    groups: Groups,
    query: GroupsQuery,
    details: UserDetailsQuery,
    csrf: Csrf,
  ) {
    super(database, groups, query, details, csrf);
  }
}

@Admin()
@Controller('chat-groups/:id/members')
export class ChatGroupMembersController extends GroupMembersPages {
  protected readonly kind = 'chatGroups' as const;

  constructor(
    database: DataSource,
    groups: Groups,
    query: GroupsQuery,
    details: UserDetailsQuery,
    csrf: Csrf,
  ) {
    super(database, groups, query, details, csrf);
  }
}
