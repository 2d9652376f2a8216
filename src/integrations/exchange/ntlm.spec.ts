import { avPairs } from '../../../test/fakes/exchange/extended-protection.js';
import { challengeTo, readAuthenticate } from '../../../test/fakes/exchange/ntlm.js';
import { integrityCode, lmV2Response, ntlmV2Response, responseKey } from './ntlm-response.js';
import { answeringInfo, readTargetInfo } from './ntlm-target-info.js';
import { authenticateMessage, negotiateMessage, readLogin } from './ntlm.js';

const bytes = (header: string) => Buffer.from(header.replace(/^NTLM /, ''), 'base64');
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const place = { host: 'mail.nord.example', binding: Buffer.alloc(16, 7) };

type Given = ReturnType<typeof challengeTo>;
const challenged = () => challengeTo(bytes(negotiateMessage()), 'NORD');

function answerTo(given: Given, username = 'NORD\\camille', password = 'secret', at: Place = place) {
  const challenge = `NTLM ${given.message.toString('base64')}`;
  return authenticateMessage(challenge, readLogin(username), password, at);
}
type Place = Parameters<typeof authenticateMessage>[3];

/** What a server makes of our third message. */
function signIn(username: string, password: string, { given = challenged(), at = place as Place } = {}) {
  return readAuthenticate(bytes(answerTo(given, username, password, at) ?? ''), given);
}

/** The same challenge with other target info. */
function withInfo(info: Buffer): Given {
  const given = challenged();
  const offset = given.message.readUInt32LE(44);
  const message = Buffer.concat([given.message.subarray(0, offset), info]);
  message.writeUInt16LE(info.length, 40);
  message.writeUInt16LE(info.length, 42);
  return { ...given, message };
}

describe('NTLM', () => {
  it.each([
    ['NORD\\camille', 'NORD', 'camille'],
    ['nord.example\\camille', 'nord.example', 'camille'],
    ['camille@nord.example', '', 'camille@nord.example'],
    ['camille', '', 'camille'],
    ['A\\b\\c', 'A', 'b\\c'],
    ['NORD\\zoé.łukasz', 'NORD', 'zoé.łukasz'],
    ['NORD\\strauß', 'NORD', 'strauß'],
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
    const given = challenged();
    const weakened = (change: (message: Buffer) => void) => {
      const message = Buffer.from(given.message);
      change(message);
      return answerTo({ ...given, message });
    };
    expect(weakened(() => undefined)).not.toBeNull();
    expect(weakened((message) => message.writeUInt32LE(message.readUInt32LE(20) & ~0x80000, 20))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(message.readUInt32LE(20) & ~0x800000, 20))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(1, 8))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(100_000, 44))).toBeNull();
    expect(weakened((message) => message.writeUInt32LE(0, 44))).toBeNull();
    expect(weakened((message) => message.writeUInt16LE(0, 40))).toBeNull();
    for (const header of ['', 'NTLM', 'NTLM !!', 'NTLM AAAA', 'Basic realm="x"'])
      expect(authenticateMessage(header, readLogin('a@b'), 'secret', place)).toBeNull();
  });

  it('answers whatever flags a server sets', () => {
    const given = challenged();
    given.message.writeUInt32LE((given.message.readUInt32LE(20) | 0xe0000000) >>> 0, 20);
    expect(signIn('NORD\\camille', 'secret', { given })?.proves('secret')).toBe(true);
  });
});

