import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { DirectoryModule } from '../directory/directory.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { PersonalContactsModule } from '../personal-contacts/personal-contacts.module.js';
import { CallActsController } from './acts/call-acts.controller.js';
import { CallActs } from './acts/call-acts.service.js';
import { CallController } from './call/call.controller.js';
import { AddNumberController } from './contacts/add-number.controller.js';
import { NumberTargets } from './contacts/number-targets.service.js';
import { CallsOnHome } from './home/calls-on-home.service.js';
import { FrequentCallers } from './home/frequent-callers.query.js';
import { CallImportController } from './import/call-import.controller.js';
import { ForgottenCalls } from './import/forgotten-calls.service.js';
import { CallListController } from './list/call-list.controller.js';
import { CallList } from './list/call-list.query.js';
import { CallSearches } from './list/call-search.js';
import { Hearing } from './recordings/hearing.service.js';
import { RecordingFetches } from './recordings/recording-fetches.service.js';
import { RecordingsController } from './recordings/recordings.controller.js';
import { Recordings } from './recordings/recordings.service.js';
import { CallOwners } from './retention/call-owners.service.js';
import { OverCalls } from './retention/over-calls.service.js';
import { OwnCallsController } from './retention/own-calls.controller.js';
import { OwnCalls } from './retention/own-calls.service.js';
import { RefoldedCalls } from './retention/refolded-calls.service.js';
import { CallTrashController } from './trash/call-trash.controller.js';
import { WaitingCalls } from './waiting-calls.js';
import { Callers } from './who/callers.service.js';

/** Whom people called and who called them, as telephone systems report it. */
@Module({
  imports: [
    ...[AccountsModule, AuthModule, DirectoryModule, ImportsModule, JobsModule],
    ...[PersonalContactsModule, IntegrationsModule],
  ],
  controllers: [
    CallListController,
    CallActsController,
    CallTrashController,
    OwnCallsController,
    RecordingsController,
    AddNumberController,
    CallImportController,
    // Last: `/calls/:id` would swallow every other address below /calls.
    CallController,
  ],
  providers: [
    CallsOnHome,
    FrequentCallers,
    CallActs,
    Callers,
    CallList,
    CallSearches,
    WaitingCalls,
    ...[CallOwners, OverCalls, OwnCalls, RefoldedCalls],
    Recordings,
    RecordingFetches,
    Hearing,
    NumberTargets,
    ForgottenCalls,
  ],
  exports: [Callers, CallList, Recordings],
})
export class CallsModule {}
