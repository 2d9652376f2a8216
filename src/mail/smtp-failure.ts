/** What went wrong at the mail server, as far as it decides what to do next. */
export interface SmtpFailure {
  /**
   * `outage`: the server cannot be used at all now, whatever the mail; `later`: this mail, for now (4xx, a lost
   * connection); `never`: this mail, for good (5xx, RFC 5321 §4.2.1).
   */
  kind: 'outage' | 'later' | 'never';
  reason: string;
}

interface TransportError {
  code?: string;
  command?: string;
  responseCode?: number;
  message?: string;
}

const beforeAnyMail = /^(CONN|HELO|EHLO|LHLO|STARTTLS|AUTH)/;

export function smtpFailure(error: unknown): SmtpFailure {
  const { code = '', command = '', responseCode, message = String(error) } = (error ?? {}) as TransportError;
  const reason = [...message.replace(/\s+/gu, ' ')].slice(0, 500).join('');
  // A refusal before MAIL FROM (sign-in, greeting) is about us or the server, not about this mail.
  if (beforeAnyMail.test(command) || /^(EAUTH|EDNS|ETLS|ENOAUTH|EOAUTH2|EPROXY)$/.test(code)) {
    return { kind: 'outage', reason };
  }
  // 421: the service closes the connection (RFC 5321 §3.8).
  if (responseCode === 421) return { kind: 'outage', reason };
  if (responseCode !== undefined && responseCode >= 500) return { kind: 'never', reason };
  if (responseCode === undefined && /^(EENVELOPE|EMESSAGE)$/.test(code)) return { kind: 'never', reason };
  return { kind: 'later', reason };
}

/**
 * What went wrong, as far as it decides what somebody can do about it: `name` (no such host), `connect` (nobody
 * answers there), `time` (too slow), `tls` (no safe connection), `broken` (hung up in the middle), `sign-in`, `sender`
 * and `receiver` (an address the server does not take), `later` (refused for now), `refused` (for good).
 */
export type SmtpTrouble =
  'name' | 'connect' | 'time' | 'tls' | 'broken' | 'sign-in' | 'sender' | 'receiver' | 'later' | 'refused';

export function smtpTrouble(error: unknown): SmtpTrouble {
  const { code = '', command = '', responseCode, message = '' } = (error ?? {}) as TransportError;
  if (/^(EAUTH|ENOAUTH|EOAUTH2)$/.test(code) || /^AUTH/.test(command)) return 'sign-in';
  if (responseCode === undefined) {
    if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(`${code} ${message}`)) return 'name';
    if (code === 'ETIMEDOUT' || /ETIMEDOUT|timeout/i.test(message)) return 'time';
    if (code === 'ETLS' || /certificate|self.signed|\bSSL\b|\bTLS\b|wrong version/i.test(message))
      return 'tls';
    return /closed|ECONNRESET|EPIPE/i.test(message) ? 'broken' : 'connect';
  }
  if (responseCode === 530 || responseCode === 535) return 'sign-in';
  if (responseCode < 500) return 'later';
  if (/^MAIL FROM/.test(command)) return 'sender';
  return /^RCPT TO/.test(command) ? 'receiver' : 'refused';
}