describe('NTLM with Extended Protection', () => {
  it('names the connection and the server, and signs all three messages', () => {
    const given = challenged();
    const claim = signIn('NORD\\camille', 'secret', { given });
    expect(claim).toMatchObject({ target: 'HTTP/mail.nord.example', signed: true, binding: place.binding });
    expect(claim?.proves('secret')).toBe(true);
    const answer = bytes(answerTo(given) ?? '');
    const changed = Buffer.from(answer);
    changed[60] ^= 0x10;
    expect(readAuthenticate(changed, given)?.proves('secret')).toBe(false);
    const other = { ...given, negotiate: Buffer.from(given.negotiate).fill(0, 12, 13) };
    expect(readAuthenticate(answer, other)?.proves('secret')).toBe(false);
  });

  it('says the time of the server, and leaves the older proof empty', () => {
    const given = withInfo(hex('0700 0800 0102030405060708 00000000'));
    const claim = signIn('NORD\\camille', 'secret', { given });
    expect(claim).toMatchObject({ time: '0102030405060708', lanManager: Buffer.alloc(24), signed: true });
    expect(claim?.proves('secret')).toBe(true);
  });

  it('signs nothing where the server says no time', () => {
    const given = withInfo(hex('0200 0400 4e004f00 00000000'));
    const claim = signIn('NORD\\camille', 'secret', { given });
    expect(claim).toMatchObject({ signed: false, binding: place.binding });
    expect(claim?.lanManager).not.toEqual(Buffer.alloc(24));
    expect(claim?.proves('secret')).toBe(true);
  });

  it('names no connection without TLS', () => {
    const claim = signIn('NORD\\camille', 'secret', { at: { host: 'lab', binding: null } });
    expect(claim).toMatchObject({ target: 'HTTP/lab', binding: Buffer.alloc(16) });
  });

  it('keeps what the server says, but for what is ours to say', () => {
    const said = hex('0600 0400 01000000 0a00 0200 ffff 0900 0200 4100 0200 0200 4e00 00000000');
    const pairs = avPairs(answeringInfo(readTargetInfo(said)!, place, true));
    expect([...pairs.keys()]).toEqual([2, 6, 10, 9]);
    expect(pairs.get(6)).toEqual(hex('03000000'));
    expect(pairs.get(10)).toEqual(place.binding);
  });

  it.each([
    ['goes past the end', '0200 ffff 4e00 00000000'],
    ['ends in the middle of a pair', '0200 0200 4e00 02'],
    ['has flags of another length', '0600 0200 0100 00000000'],
    ['has a time of another length', '0700 0400 01020304 00000000'],
  ])('answers no challenge that %s', (_what, info) => {
    expect(answerTo(withInfo(hex(info)))).toBeNull();
  });
});

describe('NTLM as published', () => {
  const key = responseKey({ domain: 'Domain', user: 'User' }, 'Password');
  const serverChallenge = hex('0123456789abcdef');
  const nonce = hex('aaaaaaaaaaaaaaaa');
  const serverInfo = hex('02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000');

  it('makes the responses of MS-NLMP §4.2.4', () => {
    expect(key).toEqual(hex('0c868a403bfd7a93a3001ef22ef02e3f'));
    expect(lmV2Response(key, serverChallenge, nonce)).toEqual(
      hex('86c35097ac9cec102554764a57cccc19 aaaaaaaaaaaaaaaa'),
    );
    const own = { time: Buffer.alloc(8), nonce, info: serverInfo };
    const { response, sessionKey } = ntlmV2Response(key, serverChallenge, own);
    expect(response.subarray(0, 16)).toEqual(hex('68cd0ab851e51c96aabc927bebef6a1c'));
    expect(response.subarray(16)).toEqual(
      Buffer.concat([
        hex('0101000000000000 0000000000000000'),
        nonce,
        Buffer.alloc(4),
        serverInfo,
        Buffer.alloc(4),
      ]),
    );
    expect(sessionKey).toEqual(hex('8de40ccadbc14a82f15cb0ad0de95ca3'));
  });

  it('binds and signs as Chromium does, over the challenge of §4.2.4', () => {
    // net/ntlm/ntlm_test_data.h: its three messages, with the code at byte 72 of the third.
    const [first, second, third] = [
      '4e544c4d53535000 01000000 07820800 0000000020000000 0000000020000000',
      `4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 2400240044000000
       060070170000000f 530065007200760065007200 ${serverInfo.toString('hex')}`,
      `4e544c4d53535000 03000000 1800180058000000 8a008a0070000000 0c000c00fa000000 0800080006010000
       100010000e010000 0000000058000000 03820800 0000000000000000 f7361633f0ad9bdf4a7c421bc6b824a3
       ${'00'.repeat(24)} 8c0260dbef690662af9c42d50782d2ed
       0101000000000000 800bc8fd00d4d201 aaaaaaaaaaaaaaaa 00000000
       02000c0044006f006d00610069006e00 01000c00530065007200760065007200 0600040002000000
       0a0010006586e99d81c2fc984e47172fd4dd0310 0900160048005400540050002f00530065007200760065007200
       00000000 00000000 44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200`,
    ].map(hex);
    const binding = hex('6586e99d81c2fc984e47172fd4dd0310');
    const info = answeringInfo(readTargetInfo(serverInfo)!, { host: 'Server', binding }, true);
    const own = { time: hex('800bc8fd00d4d201'), nonce, info };
    const { response, sessionKey } = ntlmV2Response(key, serverChallenge, own);
    expect(response).toEqual(third.subarray(0x70, 0x70 + 0x8a));
    const unsigned = Buffer.from(third).fill(0, 72, 88);
    expect(integrityCode(sessionKey, first, second, unsigned)).toEqual(third.subarray(72, 88));
  });
});
