/* The server's half of NTLM ([MS-NLMP]): a challenge, and a real check of what comes back. Only NTLMv2 is taken. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { avPairs } from './extended-protection.js';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const UNICODE = 0x1;
const OEM = 0x2;

/** @param {Buffer} message @returns {number | null} 1 or 3; null for anything else */
export function messageType(message) {
  if (message.length < 12 || !message.subarray(0, 8).equals(SIGNATURE)) return null;
  return message.readUInt32LE(8);
}

/**
 * The type 2 message to a type 1 message ([MS-NLMP] 2.2.1.2).
 * @param {Buffer} negotiate @param {string} domain NetBIOS name
 * @typedef {{ negotiate: Buffer, message: Buffer, challenge: Buffer, unicode: boolean }} Given
 * @returns {Given}
 */
export function challengeTo(negotiate, domain) {
  const asked = negotiate.length >= 16 ? negotiate.readUInt32LE(12) : UNICODE;
  const unicode = (asked & UNICODE) !== 0;
  const challenge = randomBytes(8);
  const name = Buffer.from(domain, unicode ? 'utf16le' : 'latin1');
  const info = targetInfo(domain);
  const message = Buffer.alloc(56 + name.length + info.length);
  SIGNATURE.copy(message);
  message.writeUInt32LE(2, 8);
  field(message, 12, name.length, 56);
  // Request target, NTLM, always sign, target type domain, extended security, target info, version, 128.
  message.writeUInt32LE(0x2000_0000 + 0x0289_8204 + (unicode ? UNICODE : OEM), 20);
  challenge.copy(message, 24);
  field(message, 40, info.length, 56 + name.length);
  message.set([10, 0, 0x63, 0x45, 0, 0, 0, 15], 48);
  name.copy(message, 56);
  info.copy(message, 56 + name.length);
  return { negotiate, message, challenge, unicode };
}

/** AV pairs ([MS-NLMP] 2.2.2.1): names of domain and computer, and the time. */
function targetInfo(domain) {
  const pair = (id, value) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const text = (id, value) => pair(id, Buffer.from(value, 'utf16le'));
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
  const dns = `${domain.toLowerCase()}.example`;
  return Buffer.concat([
    ...[text(2, domain), text(1, 'EX01'), text(4, dns), text(3, `ex01.${dns}`), text(5, dns)],
    ...[pair(7, time), pair(0, Buffer.alloc(0))],
  ]);
}

function field(message, at, length, offset) {
  message.writeUInt16LE(length, at);
  message.writeUInt16LE(length, at + 2);
  message.writeUInt32LE(offset, at + 4);
}

/**
 * Who a type 3 message says it is, over which connection, and a check of the password ([MS-NLMP] 3.3.2) and of the MIC, where
 * it announces one.
 * @typedef {object} Claim
 * @property {string} user
 * @property {string} domain
 * @property {Buffer} lanManager the older proof
 * @property {boolean} signed it announces a MIC
 * @property {string} time of its proof, as hex
 * @property {string} target what it asks, `HTTP/host`
 * @property {Buffer} binding the TLS connection it speaks of
 * @property {(password: string) => boolean} proves
 *
 * @param {Buffer} message @param {Given} given
 * @returns {Claim | null} null for what is none
 */
export function readAuthenticate(message, { negotiate, message: challengeMessage, challenge, unicode }) {
  if (messageType(message) !== 3 || message.length < 52) return null;
  const part = (at) => {
    const length = message.readUInt16LE(at);
    const offset = message.readUInt32LE(at + 4);
    return offset + length <= message.length ? message.subarray(offset, offset + length) : Buffer.alloc(0);
  };
  const text = (at) => part(at).toString(unicode ? 'utf16le' : 'latin1');
  const response = part(20);
  const [domain, user] = [text(28), text(36)];
  const info = avPairs(response.subarray(44));
  const signed = ((info.get(6)?.readUInt32LE() ?? 0) & 2) !== 0;
  return {
    ...{ user, domain, signed },
    lanManager: part(12),
    time: response.subarray(24, 32).toString('hex'),
    target: info.get(9)?.toString('utf16le') ?? '',
    binding: info.get(10) ?? Buffer.alloc(16),
    proves(password) {
      // 24 bytes are NTLMv1, which a hardened domain refuses.
      if (response.length < 48) return false;
      const key = md4(Buffer.from(password, 'utf16le'));
      const owner = createHmac('md5', key)
        // Letter by letter, as Windows does: ß stays.
        .update(Buffer.from(user.replace(/[^ß]/gu, (letter) => letter.toUpperCase()) + domain, 'utf16le'))
        .digest();
      const proof = createHmac('md5', owner).update(challenge).update(response.subarray(16)).digest();
      if (!timingSafeEqual(proof, response.subarray(0, 16))) return false;
      if (!signed) return true;
      const unsigned = Buffer.from(message).fill(0, 72, 88);
      const session = createHmac('md5', owner).update(proof).digest();
      const code = createHmac('md5', session).update(negotiate).update(challengeMessage).update(unsigned);
      return timingSafeEqual(code.digest(), message.subarray(72, 88));
    },
  };
}

/** RFC 1320; OpenSSL 3 has it no more. @param {Buffer} input @returns {Buffer} */
function md4(input) {
  const padded = Buffer.alloc(Math.ceil((input.length + 9) / 64) * 64);
  input.copy(padded);
  padded[input.length] = 0x80;
  padded.writeUInt32LE((input.length * 8) >>> 0, padded.length - 8);
  const turn = (value, by) => (value << by) | (value >>> (32 - by));
  const rounds = [
    { of: (x, y, z) => (x & y) | (~x & z), add: 0, by: [3, 7, 11, 19], order: [...Array(16).keys()] },
    {
      ...{ of: (x, y, z) => (x & y) | (x & z) | (y & z), add: 0x5a827999, by: [3, 5, 9, 13] },
      order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    },
    {
      ...{ of: (x, y, z) => x ^ y ^ z, add: 0x6ed9eba1, by: [3, 9, 11, 15] },
      order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    },
  ];
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < padded.length; block += 64) {
    let [a, b, c, d] = state;
    for (const { of, add, by, order } of rounds) {
      for (const [step, word] of order.entries()) {
        const sum = (a + of(b, c, d) + padded.readInt32LE(block + word * 4) + add) | 0;
        [a, b, c, d] = [d, turn(sum, by[step % 4]), b, c];
      }
    }
    for (const [at, value] of [a, b, c, d].entries()) state[at] = (state[at] + value) | 0;
  }
  const digest = Buffer.alloc(16);
  for (const [at, value] of state.entries()) digest.writeInt32LE(value, at * 4);
  return digest;
}
