/* What Extended Protection looks at: of which TLS connection a proof of NTLM speaks ([MS-NLMP] 2.2.2.1). */
import { createHash, X509Certificate } from 'node:crypto';

/**
 * MsvAvChannelBindings of a server with this certificate, whose signature uses SHA-256 as those of ours do.
 * @param {string | Buffer} pem @returns {Buffer}
 */
export function bindingOf(pem) {
  const hash = createHash('sha256').update(new X509Certificate(pem).raw).digest();
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), hash]);
  // Kinds and lengths of two addresses that nobody gives, and the length of the data.
  const struct = Buffer.concat([Buffer.alloc(16), Buffer.of(data.length, 0, 0, 0), data]);
  return createHash('md5').update(struct).digest();
}

/** @param {Buffer} info AV pairs @returns {Map<number, Buffer>} */
export function avPairs(info) {
  const pairs = new Map();
  for (let at = 0; at + 4 <= info.length;) {
    const [id, length] = [info.readUInt16LE(at), info.readUInt16LE(at + 2)];
    if (id === 0) break;
    pairs.set(id, info.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return pairs;
}
