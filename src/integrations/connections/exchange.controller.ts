import { Controller, Get, Param, Post } from '@nestjs/common';
import { DomainError, NotFound } from '../../errors/domain-error.js';
import { normaliseAddress } from '../../text/address.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Problem, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type Connection } from '../connection.entities.js';
import { isNothing } from '../oauth/scopes.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { type TryAnswer } from './connection-try.entity.js';
import { Connections, type Permissions } from './connections.service.js';
import { ExchangeTries } from './exchange-tries.service.js';
import { ExchangeForm, SignInAgainForm } from './exchange.form.js';
import { exchangeView, signInAgainView, takenView, type ReturnedExchange } from './exchange.view.js';
import { INTEGRATIONS, oauthPath } from './providers.js';

/** Connecting a mailbox of an Exchange server, and signing in to it again. */
@Member()
@NeedsFeature('integrations')
@Controller(INTEGRATIONS.slice(1))
export class ExchangeController {
  constructor(
    private readonly connections: Connections,
    private readonly tries: ExchangeTries,
    private readonly worker: SyncWorker,
  ) {}

  @Get('exchange')
  async form(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const taken = await this.mayNot(reader);
    return taken
      ? page('integrations/taken', takenView(words, taken))
      : page('integrations/exchange', exchangeView(words, reader));
  }

  /** Connects, or with the other button only looks for the address of the server. */
  @Post('exchange')
  async connect(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(ExchangeForm) sent: Submission<ExchangeForm>,
  ): Promise<Page | Redirect> {
    const again = (came: ReturnedExchange, status = 422) =>
      page('integrations/exchange', exchangeView(words, reader, came), status);
    const taken = await this.mayNot(reader);
    if (taken) return page('integrations/taken', takenView(words, taken), 409);
    const { form, once } = sent;
    const finds = form.find !== null;
    const nothing = isNothing(form as Permissions) && !finds;
    const submission = sent.with(
      ...missing(sent, finds ? ['email', 'password'] : needed),
      ...(nothing ? [{ field: 'contacts', key: 'integrations.permission.nothing-new' }] : []),
    );
    if (submission.refused) return again(submission);
    const { answer, status } = await answered(() =>
      finds ? this.tries.find(reader, form, once) : this.tries.connect(reader, form, once),
    );
    if (answer.kind === 'found')
      return again({ typed: submission.typed, problems: [], found: answer.ewsUrl }, 200);
    if (answer.kind === 'refused') return again({ ...submission.with(answer), ...helpOf(answer) }, status);
    this.worker.wake();
    return redirect(INTEGRATIONS, `integrations.connected.${answer.outcome}`);
  }

  @Get(':id/sign-in')
  async askPassword(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const { provider } = await this.connections.get(reader.id, id);
    if (provider !== 'exchange') return redirect(oauthPath(provider, `?connection=${id}`));
    const connection = await this.exchangeConnection(reader, id);
    return page('integrations/sign-in', signInAgainView(words, connection));
  }

  @Post(':id/sign-in')
  async signIn(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(SignInAgainForm) sent: Submission<SignInAgainForm>,
  ): Promise<Page | Redirect> {
    const connection = await this.exchangeConnection(reader, id);
    const submission = sent.with(...missing(sent, ['password']));
    const again = (refused: Submission<SignInAgainForm>, status: number, help = {}) =>
      page('integrations/sign-in', signInAgainView(words, connection, { ...refused, ...help }), status);
    if (submission.refused) return again(submission, 422);
    const { answer, status } = await answered(() =>
      this.tries.again(reader, connection, submission.form.password, submission.once),
    );
    if (answer.kind === 'refused')
      // There is one field; whatever the server says is said there.
      return again(
        submission.with({ ...answer, field: 'password', key: forPasswordAlone(answer.key) }),
        status,
        helpOf(answer),
      );
    this.worker.wake();
    return redirect(INTEGRATIONS, 'integrations.connected.back');
  }

  /** What makes it certain, before a password is sent anywhere, that nothing can be connected. @throws NotFound where the account does not allow it */
  private async mayNot(reader: SignedIn): Promise<Connection | null> {
    const [allowed, other] = await Promise.all([
      this.connections.providersOf(reader.accountId),
      this.connections.inTheWay(reader),
    ]);
    if (!allowed.exchange) throw new NotFound('integrations.provider-off');
    // One that needs to be put right is connected again here, also by another address of its server.
    const mayBeSame =
      other?.provider === 'exchange' && (other.problem !== null || other.state !== 'connected');
    return mayBeSame ? null : other;
  }

  private async exchangeConnection(reader: SignedIn, id: string): Promise<Connection> {
    const connection = await this.connections.get(reader.id, id);
    if (connection.provider !== 'exchange' || connection.state === 'paused')
      throw new NotFound('integrations.not-found');
    return connection;
  }
}

const needed = ['username', 'password', 'ewsUrl'];

/** All at once, where the server would name one after another. */
function missing({ form, problems }: Submission<object>, names: readonly string[]): Problem[] {
  const values = form as Record<string, string>;
  return names.flatMap((name) => {
    if (problems.some(({ field }) => field === name)) return [];
    if (values[name].trim() === '') return [{ field: name, key: `integrations.exchange.missing.${name}` }];
    const isNoAddress = name === 'email' && normaliseAddress(values[name]) === null;
    return isNoAddress ? [{ field: name, key: 'common.problem.email' }] : [];
  });
}

/** What came of a try, or why it was not begun. */
async function answered(tried: () => Promise<TryAnswer>): Promise<{ answer: TryAnswer; status: number }> {
  try {
    return { answer: await tried(), status: 422 };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { key, values, status } = error;
    return { answer: { kind: 'refused', field: 'password', key, values }, status };
  }
}

/** Where the login name is not asked, it is not to be checked either. */
function forPasswordAlone(key: string): string {
  const aboutBoth = ['password-refused', 'login-form'].map((each) => `integrations.exchange.refused.${each}`);
  return aboutBoth.includes(key) ? 'integrations.sign-in.refused' : key;
}

function helpOf(answer: TryAnswer): Pick<ReturnedExchange, 'help'> {
  return answer.kind === 'refused' && answer.help ? { help: answer.help } : {};
}
