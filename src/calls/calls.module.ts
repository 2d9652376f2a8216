import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DirectoryModule } from '../directory/directory.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { Hearing } from './recordings/hearing.service.js';
import { RecordingFetches } from './recordings/recording-fetches.service.js';
import { RecordingsController } from './recordings/recordings.controller.js';
import { Recordings } from './recordings/recordings.service.js';

/** Whom people called and who called them, as telephone systems report it. */
@Module({
  imports: [AccountsModule, DirectoryModule, JobsModule],
  controllers: [RecordingsController],
  providers: [Recordings, RecordingFetches, Hearing],
  exports: [Recordings],
})
export class CallsModule {}
