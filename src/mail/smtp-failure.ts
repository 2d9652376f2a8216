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
