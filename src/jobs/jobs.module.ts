import { Global, Module } from '@nestjs/common';
import { AfterCommit } from './after-commit.js';
import { Jobs } from './jobs.service.js';
import { JobsWorker } from './jobs.worker.js';
import { Sweeper } from './sweeper.service.js';

@Global()
@Module({
  providers: [AfterCommit, Jobs, JobsWorker, Sweeper],
  exports: [AfterCommit, Jobs, JobsWorker, Sweeper],
})
export class JobsModule {}
