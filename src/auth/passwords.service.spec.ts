import { type DataSource } from 'typeorm';
import { type Mails } from '../mail/mails.service.js';
import { passwordProblem, Passwords } from './passwords.service.js';

const ada = { email: 'ada.lovelace@example.test', givenName: 'Ada', familyName: 'Lovelace' };

describe('Passwords', () => {
  it('hashes with Argon2id at the cost OWASP asks for, also where tests run', async () => {
    const passwords = new Passwords({} as DataSource, {} as Mails);
    expect(await passwords.hash('quatre violons sous la pluie')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
  });
});

describe('passwordProblem', () => {
  it('takes any long enough sentence', () => {
    expect(passwordProblem('quatre violons sous la pluie', ada)).toBeNull();
  });

  it('counts characters as people do', () => {
    expect(passwordProblem('🎻🎻🎺🎺🥁🥁🎷🎷🎸🎸🎹', ada)).toMatchObject({ key: 'auth.password.too-short' });
    expect(passwordProblem('e\u0301'.repeat(11), ada)).toMatchObject({ key: 'auth.password.too-short' });
    expect(passwordProblem('é'.repeat(64) + 'x'.repeat(65), ada)).toMatchObject({
      key: 'auth.password.too-long',
    });
  });

  it.each([
    'Ada.Lovelace.1815',
    'lovelace-ada-12',
    'ada.lovelace@example.test',
    'AdaLovelaceAdaLovelace',
    'Lovelace1815!!',
    'example.test 2026',
  ])('refuses the name or the address: %s', (password) => {
    expect(passwordProblem(password, ada)).toEqual({ key: 'auth.password.about-you' });
  });

  it('refuses what everybody tries first', () => {
    expect(passwordProblem('Motdepasse2026!', ada)).toEqual({ key: 'auth.password.common' });
  });

  it('does not take a word of a sentence for the name', () => {
    expect(passwordProblem('lovelace wrote the first program', ada)).toBeNull();
  });
});
