import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CallsModule } from '../calls/calls.module.js';
import { DirectoryModule } from '../directory/directory.module.js';
import { ReportedCallsController } from './calls/calls.controller.js';
import { ApiDocsController } from './docs/api-docs.controller.js';
import { LookupController } from './lookup/lookup.controller.js';
import { Lookup } from './lookup/lookup.service.js';
import { NamedReaders } from './lookup/named-reader.query.js';
import { ReportedRecordingsController } from './recordings/reported-recordings.controller.js';
import { TokenCheck } from './tokens/token-check.js';
import { TokenUses } from './tokens/token-uses.js';
import { TokensController } from './tokens/tokens.controller.js';
import { Tokens } from './tokens/tokens.service.js';
import { WrongTokens } from './tokens/wrong-tokens.js';

/** What other programs may ask of a company, by tokens its owners make. */
@Module({
  imports: [AccountsModule, AuthModule, DirectoryModule, CallsModule],
  controllers: [
    ...[ReportedCallsController, ReportedRecordingsController, LookupController],
    ...[TokensController, ApiDocsController],
  ],
  providers: [TokenCheck, TokenUses, Tokens, WrongTokens, Lookup, NamedReaders],
})
export class ApiModule {}
