import { smtpFailure } from './smtp-failure.js';

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
