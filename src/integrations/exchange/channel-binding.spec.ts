import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { certificateHash, endPointBinding } from './channel-binding.js';

const file = path.join(import.meta.dirname, '../../../test/fakes/exchange/certs/signatures.json');
const signed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
const certificate = (name: string) => Buffer.from(signed[name], 'base64');
const hashed = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex');

describe('What ties NTLM to a certificate', () => {
  it.each([
    ['RSA with MD5', 'sha256'],
    ['RSA with SHA-1', 'sha256'],
    ['RSA with SHA-512', 'sha512'],
    ['RSA-PSS with SHA-384', 'sha384'],
    ['RSA-PSS with SHA-1', 'sha256'],
    ['ECDSA with SHA-256', 'sha256'],
    ['ECDSA with SHA-384', 'sha384'],
    ['Ed25519', 'sha256'],
  ])('is, signed by %s, its %s hash', (name, algorithm) => {
    const der = certificate(name);
    expect(certificateHash(der).toString('hex')).toBe(hashed(algorithm, der));
  });

  it('reads a certificate that is cut, or says wrong lengths, no further than it goes', () => {
    const whole = certificate('RSA-PSS with SHA-384');
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      expect(certificateHash(cut).toString('hex')).toBe(hashed('sha256', cut));
    }
    for (let at = 0; at < whole.length; at++) {
      for (const byte of [0x00, 0x7f, 0x80, 0x84, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        expect(certificateHash(changed).length).toBeGreaterThanOrEqual(28);
      }
    }
  });

  it('has the published form', () => {
    // The certificate and its binding in the tests of Chromium (net/ntlm/ntlm_test_data.h).
    const hash = Buffer.from('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95', 'hex');
    expect(endPointBinding(hash).toString('hex')).toBe('6586e99d81c2fc984e47172fd4dd0310');
  });
});
