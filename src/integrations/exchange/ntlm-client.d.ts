/** What we use of the package, which brings no types. */
declare module '@ewsjs/ntlm-client' {
  const ntlm: {
    decodeType2Message(header: string): {
      flags: number;
      encoding: 'ascii' | 'ucs2';
      version: 1 | 2;
      challenge: Buffer;
      targetName: string;
      targetInfo?: { buffer?: Buffer };
    };
  };
  export default ntlm;
}

declare module '@ewsjs/ntlm-client/lib/hash.js' {
  type Challenge = { challenge: Buffer; targetInfo: { buffer: Buffer } };
  const hash: {
    createNTLMHash(password: string): Buffer;
    /** @param nonce 8 bytes in hexadecimal */
    createLMv2Response(
      challenge: Challenge,
      user: string,
      ntlmHash: Buffer,
      nonce: string,
      domain: string,
    ): Buffer;
    createNTLMv2Response(
      challenge: Challenge,
      user: string,
      ntlmHash: Buffer,
      nonce: string,
      domain: string,
    ): Buffer;
  };
  export default hash;
}
