import { misread, misreadAs, misreadings, Repair } from './misread.js';

const text = 'Prénom,Société\nFrançois Lefèvre à l’hôtel,Müller Núñez Œuvré “Forêt” €\n欧阳 Иванова 😀\n';

describe.each(misreadings)('%s', (misreading) => {
  const written = misreading === 'windows-1252-misread' ? text.replace(/欧阳.*/u, '') : text;
  const wrong = misread(written, misreading);

  it('is seen, and undone whatever pieces the text comes in', () => {
    expect(wrong).not.toBe(written);
    expect(misreadAs(wrong)).toBe(misreading);
    for (const size of [1, 2, 3, 5, 1000]) {
      const repair = new Repair(misreading);
      let right = '';
      for (let at = 0; at < wrong.length; at += size) right += repair.push(wrong.slice(at, at + size));
      expect(right + repair.end()).toBe(written);
    }
  });
});

it.each([
  text,
  'Name\nAda',
  'Nom\nÉLODIE LEFÈVRE',
  'Nom\nSÃO JOÃO',
  'Nome\nSão João',
  '欧阳',
  'François, FranÃ§ois',
  '\ufeffPrénom',
  '',
])('sees nothing wrong in %j', (right) => expect(misreadAs(right)).toBeNull());

it('reads the two as they are known from address books', () => {
  expect(new Repair('windows-1252-misread').push('PrÈnom,DeuxiËme prÈnom,FranÁois')).toBe(
    'Prénom,Deuxième prénom,François',
  );
  expect(misreadAs('PrÈnom,Nom')).toBe('windows-1252-misread');
  expect(new Repair('utf-8-misread').push('FranÃ§ois,')).toBe('François,');
  expect(misreadAs('FranÃ§ois')).toBe('utf-8-misread');
});
