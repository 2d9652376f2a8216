/** Where a connector gets what it shows a provider (RFC 6750). oauth/access-tokens.ts makes one for a connection. */
export interface TokenSource {
  /** One that holds for at least another minute. @throws AuthorizationRevoked, ProviderBusy, NotReachable */
  current(): Promise<string>;
  /** The provider refused that one: a new one, once. @throws AuthorizationRevoked when the new one is refused too */
  renewed(refused: string): Promise<string>;
}
