import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { DirectoryModule } from '../directory/directory.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { CallActsController } from './acts/call-acts.controller.js';
import { CallActs } from './acts/call-acts.service.js';
import { CallController } from './call/call.controller.js';
import { CallImportController } from './import/call-import.controller.js';
import { ForgottenCalls } from './import/forgotten-calls.service.js';
import { CallListController } from './list/call-list.controller.js';
import { CallList } from './list/call-list.query.js';
import { CallSearches } from './list/call-search.js';
import { Hearing } from './recordings/hearing.service.js';
import { RecordingFetches } from './recordings/recording-fetches.service.js';
import { RecordingsController } from './recordings/recordings.controller.js';
import { Recordings } from './recordings/recordings.service.js';
import { CallTrashController } from './trash/call-trash.controller.js';
import { WaitingCalls } from './waiting-calls.js';
import { Callers } from './who/callers.service.js';

/** Whom people called and who called them, as telephone systems report it. */
@Module({
  imports: [AccountsModule, AuthModule, DirectoryModule, ImportsModule, JobsModule],
  controllers: [
    CallListController,
    CallActsController,
    CallTrashController,
    RecordingsController,
    CallImportController,
    // Last: `/calls/:id` would swallow every other address below /calls.
    CallController,
  ],
  providers: [CallActs, Callers, CallList, CallSearches, WaitingCalls, Recordings, RecordingFetches, Hearing, ForgottenCalls],
  exports: [Callers, CallList, Recordings],
})
export class CallsModule {}
