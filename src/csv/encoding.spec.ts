import iconv from 'iconv-lite';
import { decoded, encodeAs, EncodingProbe, encodings, type EncodingVerdict } from './encoding.js';

function verdict(bytes: Buffer, size = bytes.length || 1): EncodingVerdict {
  const probe = new EncodingProbe();
  for (let at = 0; at < bytes.length; at += size) probe.add(bytes.subarray(at, at + size));
  return probe.verdict();
}
async function textOf(bytes: Buffer, encoding: Parameters<typeof decoded>[1], size: number): Promise<string> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  let text = '';
  for await (const piece of decoded(pieces, encoding)) text += piece;
  return text;
}
const sample = 'Prénom;Nom;Téléphone\r\nChloé;Œuvré – « d’Été »;+33612345678\r\n';
const sizes = [1, 2, 3, 7, 1000];

describe('EncodingProbe', () => {
  it.each([
    ['utf-8', false, Buffer.from(sample)],
    ['utf-8', true, Buffer.from(`\ufeff${sample}`)],
    ['utf-16le', true, iconv.encode(sample, 'utf-16le', { addBOM: true })],
    ['utf-16be', true, iconv.encode(sample, 'utf-16be', { addBOM: true })],
    ['utf-16le', false, iconv.encode(sample, 'utf-16le')],
    ['utf-16be', false, iconv.encode(sample, 'utf-16be')],
    ['windows-1252', false, iconv.encode(sample, 'win1252')],
    ['utf-8', false, Buffer.from('Email,Name\nada@x.org,Ada\n')],
    ['utf-8', false, Buffer.from('欧阳敏,😀')],
    ['utf-16le', true, iconv.encode('欧阳敏', 'utf-16le', { addBOM: true })],
  ] as const)('sees %s (mark: %s)', async (encoding, bom, bytes) => {
    for (const size of sizes) expect(verdict(bytes, size)).toEqual({ kind: 'text', encoding, bom });
    for (const size of sizes) expect(await textOf(bytes, encoding, size)).toBe(iconv.decode(bytes, encoding));
  });

  it('looks at the whole file, not its beginning', () => {
    const ascii = Buffer.alloc(600_000, 'a,b\n');
    expect(verdict(Buffer.concat([ascii, Buffer.from([0xe9, 0x0a])]), 65_536)).toMatchObject({
      encoding: 'windows-1252',
    });
    expect(verdict(Buffer.concat([ascii, Buffer.from('é\n')]), 65_536)).toMatchObject({ encoding: 'utf-8' });
  });

  it('keeps a file cut off inside a character UTF-8, and a lone last byte Windows-1252', () => {
    expect(verdict(Buffer.from('né é').subarray(0, -1), 2)).toMatchObject({ encoding: 'utf-8' });
    expect(verdict(Buffer.from([0x63, 0x61, 0x66, 0xe9]), 2)).toMatchObject({ encoding: 'windows-1252' });
  });

  it('sees Mac Roman by its accents inside words', () => {
    const macRoman = iconv.encode('Prénom;Société\nChloé;Forêt', 'macintosh');
    for (const size of [3, 7, 1000]) expect(verdict(macRoman, size)).toMatchObject({ encoding: 'macintosh' });
    expect(verdict(iconv.encode('Name\nNoël\nBenoît', 'macintosh'))).toMatchObject({ encoding: 'macintosh' });
  });

  it('does not take quotes and trade marks behind words for accents of Mac Roman', () => {
    expect(verdict(iconv.encode('Name,Notes\nAda,“word” brand™ l’eau •\n', 'win1252'))).toMatchObject({
      encoding: 'windows-1252',
    });
  });

  it.each([
    ...[
      'Rémi',
      'Zoé',
      'Noël',
      'François',
      'Nom;Âge;Août',
      'LEFÈVRE Éric',
      'María Muñoz',
      'Jürgen Groß',
      'São João',
    ],
    ...['Božena', 'Jože Žnidaršic', 'Acme™parts'],
  ])('reads %s of Windows-1252 as such, however few accents there are', (text) => {
    expect(verdict(iconv.encode(`Name\n${text}\n`, 'win1252'))).toMatchObject({ encoding: 'windows-1252' });
  });

  it('never takes Czech and Polish of Windows-1250 for Mac Roman', () => {
    for (const text of ['Božena', 'Dvořák', 'Němcová Růžena', 'Żółć', 'Źdźbło', 'Paweł Więcek'])
      expect(verdict(iconv.encode(`Name\n${text}\n`, 'win1250'))).toMatchObject({ encoding: 'windows-1252' });
  });

  it.each([
    ['spreadsheet', Buffer.from('PK\u0003\u0004rest of a workbook')],
    ['spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1])],
    ['binary', Buffer.from('%PDF-1.7')],
    ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
    ['binary', Buffer.from('a,b\nc\u0000,d\n')],
    ['binary', Buffer.from('\ufeffa,b\u0000\n')],
    ['binary', iconv.encode('a\u0000b', 'utf-16le', { addBOM: true })],
    ['binary', Buffer.from(Array.from({ length: 400 }, (_, n) => (n * 7) % 256))],
    ['empty', Buffer.alloc(0)],
    ['empty', Buffer.from('\ufeff')],
  ])('refuses %s', (reason, bytes) => {
    for (const size of sizes) expect(verdict(bytes, size)).toEqual({ kind: 'refused', reason });
  });
});

it('gives text back in each encoding', async () => {
  for (const encoding of encodings) {
    const text = `Prénom;œ ${encoding === 'macintosh' ? '' : '€'} ’ –\r\n`;
    expect(await textOf(encodeAs(text, encoding), encoding, 3)).toBe(text);
  }
  expect(encodeAs('a', 'utf-8', { bom: true })).toEqual(Buffer.from('\ufeffa'));
  expect(encodeAs('a', 'windows-1252', { bom: true })).toEqual(Buffer.from('a'));
});

it('reads what Windows-1252 has where Latin-1 has control characters', async () => {
  expect(await textOf(Buffer.from([0x80, 0x8c, 0x92, 0x9c]), 'windows-1252', 1)).toBe('€Œ’œ');
});
