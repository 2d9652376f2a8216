import { Controller, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Throttle } from '../../auth/throttle.service.js';
import { Journal } from '../../journal/journal.service.js';
import { MailTest } from '../../mail/mail-test.service.js';
import { Admin } from '../../web/access.js';
import { redirect, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';

/** Each holds a connection for seconds, and the server counts what we send. */
const tests = { limit: 5, windowSeconds: 10 * 60 };

/** A mail to the administrator who asks, sent at once, with what the server answers. */
@Admin()
@Controller('settings/mail-test')
export class MailTestController {
  constructor(
    private readonly mailTest: MailTest,
    private readonly throttle: Throttle,
    private readonly journal: Journal,
    private readonly database: DataSource,
  ) {}

  @Post()
  async send(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() { locale }: Words,
    @Facts() facts: RequestFacts,
  ): Promise<Redirect> {
    await this.throttle.hit('mail-test', reader.id, tests);
    const { email: address, displayName: name, account } = reader;
    const outcome = await this.mailTest.send({ address, name, language: locale, company: account.name });
    const { trouble, answer } = outcome;
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'settings.mail-test',
      details: { trouble, answer },
    });
    return redirect('/settings', {
      kind: trouble === null ? 'success' : 'failure',
      key: `settings.mail.${trouble === null ? 'taken' : `trouble.${trouble}`}`,
      values: { address, answer, silent: answer === '' ? 'yes' : 'no' },
    });
  }
}
