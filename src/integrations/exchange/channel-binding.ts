import { createHash } from 'node:crypto';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Ties what is proved over a TLS connection to it: a server with Extended Protection takes no proof that came over another.
 * The hash of MS-NLMP §2.2.2.1 (MsvAvChannelBindings) for `tls-server-end-point` (RFC 5929 §4).
 * @returns null without TLS
 */
export function channelBinding(socket: Socket): Buffer | null {
  if (!(socket instanceof TLSSocket)) return null;
  // Typed as always there; empty where there is no certificate.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  return raw ? endPointBinding(certificateHash(raw)) : null;
}

/** MD5 over a gss_channel_bindings_struct without addresses (RFC 4121 §4.1.1.2). */
export function endPointBinding(hash: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:', 'latin1'), hash]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  return createHash('md5').update(head).update(data).digest();
}

/**
 * By the hash of the signature on the certificate; SHA-256 for MD5 and SHA-1 (RFC 5929 §4.1), and where there is none or one
 * we do not know: the RFC leaves those open, Ed25519 among them, and other clients take SHA-256.
 * @param der the whole certificate
 */
export function certificateHash(der: Buffer): Buffer {
  return createHash(signatureHash(der) ?? 'sha256')
    .update(der)
    .digest();
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280 §4.1). */
function signatureHash(der: Buffer): string | undefined {
  const [, algorithm] = parts(parts(der)[0]?.value);
  const [oid, parameters] = parts(algorithm?.value);
  const id = oid?.value.toString('hex') ?? '';
  if (id !== RSA_PSS) return signatures.get(id);
  // RSASSA-PSS-params (RFC 4055 §3.1): `[0]` holds the hash; without it SHA-1.
  const first = parts(parameters?.value)[0];
  if (first?.tag !== 0xa0) return undefined;
  const [hash] = parts(parts(first.value)[0]?.value);
  return hashes.get(hash?.value.toString('hex') ?? '');
}

interface Part {
  tag: number;
  value: Buffer;
}

/** What stands one after another, up to the first that goes past the end. */
function parts(der: Buffer | undefined): Part[] {
  const found: Part[] = [];
  for (let rest = der ?? Buffer.alloc(0); rest.length >= 2;) {
    const [tag, short] = rest;
    const more = short < 0x80 ? 0 : short - 0x80;
    // Without an end (0x80), or longer than any certificate.
    if (short === 0x80 || more > 3 || rest.length < 2 + more) break;
    const start = 2 + more;
    const end = start + (more === 0 ? short : rest.readUIntBE(2, more));
    if (end > rest.length) break;
    found.push({ tag, value: rest.subarray(start, end) });
    rest = rest.subarray(end);
  }
  return found;
}

/** Contents of OIDs. 1.2.840.113549.1.1.10 */
const RSA_PSS = '2a864886f70d01010a';

const signatures = new Map([
  // 1.2.840.113549.1.1: RSA (RFC 4055)
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a864886f70d01010e', 'sha224'],
  // 1.2.840.10045.4.3: ECDSA (RFC 5758)
  ['2a8648ce3d040301', 'sha224'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
]);

/** 2.16.840.1.101.3.4.2 */
const hashes = new Map([
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
  ['608648016503040204', 'sha224'],
]);
