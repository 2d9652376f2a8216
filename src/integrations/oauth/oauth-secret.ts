/** What an OAuth connection signs in with: JSON, sealed as passwords are (connections/secrets.ts). */
export interface OAuthSecret {
  refreshToken: string;
  accessToken: string;
  /** ISO 8601: when the access token ends. */
  expiresAt: string;
  /** What was granted, separated by spaces. */
  scope: string;
  /** Whom it was given to; tokens of one client are of no use to another. Absent where nobody asked. */
  clientId?: string;
}

/** null for what is no secret of this kind. */
export function readOAuthSecret(secret: string): OAuthSecret | null {
  try {
    const read = JSON.parse(secret) as Partial<Record<keyof OAuthSecret, unknown>> | null;
    const texts = [read?.refreshToken, read?.accessToken, read?.expiresAt, read?.scope];
    return texts.every((text) => typeof text === 'string') ? (read as OAuthSecret) : null;
  } catch {
    return null;
  }
}
