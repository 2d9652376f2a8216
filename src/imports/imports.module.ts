import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ErasedPeople } from './erased-people.service.js';
import { ErrorFile } from './error-file.service.js';
import { ImportHistory } from './import-history.query.js';
import { ImportKinds } from './import-kinds.js';
import { ImportNames } from './import-names.query.js';
import { ImportRunner } from './import-runner.js';
import { ImportWait } from './import-wait.js';
import { ImportUploads } from './import-uploads.service.js';
import { ImportWork } from './import-work.service.js';
import { ImportsController } from './imports.controller.js';
import { ImportRows } from './import-rows.query.js';
import { Imports } from './imports.service.js';
import { MovedPeople } from './moved-people.service.js';
import { Staging } from './staging.service.js';
import { Workbooks } from './workbook/workbooks.service.js';

/** The import engine: files in, rows checked and written by the kinds that features register. */
@Module({
  imports: [AccountsModule],
  controllers: [ImportsController],
  providers: [
    ErasedPeople,
    ErrorFile,
    ImportHistory,
    ImportKinds,
    ImportNames,
    ImportRows,
    ImportRunner,
    ImportUploads,
    ImportWait,
    ImportWork,
    Imports,
    MovedPeople,
    Staging,
    Workbooks,
  ],
  exports: [ImportKinds, ImportNames, ImportUploads, ImportWait, Imports, Staging],
})
export class ImportsModule {}
