import { Words } from '../../web/words.js';
import { birthdayIn, birthdayText, readBirthday } from './birthday.js';

describe('a birthday', () => {
  it.each([
    ['12/04/1985', '1985-04-12'],
    ['12.4.1985', '1985-04-12'],
    ['1985-04-12', '1985-04-12'],
    ['12 April 1985', '1985-04-12'],
    ['April 12, 1985', '1985-04-12'],
    ['1er août 1950', '1950-08-01'],
    ['12 avril', '--04-12'],
    ['29/2', '--02-29'],
    ['--02-29', '--02-29'],
    ['3 sept. 2001', '2001-09-03'],
  ])('is read from %s', (typed, day) => expect(readBirthday(typed)).toBe(day));

  it.each(['', '31/4', '29/2/2023', '1985', '12/13/1985', '12 jui', 'soon', '12/04/85'])(
    'is not read from “%s”',
    (typed) => expect(readBirthday(typed)).toBeNull(),
  );

  it.each(['1985-04-12', '--02-29'])('is %s again after it was shown', (day) => {
    for (const locale of ['en', 'fr'] as const)
      expect(readBirthday(birthdayText(Words.for(locale), day))).toBe(day);
  });

  it('is found in a card, also without its year', () => {
    expect(birthdayIn([['bday', {}, 'date', '1985-04-12']])).toBe('1985-04-12');
    expect(birthdayIn([['bday', {}, 'date-and-or-time', '19850412T231000Z']])).toBe('1985-04-12');
    expect(birthdayIn([['bday', {}, 'date-and-or-time', '--0412']])).toBe('--04-12');
    expect(birthdayIn([['bday', { 'x-apple-omit-year': '1604' }, 'date', '1604-04-12']])).toBe('--04-12');
    expect(birthdayIn([['bday', {}, 'text', 'circa 1800']])).toBeNull();
  });

  it('is written in the words of the reader', () => {
    expect(birthdayText(Words.for('en'), '1985-04-12')).toBe('12 April 1985');
    expect(birthdayText(Words.for('fr'), '--04-12')).toBe('12 avril');
  });
});
