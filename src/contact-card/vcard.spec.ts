import { writeVcard } from './vcard.js';

const ada = { givenName: 'Ada', familyName: 'Lovelace' };

describe('a written vCard', () => {
  it('says what is known and leaves out what is not', () => {
    const card = writeVcard({
      ...ada,
      organization: 'Atelier Nord',
      department: 'Engines',
      jobTitle: 'Countess',
      email: 'ada@example.test',
      workPhone: '+33140205050',
      mobilePhone: null,
    });
    expect(card).toBe(
      [
        'BEGIN:VCARD',
        'VERSION:3.0',
        'N:Lovelace;Ada;;;',
        'FN:Ada Lovelace',
        'ORG:Atelier Nord;Engines',
        'TITLE:Countess',
        'EMAIL;TYPE=INTERNET,WORK:ada@example.test',
        'TEL;TYPE=WORK,VOICE:+33140205050',
        'END:VCARD',
        '',
      ].join('\r\n'),
    );
  });

  it('keeps a name from adding lines or parts of its own', () => {
    const card = writeVcard({ givenName: 'Ada\r\nTEL:+1', familyName: 'Love;lace, \\x' });
    expect(card.split('\r\n')).toHaveLength(6);
    expect(card).toContain('N:Love\\;lace\\, \\\\x;Ada\\nTEL:+1;;;\r\n');
  });

  it('folds long lines at 75 bytes without cutting a character', () => {
    const title = 'Đỗ😀é'.repeat(40);
    const card = writeVcard({ ...ada, jobTitle: title });
    for (const line of card.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(card.replace(/\r\n /g, '')).toContain(`TITLE:${title}\r\n`);
  });
});
