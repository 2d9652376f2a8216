import { randomBytes } from 'node:crypto';
import {
  fileTime,
  integrityCode,
  lmV2Response,
  ntlmV2Response,
  responseKey,
  type Login,
} from './ntlm-response.js';
import {
  answeringInfo,
  readTargetInfo,
  timestampOf,
  type AvPair,
  type NtlmPlace,
} from './ntlm-target-info.js';

export { type Login } from './ntlm-response.js';

/** `DOMAIN\user` is cut at the first backslash; a UPN goes as a whole, without a domain (NOTES §3). */
export function readLogin(username: string): Login {
  const cut = username.indexOf('\\');
  return cut < 0
    ? { domain: '', user: username }
    : { domain: username.slice(0, cut), user: username.slice(cut + 1) };
}

/** The first message of NTLM (MS-NLMP §2.2.1.1). It tells nothing of our machine. */
export function negotiateMessage(): string {
  return `NTLM ${negotiate.toString('base64')}`;
}

/**
 * The third message (MS-NLMP §2.2.1.3), NTLMv2 alone: what would answer a server that asks for less is something the password
 * can be found from.
 * @param challenge the `WWW-Authenticate` header with the second message
 * @returns null when that is none, or none we answer
 */
export function authenticateMessage(
  challenge: string,
  login: Login,
  password: string,
  place: NtlmPlace,
): string | null {
  const asked = readChallenge(challenge);
  if (asked === null) return null;
  const key = responseKey(login, password);
  const nonce = randomBytes(8);
  // A server that says its time can check an integrity code, and wants no LMv2 beside it (§3.1.5.1.2).
  const time = timestampOf(asked.pairs);
  const signed = time !== null;
  const { response, sessionKey } = ntlmV2Response(key, asked.challenge, {
    nonce,
    time: time ?? fileTime(Date.now()),
    info: answeringInfo(asked.pairs, place, signed),
  });
  const text = (written: string) => Buffer.from(written, asked.flags & UNICODE ? 'utf16le' : 'latin1');
  const message = laidOut(signed ? MIC_AT + 16 : 64, asked.flags, [
    signed ? Buffer.alloc(24) : lmV2Response(key, asked.challenge, nonce),
    response,
    text(login.domain),
    text(login.user),
    text(''),
    Buffer.alloc(0),
  ]);
  if (signed) integrityCode(sessionKey, negotiate, asked.message, message).copy(message, MIC_AT);
  return `NTLM ${message.toString('base64')}`;
}

const UNICODE = 0x1;
const REQUEST_TARGET = 0x4;
const NTLM = 0x200;
const ALWAYS_SIGN = 0x8000;
const EXTENDED_SECURITY = 0x80000;
const TARGET_INFO = 0x800000;
const VERSION = 0x2000000;
const KEY_EXCHANGE = 0x40000000;

/** Behind the place of a version, which stays empty. */
const MIC_AT = 72;

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');

const negotiate = Buffer.alloc(32);
SIGNATURE.copy(negotiate);
negotiate.writeUInt32LE(1, 8);
negotiate.writeUInt32LE(UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SECURITY | TARGET_INFO, 12);

interface Challenge {
  /** As it came: it is signed. */
  message: Buffer;
  flags: number;
  challenge: Buffer;
  pairs: AvPair[];
}

/** MS-NLMP §2.2.1.2. */
function readChallenge(header: string): Challenge | null {
  const message = Buffer.from(/^NTLM ([\w+/]+=*)$/.exec(header)?.[1] ?? '', 'base64');
  if (message.length < 48 || !message.subarray(0, 8).equals(SIGNATURE)) return null;
  if (message.readUInt32LE(8) !== 2) return null;
  const flags = message.readUInt32LE(20);
  if (!(flags & EXTENDED_SECURITY) || !(flags & TARGET_INFO)) return null;
  const [length, offset] = [message.readUInt16LE(40), message.readUInt32LE(44)];
  if (length === 0 || offset < 48 || offset + length > message.length) return null;
  const pairs = readTargetInfo(message.subarray(offset, offset + length));
  return pairs && { message, flags, challenge: message.subarray(24, 32), pairs };
}

function laidOut(headBytes: number, flags: number, fields: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(headBytes);
  SIGNATURE.copy(head);
  head.writeUInt32LE(3, 8);
  let offset = head.length;
  fields.forEach((field, index) => {
    head.writeUInt16LE(field.length, 12 + 8 * index);
    head.writeUInt16LE(field.length, 14 + 8 * index);
    head.writeUInt32LE(offset, 16 + 8 * index);
    offset += field.length;
  });
  head.writeUInt32LE((flags & ~(KEY_EXCHANGE | VERSION)) >>> 0, 60);
  return Buffer.concat([head, ...fields]);
}
