import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';

/** Made for these tests alone; making one takes half a second. */
const key = createPrivateKey(
  readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'signing.key'), 'utf8'),
);

const KEY_ID = 'carnet-tests-1';

/** What the tokens are checked with (RFC 7517). */
export async function keySet() {
  return { keys: [{ ...(await exportJWK(createPublicKey(key))), kid: KEY_ID, use: 'sig', alg: 'RS256' }] };
}

/** @param {Record<string, unknown>} claims @returns {Promise<string>} */
export function signed(claims) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID }).sign(key);
}
