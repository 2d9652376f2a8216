import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { newId } from '../database/id.js';
import { Refused } from '../errors/domain-error.js';
import { Templates } from '../web/templates.js';
import { type Locale } from '../web/words.js';
import { messageOf } from './mail-message.js';
import { smtpTrouble, type SmtpTrouble } from './smtp-failure.js';

/** The whole test, from looking the server up to its answer: nobody waits longer in front of a page. */
const TEST_MS = 20_000;
const STEP_MS = 10_000;
const ANSWER_CHARACTERS = 300;

export interface TestReceiver {
  address: string;
  name: string;
  language: Locale;
  company: string;
}

/** What the server said, in its own words (RFC 5321 §4.2: a code and text); empty when it said nothing. */
export type MailTestOutcome = { trouble: null; answer: string } | { trouble: SmtpTrouble; answer: string };

/** What an administrator may know of the operator's mail server. */
export interface MailServerFacts {
  host: string;
  port: string;
  /** Encrypted from the first byte; else as soon as the server offers it (STARTTLS). */
  tls: boolean;
  from: string;
}

/** Sends one mail at once, outside the outbox, to see whether the server takes mails. */
@Injectable()
export class MailTest {
  constructor(
    private readonly templates: Templates,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** null while mails are kept here: SMTP_URL is not set. */
  server(): MailServerFacts | null {
    const { smtpUrl, mailFrom } = this.environment;
    if (smtpUrl === null) return null;
    const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : null;
    const tls = smtpUrl.startsWith('smtps:');
    return { host: url?.hostname ?? '', port: url?.port || (tls ? '465' : '587'), tls, from: mailFrom };
  }

  /** @throws Refused without a server */
  async send({ address, name, language, company }: TestReceiver): Promise<MailTestOutcome> {
    const { smtpUrl } = this.environment;
    if (smtpUrl === null) throw new Refused('mails.test.no-server');
    const message = messageOf(
      {
        ...{ id: newId(), toAddress: address, toName: name, createdAt: new Date() },
        ...{ template: 'test', language, values: { company } },
      },
      null,
      this.environment,
      this.templates,
    );
    const transport = createTransport({
      url: smtpUrl,
      connectionTimeout: STEP_MS,
      greetingTimeout: STEP_MS,
      socketTimeout: STEP_MS,
      dnsTimeout: STEP_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const timeout = new AbortController();
    try {
      return await Promise.race([
        transport.sendMail(message).then(
          ({ response }) => ({ trouble: null, answer: this.shown(response) }),
          (error: unknown) => ({ trouble: smtpTrouble(error), answer: this.shown(answerOf(error)) }),
        ),
        wait(TEST_MS, { trouble: 'time' as const, answer: '' }, { signal: timeout.signal }),
      ]);
    } finally {
      timeout.abort();
      transport.close();
    }
  }

  /** A server may repeat anything: not how we sign in. */
  private shown(answer: string): string {
    const line = answer.replace(/\s+/gu, ' ').trim();
    const hidden = secretsOf(this.environment.smtpUrl).reduce(
      (text, secret) => text.replaceAll(secret, '•••'),
      line,
    );
    return [...hidden].slice(0, ANSWER_CHARACTERS).join('');
  }
}

/** What the server itself said; else what the connection failed with. */
function answerOf(error: unknown): string {
  const { response, message } = (error ?? {}) as { response?: unknown; message?: unknown };
  return typeof response === 'string' ? response : typeof message === 'string' ? message : '';
}

/** The password as it is written in the address, as it is meant, and as SMTP sends it. */
function secretsOf(smtpUrl: string | null): string[] {
  if (smtpUrl === null || !URL.canParse(smtpUrl)) return [];
  const { username, password } = new URL(smtpUrl);
  if (password === '') return [];
  const plain = unescaped(password);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [password, plain, base64(plain), base64(`\0${unescaped(username)}\0${plain}`)];
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
