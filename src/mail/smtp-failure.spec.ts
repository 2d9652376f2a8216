import { smtpFailure, smtpTrouble } from './smtp-failure.js';

function failure(fields: { code?: string; command?: string; responseCode?: number }) {
  return smtpFailure(Object.assign(new Error('said no'), fields)).kind;
}

describe('smtpFailure', () => {
  it('gives up a mail that was refused for good', () => {
    expect(failure({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 })).toBe('never');
    expect(failure({ code: 'EMESSAGE', command: 'DATA', responseCode: 554 })).toBe('never');
  });

  it('tries a mail again that was refused for now', () => {
    expect(failure({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 })).toBe('later');
    expect(failure({ code: 'ECONNECTION', command: 'DATA' })).toBe('later');
  });

  it('blames no mail for a server that cannot be reached or does not know us', () => {
    expect(failure({ code: 'ESOCKET', command: 'CONN' })).toBe('outage');
    expect(failure({ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 })).toBe('outage');
    expect(failure({ code: 'EDNS', command: 'CONN' })).toBe('outage');
    expect(failure({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 421 })).toBe('outage');
  });

  it('keeps the reason on one line and short', () => {
    expect(smtpFailure(new Error(`a\r\nb${'c'.repeat(600)}`)).reason).toMatch(/^a bc{497}$/);
  });
});

describe('smtpTrouble', () => {
  const trouble = (fields: { code?: string; command?: string; responseCode?: number; message?: string }) =>
    smtpTrouble(Object.assign(new Error(fields.message ?? 'said no'), fields));

  it('tells a server that is not reached from one that says no', () => {
    expect(trouble({ code: 'EDNS', command: 'CONN', message: 'getaddrinfo ENOTFOUND mail.example' })).toBe(
      'name',
    );
    expect(trouble({ code: 'ESOCKET', command: 'CONN', message: 'connect ECONNREFUSED' })).toBe('connect');
    expect(trouble({ code: 'ETIMEDOUT', command: 'CONN', message: 'Connection timeout' })).toBe('time');
    expect(trouble({ code: 'ESOCKET', command: 'CONN', message: 'self-signed certificate' })).toBe('tls');
    expect(trouble({ code: 'ECONNECTION', command: 'DATA', message: 'Connection closed' })).toBe('broken');
  });

  it('tells whose address a server does not take', () => {
    expect(trouble({ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 })).toBe('sign-in');
    expect(trouble({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530 })).toBe('sign-in');
    expect(trouble({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 553 })).toBe('sender');
    expect(trouble({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 })).toBe('receiver');
    expect(trouble({ code: 'EMESSAGE', command: 'DATA', responseCode: 554 })).toBe('refused');
    expect(trouble({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 })).toBe('later');
  });
});
