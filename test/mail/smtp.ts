import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  to: string;
  messageId: string;
  /** Headers and body as they came. */
  raw: string;
}

type Answer = { code: number; text: string };

/** A real mail server on a port of its own that can be told to behave badly. */
export class MailServer {
  readonly received: Received[] = [];
  connections = 0;
  /** Refuses a receiver; null takes them. */
  refuse: (address: string) => Answer | null = () => null;
  /** Takes the mail, then hangs up without saying so. */
  hangUpAfterData = false;
  /** Runs when a mail has been taken. */
  taken: (mail: Received) => void = () => undefined;
  /** Runs before a mail is taken. */
  before: () => Promise<void> = () => Promise.resolve();

  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onConnect: (_session, done) => {
      this.connections++;
      done();
    },
    onRcptTo: ({ address }, _session, done) => {
      const refusal = this.refuse(address);
      done(refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null);
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const raw = Buffer.concat(pieces).toString('utf8');
        void this.before().then(() => {
          const mail = {
            to: session.envelope.rcptTo.map(({ address }) => address).join(),
            messageId: /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim() ?? '',
            raw,
          };
          this.received.push(mail);
          this.taken(mail);
          if (this.hangUpAfterData) this.hangUp();
          else done();
        });
      });
    },
  });

  static async start(): Promise<MailServer> {
    const mail = new MailServer();
    mail.server.on('error', () => undefined);
    await new Promise<void>((resolve) => mail.server.listen(0, '127.0.0.1', resolve));
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.received.length = 0;
    this.connections = 0;
    this.refuse = () => null;
    this.hangUpAfterData = false;
    this.taken = () => undefined;
    this.before = () => Promise.resolve();
  }

  stop(): Promise<void> {
    this.hangUp();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private hangUp(): void {
    for (const connection of this.server.connections) {
      (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
    }
  }
}
