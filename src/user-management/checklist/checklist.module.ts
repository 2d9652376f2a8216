import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { ChecklistController } from './checklist.controller.js';
import { ChecklistProgress } from './checklist.query.js';

/** `/checklist`: the first steps of a company. */
@Module({
  imports: [AccountsModule],
  controllers: [ChecklistController],
  providers: [ChecklistProgress],
  exports: [ChecklistProgress],
})
export class ChecklistModule {}
