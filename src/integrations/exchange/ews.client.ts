import { NotTheService, ProviderBusy, type ProviderError } from '../provider-errors.js';
import { messagesOf, readAnswer, type EwsMessage } from './ews-answer.js';
import { errorOf, isTooNew, type Aim, type Facts } from './errors.js';
import { envelope, type Markup } from './soap.js';
import { NotSignedInHere, type ExchangeTransport } from './transport.js';
import { type ServerVersion, lowerVersion, type ExchangeVersion } from './versions.js';
import { type XmlElement } from './reader.js';

/** A request in the words of EWS; ews-requests.ts writes them. */
export interface EwsRequest {
  /** `GetItem`: the answer's element is named by it. */
  operation: string;
  body: Markup;
  aim: Aim;
  /** It may be done twice. */
  repeatable: boolean;
  /** Answers it must have: one for each thing it names. */
  messages: number;
}

/** Speaks EWS over one signed-in socket: requests in, messages of whole answers out. */
export class EwsClient {
  /** Of the last answer that said so. */
  server: ServerVersion | null = null;

  /** @param lowered called before anything is changed or given out, when the server is older than we thought */
  constructor(
    private readonly transport: ExchangeTransport,
    public version: ExchangeVersion,
    private readonly lowered: (version: ExchangeVersion) => Promise<void>,
  ) {}

  /** All messages, failed ones too. @throws ProviderError when the request as a whole failed */
  async ask(request: EwsRequest): Promise<EwsMessage[]> {
    const asked = this.version;
    for (;;) {
      const answer = await this.once(request);
      if (answer !== null) {
        if (this.version !== asked && request.repeatable) await this.lowered(this.version);
        return answer;
      }
      const lower = lowerVersion(this.version);
      if (lower === null) throw new NotTheService({ operation: request.operation, code: 'TOO_OLD' });
      this.version = lower;
      // What is done once is not done before its turn is known to be still ours.
      if (!request.repeatable) await this.lowered(lower);
    }
  }

  /** The one message of a request for one thing. @throws ProviderError also when that failed */
  async askOne(request: EwsRequest): Promise<XmlElement> {
    const [message] = await this.ask(request);
    if (!message.ok) throw this.errorOf(message, request);
    return message.element;
  }

  errorOf({ failure }: EwsMessage, { operation, aim }: EwsRequest): ProviderError {
    return errorOf(failure, aim, { operation });
  }

  /** null: the server does not know this version. */
  private async once({
    operation,
    body,
    aim,
    repeatable,
    messages: expected,
  }: EwsRequest): Promise<EwsMessage[] | null> {
    const facts: Facts = { operation };
    const answer = await this.transport
      .post(envelope(this.version, body), repeatable)
      .catch((error: unknown) => {
        if (error instanceof NotSignedInHere) return error.answer;
        throw error;
      });
    const { operation: element, fault, server } = readAnswer(answer, facts);
    this.server = server ?? this.server;
    if (fault) {
      if (isTooNew(fault.code)) return null;
      throw errorOf(fault, aim, facts);
    }
    const messages = element?.name === `${operation}Response` ? messagesOf(element) : [];
    const [first] = messages;
    if (first && !first.ok && isTooNew(first.failure.code)) return null;
    // Fewer than asked for, and none that says so: something is missing in the middle.
    if (messages.length !== expected) throw new ProviderBusy({ ...facts, code: 'INCOMPLETE' });
    return messages;
  }
}
