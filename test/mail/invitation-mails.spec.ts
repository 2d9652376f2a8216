import { type Account } from '../../src/accounts/account.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { newId } from '../../src/database/id.js';
import { addressHash, MailRefusals } from '../../src/mail/mail-refusals.service.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { Mails, type NewMail } from '../../src/mail/mails.service.js';
import { StopLinks } from '../../src/mail/stop-links.js';
import { startApp, type TestApp } from '../support/app.js';
import { headersOf, partsOf } from './reading.js';
import { MailServer, type Received } from './smtp.js';

/** What strangers may have Carnet send: looked at on the wire, as a mail server takes it. */
describe('a mail in somebody’s name', () => {
  let server: MailServer;
  let app: TestApp;
  let account: Account;

  beforeAll(async () => {
    server = await MailServer.start();
    app = await startApp({
      env: {
        SMTP_URL: server.url,
        PUBLIC_URL: 'https://carnet.example',
        MAIL_FROM: 'Carnet <carnet@carnet.example>',
      },
    });
    account = await app.anAccount();
  });

  beforeEach(() => server.reset());

  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  const ada = { name: 'Ada Lovelace', address: 'ada@atelier.example', company: 'Atelier Nord' };

  /** A request to the receiver in this language, as it is written; sends nothing yet. */
  const write = async (fields: Partial<NewMail> = {}) => {
    const onceKey = newId();
    const receiver = await app.aUser({ account });
    const { id: linkId } = await app.get(OneTimeLinks).create(app.database.manager, {
      ...{ accountId: account.id, userId: receiver.id, purpose: 'external-confirm' },
      ...{ address: 'bob@harbour.example', subjectId: newId(), expiresAt: new Date(Date.now() + 60_000) },
    });
    await app.get(Mails).write(app.database.manager, {
      ...{ accountId: account.id, userId: receiver.id, toAddress: 'bob@harbour.example', toName: 'Bob' },
      ...{ template: 'external-request', language: 'en', values: { ...ada, message: '' }, linkId },
      ...fields,
      onceKey,
    });
    return app.database.getRepository(Mail).findOneByOrFail({ onceKey });
  };
  const sent = async (fields: Partial<NewMail> = {}): Promise<Received> => {
    await write(fields);
    expect(await app.get(MailSender).sendDue()).toBe(1);
    return server.received[0] as Received;
  };

  it('quotes the message line by line, in both parts', async () => {
    const message = 'Hello <b>Bob</b> & "all",\n\nsee you in Kraków\n-- \n.\nFrom: nobody';
    const { text, html } = partsOf((await sent({ values: { ...ada, message } })).raw);
    expect(text).toContain(
      'Ada Lovelace wrote:\n\n> Hello <b>Bob</b> & "all",\n> \n> see you in Kraków\n> --\n> .\n> From: nobody\n',
    );
    expect(html).toContain(
      'Hello &lt;b&gt;Bob&lt;/b&gt; &amp; &quot;all&quot;,<br><br>see you in Kraków<br>',
    );
    expect(html).not.toContain('<b>Bob');
  });

  it('quotes nothing where nothing was written', async () => {
    const { text, html } = partsOf((await sent()).raw);
    expect(`${text}${html}`).not.toMatch(/wrote|^>|<blockquote/m);
  });

  it('leads to the confirmation as well where it invites to sign up', async () => {
    const sender = await app.aUser({ account });
    const links = app.get(OneTimeLinks);
    const link = (purpose: 'external-signup' | 'external-confirm', subjectId: string) =>
      links.create(app.database.manager, {
        ...{ accountId: account.id, userId: sender.id, purpose, address: 'new@x.example', subjectId },
        expiresAt: new Date(Date.now() + 60_000),
      });
    const [request, another] = [newId(), newId()];
    const signUp = await link('external-signup', request);
    const confirm = await link('external-confirm', request);
    const foreign = await link('external-confirm', another);
    const { raw } = await sent({ template: 'external-invitation', linkId: signUp.id, toName: '' });
    for (const part of Object.values(partsOf(raw))) {
      expect(part).toContain(`https://carnet.example${links.pathOf(signUp)}`);
      expect(part).toContain(`https://carnet.example${links.pathOf(confirm)}`);
      expect(part).not.toContain(links.tokenOf(foreign));
    }
  });

  it('says how to have no more of them, in the mail and to the mail program', async () => {
    const { raw, to } = await sent({ language: 'fr' });
    const path = app.get(StopLinks).pathFor({ template: 'external-request', toAddress: to, userId: null });
    const url = `https://carnet.example${path}`;
    expect(headersOf(raw)).toMatchObject({
      'list-unsubscribe': `<${url}>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    });
    const { text, html } = partsOf(raw);
    expect(text).toContain(
      `Pour ne plus recevoir d’invitations de personnes qui utilisent Carnet\u00a0:\n${url}`,
    );
    expect(html).toContain(`href="${url}"`);
  });

  it('says so of no mail that nobody can do without', async () => {
    const { raw } = await sent({
      ...{ template: 'password-changed', linkId: null, values: { at: '2026-11-22T09:30:00.000Z' } },
    });
    expect(raw).not.toMatch(/unsubscribe/i);
  });

  it('is kept back from an address that said no after it was written', async () => {
    const refusals = app.get(MailRefusals);
    const mail = await write({ toAddress: 'leave-me@x.example' });
    const other = await write();
    const { id } = await write({
      ...{ toAddress: 'leave-me@x.example', template: 'password-changed', linkId: null },
      values: { at: '2026-11-22T09:30:00.000Z' },
    });
    await refusals.refuse(app.database.manager, addressHash('leave-me@x.example'));
    expect(await app.get(MailSender).sendDue()).toBe(2);
    const states = await app.database
      .getRepository(Mail)
      .find({ where: [mail, other, { id }].map(({ id: one }) => ({ id: one })) });
    expect(Object.fromEntries(states.map((row) => [row.id, row.state]))).toEqual({
      ...{ [mail.id]: 'withdrawn', [other.id]: 'sent', [id]: 'sent' },
    });
  });

  describe('makes no header and no line of its own', () => {
    const injections = {
      'line breaks': 'Ada\r\nBcc: eve@evil.example',
      'a line feed': 'Ada\nSubject: other',
      'an empty line': 'Ada\r\n\r\n<h1>body</h1>',
      'a line separator': 'Ada\u2028Bcc: eve@evil.example',
      'a next line': 'Ada\u0085X-Evil: 1',
      'control characters': 'Ada\0\x07\x1b[31m',
      'another address': '"Ada" <eve@evil.example>, other@evil.example',
      'quotes and a comment': `O'Hara, \\" Ada; (x)`,
      'an encoded word': '=?utf-8?Q?Ada=0D=0ABcc:_eve@evil.example?=',
      'other scripts': 'Ａｄａ Ωmega 😀 اَدا עדה',
      'one long word': 'A'.repeat(511),
      'many emoji': '😀'.repeat(511),
      'many words': `${'x '.repeat(255)}y`,
      'half an emoji': 'Ada \ud83d',
    };
    const expected = [
      'auto-submitted', 'content-language', 'content-type', 'date', 'from', 'list-unsubscribe', 'list-unsubscribe-post',
      'message-id', 'mime-version', 'subject', 'to', 'x-auto-response-suppress',
    ]; // prettier-ignore

    it.each(Object.entries(injections))('with %s in names and message', async (_, name) => {
      const { raw, to } = await sent({
        toName: [...name].slice(0, 255).join(''),
        values: { name, address: ada.address, company: [...name].slice(0, 255).join(''), message: name },
      });
      const headers = headersOf(raw);
      expect(Object.keys(headers).sort()).toEqual(expected);
      expect(to).toBe('bob@harbour.example');
      expect(headers['to']?.match(/<[^>]*>\s*$/)?.[0]).toBe('<bob@harbour.example>');
      expect(headers['from']).toBe('Carnet <carnet@carnet.example>');
      // RFC 5322 §2.1.1.
      expect(Math.max(...raw.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(998);
      expect([...(headers['subject'] ?? '')].length).toBeLessThanOrEqual(200);
      const { text, html } = partsOf(raw);
      expect(`${text}${html}`).not.toMatch(/(?!\n)[\p{Cc}\u2028]/u);
      expect(html).not.toContain('<h1>body');
      expect(html).not.toContain('<eve@');
    });
  });

  it('sets a name written from right to left apart from what stands around it', async () => {
    const { raw } = await sent({ values: { ...ada, name: 'נועה (1)', message: '' }, toName: 'محمد' });
    expect(partsOf(raw).text).toContain(
      'Hello \u2068محمد\u2069,\n\n\u2068נועה (1)\u2069 (ada@atelier.example)',
    );
    expect(headersOf(raw)['subject']).toMatch(/^\u2068נועה \(1\)\u2069 would/);
  });

  it('makes no link and no message of a name', async () => {
    const name = `Claim your prize at https://evil.example/win ${'now '.repeat(60)}`;
    const { raw } = await sent({ values: { ...ada, name, company: 'www.evil.example', message: '' } });
    const { text, html } = partsOf(raw);
    const said = `${String(headersOf(raw)['subject'])}${text}${html}`;
    expect(said).not.toMatch(/evil\.example|https:\/\/evil/);
    expect(said).not.toContain('now '.repeat(20));
    expect(text).toContain('(ada@atelier.example) of www. evil. example asks');
  });

  it('lets no direction mark turn a name or an address around', async () => {
    const name = 'Ada\u202emoc.live\u2066\u2067\u2069\u200b';
    const { raw } = await sent({ values: { ...ada, name, message: `x\u202ey` }, toName: `Bob\u202e` });
    const { text, html } = partsOf(raw);
    const { subject, to } = headersOf(raw);
    expect(`${subject}${to}${text}${html}`).not.toMatch(/[\u200b\u202a-\u202e\u2066-\u2069]/);
    expect(text).toContain('Adamoc. live (ada@atelier.example) of Atelier Nord');
  });
});
