import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { AuditModule } from './audit/audit.module.js';
import { ChecklistModule } from './checklist/checklist.module.js';
import { ChatGroupsController } from './groups/chat-groups.controller.js';
import { GroupEffects } from './groups/group-effects.query.js';
import {
  ChatGroupMembersController,
  UserGroupMembersController,
} from './groups/group-members.controllers.js';
import { GroupsQuery } from './groups/groups.query.js';
import { UserGroupsController } from './groups/user-groups.controller.js';
import { CompanyOnHome } from './home/company-on-home.service.js';
import { Inviting } from './inviting.service.js';
import { NewUsersController } from './new-users.controller.js';
import { DeactivationFileController } from './runs/deactivation-file.controller.js';
import { DeactivationFile } from './runs/deactivation-file.service.js';
import { RunActing } from './runs/run-acting.service.js';
import { RunGroups } from './runs/run-groups.query.js';
import { RunPeople } from './runs/run-people.query.js';
import { RunWork } from './runs/run-work.service.js';
import { UserRunsController } from './runs/user-runs.controller.js';
import { UserRuns } from './runs/user-runs.service.js';
import { SettingsModule } from './settings/settings.module.js';
import { UsersUpdateController } from './updates/users-update.controller.js';
import { AddressController } from './user/address.controller.js';
import { UserPhotoController } from './user/photo.controller.js';
import { ErasureController } from './user/erasure.controller.js';
import { RoleController } from './user/role.controller.js';
import { StatusController } from './user/status.controller.js';
import { UserSessionsController } from './user/user-sessions.controller.js';
import { UserSessions } from './user/user-sessions.service.js';
import { UserController } from './user.controller.js';
import { UserDetailsQuery } from './user-details.query.js';
import { UserInvitationsController } from './user-invitations.controller.js';
import { SavedViewsController } from './saved-views/saved-views.controller.js';
import { SavedViews } from './saved-views/saved-views.service.js';
import { UserFilterChoices } from './user-filter-choices.query.js';
import { UserList } from './user-list.query.js';
import { UsersExportController } from './users-export.controller.js';
import { UsersExport } from './users-export.js';
import { UsersController } from './users.controller.js';
import { UsersImportController } from './users-import.controller.js';

const runs = [UserRuns, RunWork, RunActing, RunPeople, RunGroups, DeactivationFile];

/** Administrators' pages about people. */
@Module({
  imports: [AccountsModule, AuthModule, ImportsModule, AuditModule, ChecklistModule, SettingsModule],
  // In this order: `/users/:id` would swallow every other address below /users.
  controllers: [
    UsersController,
    UsersImportController,
    UsersUpdateController,
    UsersExportController,
    SavedViewsController,
    NewUsersController,
    UserRunsController,
    DeactivationFileController,
    UserInvitationsController,
    UserController,
    StatusController,
    RoleController,
    AddressController,
    UserPhotoController,
    ErasureController,
    UserSessionsController,
    UserGroupsController,
    ChatGroupsController,
    UserGroupMembersController,
    ChatGroupMembersController,
  ],
  providers: [
    UserFilterChoices,
    SavedViews,
    UserList,
    UsersExport,
    UserDetailsQuery,
    UserSessions,
    Inviting,
    CompanyOnHome,
    GroupsQuery,
    GroupEffects,
    ...runs,
  ],
  exports: [UserList, UsersExport],
})
export class UserManagementModule {}
