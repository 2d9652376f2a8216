import { vcard, type ContactCard } from './vcard.js';

const noemie: ContactCard = {
  uid: '019a0000-0000-7000-8000-000000000001',
  displayName: 'Noémie Le Guen',
  givenName: 'Noémie',
  familyName: 'Le Guen',
  organization: 'Dupont, Durand & Associés',
  department: 'R&D; essais',
  jobTitle: 'Développeuse\nen chef \\o/',
  emails: ['noemie@example.test'],
  phones: { work: '+33443311931', mobile: '+33612345678', fax: null, main: '+33443311900' },
  revisedAt: new Date('2026-07-14T08:30:00.123Z'),
};

const lines = (text: string) => text.split('\r\n');
const unfolded = (text: string) => lines(text.replace(/\r\n /g, ''));

describe('vcard', () => {
  it('writes 4.0', () => {
    expect(unfolded(vcard(noemie, '4.0'))).toEqual([
      'BEGIN:VCARD',
      'VERSION:4.0',
      'UID:urn:uuid:019a0000-0000-7000-8000-000000000001',
      'FN:Noémie Le Guen',
      'N:Le Guen;Noémie;;;',
      'ORG:Dupont\\, Durand & Associés;R&D\\; essais',
      'TITLE:Développeuse\\nen chef \\\\o/',
      'EMAIL:noemie@example.test',
      'TEL;VALUE=uri;TYPE="work,voice":tel:+33443311931',
      'TEL;VALUE=uri;TYPE="cell,voice":tel:+33612345678',
      'TEL;VALUE=uri;PREF=1;TYPE=voice:tel:+33443311900',
      'REV:20260714T083000Z',
      'END:VCARD',
      '',
    ]);
  });

  it('writes 3.0', () => {
    expect(unfolded(vcard(noemie, '3.0'))).toEqual(
      expect.arrayContaining([
        'VERSION:3.0',
        'UID:019a0000-0000-7000-8000-000000000001',
        'EMAIL;TYPE=INTERNET:noemie@example.test',
        'TEL;TYPE=WORK,VOICE:+33443311931',
        'TEL;TYPE=CELL,VOICE:+33612345678',
        'TEL;TYPE=PREF,VOICE:+33443311900',
      ]),
    );
  });

  it('leaves out what is not known, but never the name', () => {
    expect(lines(vcard({ displayName: 'Ada' }, '3.0'))).toEqual([
      'BEGIN:VCARD',
      'VERSION:3.0',
      'FN:Ada',
      'N:;;;;',
      'END:VCARD',
      '',
    ]);
    expect(unfolded(vcard({ displayName: 'Ada', department: 'Maths' }, '4.0'))).toContain('ORG:;Maths');
    expect(unfolded(vcard({ displayName: 'Ada', organization: 'X' }, '4.0'))).toContain('ORG:X');
  });

  it('folds at 75 octets and cuts no character', () => {
    for (const unit of ['é', '欧', '😀', 'aé', ',']) {
      const displayName = unit.repeat(100);
      const text = vcard({ displayName }, '4.0');
      for (const each of lines(text)) {
        expect(Buffer.byteLength(each)).toBeLessThanOrEqual(75);
        expect(each).not.toContain('\ufffd');
      }
      expect(unfolded(text)[2]).toBe(`FN:${displayName.replaceAll(',', '\\,')}`);
    }
    const exact = `FN:${'x'.repeat(72)}`;
    expect(lines(vcard({ displayName: 'x'.repeat(72) }, '4.0'))).toContain(exact);
  });

  it('lets no field start a line of its own', () => {
    const text = vcard({ displayName: 'a\r\nEND:VCARD\rTEL:1\u2028x\u0000', emails: ['a@b.c\nX:y'] }, '3.0');
    expect(unfolded(text)).toEqual([
      'BEGIN:VCARD',
      'VERSION:3.0',
      'FN:a\\nEND:VCARD\\nTEL:1\\nx',
      'N:;;;;',
      'EMAIL;TYPE=INTERNET:a@b.c\\nX:y',
      'END:VCARD',
      '',
    ]);
  });

  it('carries a photo as each version does', () => {
    const photo = {
      mediaType: 'image/jpeg' as const,
      bytes: Buffer.from('not really a photo, but long enough to fold it twice over'.repeat(3)),
    };
    const base64 = photo.bytes.toString('base64');
    expect(unfolded(vcard({ displayName: 'Ada', photo }, '4.0'))).toContain(
      `PHOTO:data:image/jpeg;base64,${base64}`,
    );
    expect(unfolded(vcard({ displayName: 'Ada', photo }, '3.0'))).toContain(
      `PHOTO;ENCODING=b;TYPE=JPEG:${base64}`,
    );
  });
});
