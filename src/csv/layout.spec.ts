import { detectLayout } from './layout.js';
import { separators } from './rows.js';

const found = (text: string) => {
  const { separator, headerRow, header } = detectLayout(text, { whole: true });
  return { separator, headerRow, header };
};

describe('detectLayout', () => {
  it.each(separators)('finds the separator %j', (separator) => {
    const text = [
      ['E-mail', 'Nom', 'Société'],
      ['a@x.org', '"Hernández, y; Cía.|\t"', '"O\nK"'],
      ['b@x.org', 'B', ''],
    ]
      .map((cells) => cells.join(separator))
      .join('\r\n');
    expect(found(text)).toEqual({ separator, headerRow: 1, header: ['E-mail', 'Nom', 'Société'] });
  });

  it('is not misled by other separators inside cells', () => {
    const text = 'Email;Groups\n' + 'a@x.org;"A,B,C,D"\nb@x.org;A,B\nc@x.org;A,B,C\n'.repeat(5);
    expect(found(text).separator).toBe(';');
    expect(found('Email,User Group\na@x.org,A;B\nb@x.org,A;B\nc@x.org,C\n').separator).toBe(',');
  });

  it('honours sep= and does not count it', () => {
    expect(found('sep=;\r\nEmail;Name,x\r\na@x.org;A,b')).toEqual({
      separator: ';',
      headerRow: 1,
      header: ['Email', 'Name,x'],
    });
  });

  it('passes over version line, blank rows and a title', () => {
    expect(
      found('version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required\nA,a@x.org\n'),
    ).toMatchObject({ headerRow: 2 });
    expect(found('version:v1.0,,,\n\nA,B,C,D\n1,2,3,4')).toMatchObject({
      headerRow: 3,
      header: ['A', 'B', 'C', 'D'],
    });
    expect(found('Annuaire au 12 mars;;;\n\nE-mail;Prénom;Nom;Service\na@x.org;A;B;C')).toMatchObject({
      headerRow: 3,
    });
  });

  it('sees that there is no header', () => {
    expect(found('ada@x.org,Ada,Lovelace\nb@x.org,B,C')).toMatchObject({ headerRow: 0, header: [] });
    expect(found('Ada,Lovelace,+33 6 12 34 56 78')).toMatchObject({ headerRow: 0 });
  });

  it('reads one column, one row, nothing', () => {
    expect(found('Email\na@x.org\nb@x.org')).toEqual({ separator: ',', headerRow: 1, header: ['Email'] });
    expect(found('Email;Name')).toMatchObject({ separator: ';', headerRow: 1 });
    expect(found('')).toEqual({ separator: ',', headerRow: 0, header: [] });
  });

  it('gives samples, the line break, and follows corrections', () => {
    const text = 'a;b\r\n\r\n1;2\r\n3;4\r\n';
    expect(detectLayout(text, { whole: true })).toMatchObject({
      lineBreak: '\r\n',
      samples: [
        { line: 3, cells: ['1', '2'] },
        { line: 4, cells: ['3', '4'] },
      ],
    });
    const corrected = detectLayout(text, { whole: true, chosen: { separator: ',', headerRow: 0 } });
    expect(corrected).toMatchObject({ separator: ',', headerRow: 0, header: [] });
    expect(corrected.samples[0]).toEqual({ line: 1, cells: ['a;b'] });
  });

  it('leaves out a last row that the sample cuts', () => {
    expect(detectLayout('a,b\n1,2\n3').samples).toEqual([{ line: 2, cells: ['1', '2'] }]);
  });
});
