/** What we use of the package, which brings no types. */
declare module '@ewsjs/ntlm-client/lib/hash.js' {
  const hash: { createNTLMHash(password: string): Buffer };
  export default hash;
}
