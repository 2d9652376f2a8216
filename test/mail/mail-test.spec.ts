import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { MailServer } from './smtp.js';

const words = async (browser: Browser) =>
  visibleText(await browser.follow(await browser.post('/settings/mail-test')));

describe('the test mail of the settings', () => {
  let server: MailServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await MailServer.start();
    app = await startApp({
      env: {
        SMTP_URL: server.url.replace('//', '//carnet:very%20secret@'),
        MAIL_FROM: 'Carnet <carnet@carnet.example>',
      },
    });
  });
  beforeEach(() => server.reset());
  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  it('goes to the one who asks, at once and in their language, and the answer of the server is shown', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin', language: 'fr' });
    const text = await words(browser);
    expect(text).toContain(`accepté le message d’essai pour ${user.email}`);
    expect(text).toMatch(/Sa réponse\s:\s«\s250 /);
    expect(server.received.map(({ to }) => to)).toEqual([user.email]);
    expect(server.received[0].raw).toContain('Subject: Carnet peut envoyer des messages');
    const [entry] = await app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    expect(entry).toMatchObject({ action: 'settings.mail-test', details: { trouble: null } });
  });

  it('shows what the server says when it refuses, and what to do', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin' });
    server.refuse = () => ({ code: 550, text: '5.7.1 relaying <b>denied</b> for very secret' });
    const text = await words(browser);
    expect(text).toContain(`The mail server does not take mails to ${user.email}.`);
    expect(text).toContain('550 5.7.1 relaying <b>denied</b> for •••');
    server.refuse = () => ({ code: 451, text: '4.3.2 not now' });
    expect(await words(browser)).toContain('Try again in a few minutes');
  });

  it('says when the server hangs up without an answer', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    server.hangUpAfterData = true;
    expect(await words(browser)).toContain('The mail server hung up without an answer.');
  });

  it('may be asked for a few times', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    for (let count = 0; count < 5; count++)
      expect((await browser.post('/settings/mail-test')).status).toBe(303);
    const answer = await browser.post('/settings/mail-test');
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([429, true]);
    expect(server.received).toHaveLength(5);
  });

  it('is offered with the server and never with how Carnet signs in there', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin' });
    const answer = await browser.get('/settings');
    const text = visibleText(answer);
    expect(text).toContain(`Server ${new URL(server.url).host}`);
    expect(text).toContain('Sender Carnet <carnet@carnet.example>');
    expect(text).toContain(`Send a test mail to ${user.email}`);
    expect(answer.text).not.toMatch(/very%20secret|very secret|carnet:/);
  });
});

describe('a mail server that does not accept how Carnet signs in', () => {
  it('is told as that, without the password it may repeat', async () => {
    const server = await speaking((line) => {
      if (/^EHLO/.test(line)) return '250-here\r\n250 AUTH PLAIN';
      if (/^AUTH/.test(line)) return `535 5.7.8 no such user or password: ${line}`;
      return /^QUIT/.test(line) ? '221 bye' : '250 ok';
    });
    const app = await startApp({
      env: { SMTP_URL: `smtp://carnet:very%20secret@127.0.0.1:${portOf(server)}` },
    });
    const { browser } = await app.signedIn({ role: 'admin' });
    const text = await words(browser);
    expect(text).toContain('The mail server does not accept how Carnet signs in.');
    expect(text).toContain('535 5.7.8 no such user or password: AUTH PLAIN •••');
    expect(text).not.toContain(Buffer.from('\0carnet\0very secret').toString('base64'));
    await app.close();
    server.close();
  });
});

describe('a mail server that is not there', () => {
  it('is told as that', async () => {
    const nobody = await speaking(() => '');
    const port = portOf(nobody);
    await new Promise((done) => nobody.close(done));
    const app = await startApp({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
    const { browser } = await app.signedIn({ role: 'admin' });
    expect(await words(browser)).toContain(
      'No mail server answers there. Ask the operator to check host and port',
    );
    await app.close();
  });
});

describe('without a mail server', () => {
  it('the settings say how one is set up, and there is nothing to test', async () => {
    const app = await startApp();
    const { browser } = await app.signedIn({ role: 'admin' });
    const text = visibleText(await browser.get('/settings'));
    expect(text).toContain('SMTP_URL=smtps://');
    expect(text).not.toContain('Send a test mail');
    expect((await browser.post('/settings/mail-test')).status).toBe(422);
    await app.close();
  });
});

/** A server that answers each line. */
async function speaking(answer: (line: string) => string): Promise<Server> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.write('220 here ESMTP\r\n');
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n').filter(Boolean)) socket.write(`${answer(line)}\r\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
