import { authenticateMessage, negotiateMessage, readLogin } from './ntlm.js';
import { challengeTo, readAuthenticate } from '../../../test/fakes/exchange/ntlm.js';

const bytes = (header: string) => Buffer.from(header.replace(/^NTLM /, ''), 'base64');

/** What a server makes of our third message. */
function signIn(username: string, password: string) {
  const given = challengeTo(bytes(negotiateMessage()), 'NORD');
  const challenge = `NTLM ${given.message.toString('base64')}`;
  const answer = authenticateMessage(challenge, readLogin(username), password);
  return readAuthenticate(bytes(answer ?? ''), given);
}

describe('NTLM', () => {
  it.each([
    ['NORD\\camille', 'NORD', 'camille'],
    ['nord.example\\camille', 'nord.example', 'camille'],
    ['camille@nord.example', '', 'camille@nord.example'],
    ['camille', '', 'camille'],
    ['A\\b\\c', 'A', 'b\\c'],
    ['NORD\\zoé.łukasz', 'NORD', 'zoé.łukasz'],
    [`NORD\\${'x'.repeat(600)}`, 'NORD', 'x'.repeat(600)],
  ])('proves who %s is', (username, domain, user) => {
    const password = 'pâté: "7" 😀';
    const claim = signIn(username, password);
    expect(claim).toMatchObject({ domain, user });
    expect(claim?.proves(password)).toBe(true);
    expect(claim?.proves(`${password} `)).toBe(false);
  });

  it('says nothing of the machine it runs on', () => expect(bytes(negotiateMessage())).toHaveLength(32));

  it('answers nothing weaker than NTLMv2, and nothing that is no challenge', () => {
    const given = challengeTo(bytes(negotiateMessage()), 'NORD').message;
    const weakened = (change: (message: Buffer) => void) => {
      const message = Buffer.from(given);
      change(message);
      return authenticateMessage(`NTLM ${message.toString('base64')}`, readLogin('a@b'), 'secret');
    };
    expect(weakened(() => undefined)).not.toBeNull();
    expect(weakened((message) => message.writeUInt32LE(message.readUInt32LE(20) & ~0x80000, 20))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(message.readUInt32LE(20) & ~0x800000, 20))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(1, 8))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(100_000, 44))).toBeNull();
    for (const header of ['', 'NTLM', 'NTLM !!', 'NTLM AAAA', 'Basic realm="x"'])
      expect(authenticateMessage(header, readLogin('a@b'), 'secret')).toBeNull();
  });
});
