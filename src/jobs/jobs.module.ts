import { Global, Module } from '@nestjs/common';
import { AfterCommit } from './after-commit.js';
import { Jobs } from './jobs.service.js';
import { JobsWorker } from './jobs.worker.js';

@Global()
@Module({ providers: [AfterCommit, Jobs, JobsWorker], exports: [AfterCommit, Jobs, JobsWorker] })
export class JobsModule {}
