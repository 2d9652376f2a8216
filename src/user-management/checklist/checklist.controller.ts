import { Controller, Get, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Admin } from '../../web/access.js';
import { page, redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { Checklist } from './checklist.entity.js';
import { ChecklistProgress } from './checklist.query.js';
import { checklistView } from './checklist.view.js';

/** What the first administrator does first; any administrator may put it away for the account, and take it out again. */
@Admin()
@Controller('checklist')
export class ChecklistController {
  constructor(
    private readonly progress: ChecklistProgress,
    private readonly database: DataSource,
  ) {}

  @Get()
  async show(@CurrentUser() { accountId }: SignedIn, @CurrentWords() words: Words) {
    return page('checklist/page', checklistView(words, await this.progress.of(accountId)));
  }

  @Post('dismissal')
  async hide(@CurrentUser() { accountId }: SignedIn) {
    // Two who put it away at once have both done so.
    await this.database.query(
      'INSERT INTO checklists (accountId, hiddenAt) VALUES (?, ?) ON DUPLICATE KEY UPDATE hiddenAt = hiddenAt',
      [accountId, new Date()],
    );
    return redirect('/users', { kind: 'success', key: 'checklist.hidden', undo: '/checklist/return' });
  }

  @Post('return')
  async bringBack(@CurrentUser() { accountId }: SignedIn) {
    await this.database.getRepository(Checklist).delete({ accountId });
    return redirect('/checklist');
  }
}
