import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DirectoryModule } from '../directory/directory.module.js';

/** Whom people called and who called them, as telephone systems report it. */
@Module({ imports: [AccountsModule, DirectoryModule] })
export class CallsModule {}
