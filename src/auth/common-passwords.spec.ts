import { isCommonPassword } from './common-passwords.js';

describe('isCommonPassword', () => {
  it.each([
    'password1234',
    'Password123!',
    'P@ssw0rd2024!',
    'motdepasse123',
    'MotDePasse2026',
    'azertyuiop12',
    'qwertyuiop123',
    'Azerty123456',
    '1q2w3e4r5t6y',
    '1qaz2wsx3edc',
    '123456789012',
    '000000000000',
    '0123-4567-8901',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'abcdefghijkl',
    'iloveyou1234',
    'jetaime12345',
    'Bienvenue2026!',
    'Welcome2026!!',
    'letmeinletmein',
    'administrator1',
    'changeme12345',
    'correcthorsebatterystaple',
    'Football2024!',
    'Été2026-été2026',
    '20261122 2026',
    '............',
  ])('knows %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'correct-mule-cell-stapler',
    'le chat mange une tarte',
    'violet tram 4 grenouille',
    'kR7#vQ2m!xW9',
    'happy tiger winter guitar',
    'ouistiti gravite lentement',
    '密码很长而且不常见的句子呢',
    '8319 0472 6650 9137 22',
  ])('lets %s pass', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});
