import { createHmac } from 'node:crypto';
import hash from '@ewsjs/ntlm-client/lib/hash.js';

export interface Login {
  /** Empty for a UPN, and for a name alone. */
  domain: string;
  user: string;
}

/** What proves that the password is known, for one challenge (MS-NLMP §3.3.2). */
export interface NtlmResponse {
  response: Buffer;
  /** Signs the whole exchange. */
  sessionKey: Buffer;
}

/** NTOWFv2. */
export function responseKey({ domain, user }: Login, password: string): Buffer {
  const name = Buffer.from(upperCased(user) + domain, 'utf16le');
  return hmac(hash.createNTLMHash(password), name);
}

/**
 * @param own time: FILETIME; nonce: 8 random bytes; info: our target info
 */
export function ntlmV2Response(
  key: Buffer,
  serverChallenge: Buffer,
  { time, nonce, info }: Readonly<Record<'time' | 'nonce' | 'info', Buffer>>,
): NtlmResponse {
  const version = Buffer.of(1, 1, 0, 0, 0, 0, 0, 0);
  const ours = Buffer.concat([version, time, nonce, Buffer.alloc(4), info, Buffer.alloc(4)]);
  const proof = hmac(key, serverChallenge, ours);
  return { response: Buffer.concat([proof, ours]), sessionKey: hmac(key, proof) };
}

export function lmV2Response(key: Buffer, serverChallenge: Buffer, nonce: Buffer): Buffer {
  return Buffer.concat([hmac(key, serverChallenge, nonce), nonce]);
}

/** The MIC over the three messages, the third with zeros in its place (§3.1.5.1.2). */
export function integrityCode(sessionKey: Buffer, ...messages: Buffer[]): Buffer {
  return hmac(sessionKey, ...messages);
}

/** FILETIME: 100 ns since 1601. */
export function fileTime(ms: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(ms) + 11_644_473_600_000n) * 10_000n);
  return time;
}

/** One letter stays one, as Windows does it: `Strauß` has no `SS`. */
function upperCased(name: string): string {
  const letters = [...name].map((letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  });
  return letters.join('');
}

function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  return createHmac('md5', key).update(Buffer.concat(parts)).digest();
}
