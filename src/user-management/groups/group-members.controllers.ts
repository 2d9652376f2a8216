import { Controller } from '@nestjs/common';
import { Admin } from '../../web/access.js';
import { GroupMembersPages } from './group-members.pages.js';

@Admin()
@Controller('user-groups/:id/members')
export class UserGroupMembersController extends GroupMembersPages {
  protected readonly kind = 'userGroups' as const;
}

@Admin()
@Controller('chat-groups/:id/members')
export class ChatGroupMembersController extends GroupMembersPages {
  protected readonly kind = 'chatGroups' as const;
}
