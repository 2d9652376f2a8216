import { Module } from '@nestjs/common';
import { UserDetailsQuery } from '../user-details.query.js';
import { AuditExport } from './audit-export.js';
import { AuditExportController } from './audit-export.controller.js';
import { AuditController } from './audit.controller.js';
import { AuditList } from './audit-list.query.js';
import { AuditNames } from './audit-names.query.js';
import { AuditSubjects } from './audit-subjects.query.js';

/** `/audit-log`: what was done in an account. */
@Module({
  // In this order: `/audit-log/:id` would swallow the export.
  controllers: [AuditExportController, AuditController],
  providers: [AuditList, AuditNames, AuditSubjects, AuditExport, UserDetailsQuery],
})
export class AuditModule {}
