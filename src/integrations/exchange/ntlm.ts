import { randomBytes } from 'node:crypto';
import ntlm from '@ewsjs/ntlm-client';
import hash from '@ewsjs/ntlm-client/lib/hash.js';

export interface Login {
  /** Empty for a UPN, and for a name alone. */
  domain: string;
  user: string;
}

/** `DOMAIN\user` is cut at the first backslash; a UPN goes as a whole, without a domain (NOTES §3). */
export function readLogin(username: string): Login {
  const cut = username.indexOf('\\');
  return cut < 0
    ? { domain: '', user: username }
    : { domain: username.slice(0, cut), user: username.slice(cut + 1) };
}

/**
 * The first message of NTLM (MS-NLMP §2.2.1.1). Written here, because the package asks for the character set of the machine
 * (names with accents would be lost) and tells the name of ours.
 */
export function negotiateMessage(): string {
  const message = Buffer.alloc(32);
  message.write('NTLMSSP\0', 0, 'latin1');
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SECURITY | TARGET_INFO, 12);
  return `NTLM ${message.toString('base64')}`;
}

/**
 * The third message (MS-NLMP §2.2.1.3), NTLMv2 alone: to a server that asks for less, the package would answer with
 * something the password can be found from. Its message has room for 1,024 bytes and its nonce is no random one, so both are
 * made here.
 * @param challenge the `WWW-Authenticate` header with the second message
 * @returns null when that is none, or none we answer
 */
export function authenticateMessage(
  challenge: string,
  { domain, user }: Login,
  password: string,
): string | null {
  const asked = readChallenge(challenge);
  if (asked === null) return null;
  const ntlmHash = hash.createNTLMHash(password);
  const nonce = randomBytes(8).toString('hex');
  const text = (written: string) => Buffer.from(written, asked.encoding === 'ucs2' ? 'utf16le' : 'latin1');
  const parts = [
    hash.createLMv2Response(asked, user, ntlmHash, nonce, domain),
    hash.createNTLMv2Response(asked, user, ntlmHash, nonce, domain),
    text(domain),
    text(user),
    text(''),
    Buffer.alloc(0),
  ];
  const header = Buffer.alloc(64);
  header.write('NTLMSSP\0', 0, 'latin1');
  header.writeUInt32LE(3, 8);
  let offset = header.length;
  parts.forEach((part, index) => {
    header.writeUInt16LE(part.length, 12 + 8 * index);
    header.writeUInt16LE(part.length, 14 + 8 * index);
    header.writeUInt32LE(offset, 16 + 8 * index);
    offset += part.length;
  });
  header.writeUInt32LE(asked.flags & ~(KEY_EXCHANGE | VERSION), 60);
  return `NTLM ${Buffer.concat([header, ...parts]).toString('base64')}`;
}

const UNICODE = 0x1;
const REQUEST_TARGET = 0x4;
const NTLM = 0x200;
const ALWAYS_SIGN = 0x8000;
const EXTENDED_SECURITY = 0x80000;
const TARGET_INFO = 0x800000;
const VERSION = 0x2000000;
const KEY_EXCHANGE = 0x40000000;

function readChallenge(header: string) {
  try {
    const asked = ntlm.decodeType2Message(header);
    const buffer = asked.targetInfo?.buffer;
    if (asked.version !== 2 || !buffer) return null;
    const encoding = asked.flags & UNICODE ? ('ucs2' as const) : asked.encoding;
    return { ...asked, encoding, targetInfo: { buffer } };
  } catch {
    return null;
  }
}
