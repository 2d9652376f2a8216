import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { listed } from './listed.js';

let app: TestApp;
let browser: Browser;

/** Nobody else: names, and what they are found by. */
const people = [
  { givenName: 'Minh', familyName: 'Đỗ', email: 'minh.do@example.test' },
  { givenName: 'Thị', familyName: 'Nguyễn', email: 't.n@example.test' },
  { givenName: 'Łukasz', familyName: 'Wójcik', email: 'lw@example.test' },
  { givenName: 'Søren', familyName: 'Kjær', email: 'sk@example.test' },
  { givenName: 'Solène', familyName: 'Cœur', email: 'sc@example.test' },
  { givenName: 'Jörg', familyName: 'Weißenberg', email: 'jw@example.test' },
  { givenName: 'Siobhan', familyName: 'O’Reilly', email: 'so@example.test', jobTitle: 'Head of Testing' },
  { givenName: 'Claire', familyName: 'Martin', email: 'cm@example.test', workPhone: '+33140205050' as const },
  { givenName: 'Odd', familyName: '100% Sure_thing', email: 'odd_one@example.test', jobTitle: 'a\\b' },
  { givenName: 'Plain', familyName: 'Onehundred', email: 'oddXone@example.test' },
];

beforeAll(async () => {
  app = await startApp();
  const account = await app.anAccount();
  for (const person of people) await app.aUser({ account, ...person });
  ({ browser } = await app.signedIn({
    account,
    givenName: 'Viewer',
    familyName: 'Zz',
    email: 'v@example.org',
  }));
});
afterAll(() => app.close());

const find = async (q: string) => listed(await browser.get(`/contacts?q=${encodeURIComponent(q)}`));

describe('the search of colleagues', () => {
  it.each([
    ['Do', 'Minh Đỗ'],
    ['đỗ', 'Minh Đỗ'],
    ['DO', 'Minh Đỗ'],
    ['nguyen', 'Thị Nguyễn'],
    ['Nguyễn', 'Thị Nguyễn'],
    ['lukasz', 'Łukasz Wójcik'],
    ['ŁUKASZ', 'Łukasz Wójcik'],
    ['wojcik', 'Łukasz Wójcik'],
    ['soren', 'Søren Kjær'],
    ['søren kjær', 'Søren Kjær'],
    ['kjaer', 'Søren Kjær'],
    ['coeur', 'Solène Cœur'],
    ['cœur', 'Solène Cœur'],
    ['weissenberg', 'Jörg Weißenberg'],
    ['WEISSENBERG', 'Jörg Weißenberg'],
    ['weißen', 'Jörg Weißenberg'],
    ['oreilly', 'Siobhan O’Reilly'],
    ["o'reilly", 'Siobhan O’Reilly'],
  ])('finds by letters, whatever their accents and case: %s', async (q, name) => {
    expect(await find(q)).toContain(name);
  });

  it('takes words in any order and any part of them', async () => {
    expect(await find('martin claire')).toEqual(['Claire Martin']);
    expect(await find('art lai')).toEqual(['Claire Martin']);
    expect(await find('martin nguyen')).toEqual([]);
  });

  it.each([
    '+33 1 40 20 50 50',
    '01 40 20 50 50',
    '0033140205050',
    '(0)1.40.20.50.50',
    '40-20-50',
    '140205050',
  ])('finds a number however it is written: %s', async (q) => {
    expect(await find(q)).toEqual(['Claire Martin']);
  });

  it('finds by e-mail address and by title', async () => {
    expect(await find('minh.do@example.test')).toEqual(['Minh Đỗ']);
    expect(await find('testing head')).toEqual(['Siobhan O’Reilly']);
  });

  it('takes %, _ and \\ for what they are', async () => {
    expect(await find('odd_one@')).toEqual(['Odd 100% Sure_thing']);
    expect(await find('oddXone@')).toEqual(['Plain Onehundred']);
    for (const q of ['odd%@', 'od_xone@', 'minh%do@', 'minh\\.do@']) expect(await find(q)).toEqual([]);
  });

  it('says so when nothing is left to look for, and does not list everybody', async () => {
    const answer = await browser.get(`/contacts?q=${encodeURIComponent('?!…')}`);
    expect(listed(answer)).toEqual([]);
    expect(visibleText(answer)).toContain('Type at least one letter or digit.');
  });

  it('says that nobody matches, with what was typed, harmless', async () => {
    const answer = await browser.get(`/contacts?q=${encodeURIComponent('<b>zzzz"')}`);
    expect(visibleText(answer)).toContain('Nobody matches “<b>zzzz"”');
    expect(answer.text).not.toContain('<b>zzzz');
  });

  it('ignores what no form of ours sends', async () => {
    for (const query of [
      'q=a&q=b',
      'q[a]=b',
      'after=%00',
      'before=nonsense',
      'sort=email',
      'group=1',
      'after=',
    ]) {
      expect((await browser.get(`/contacts?${query}`)).status).toBe(200);
    }
  });
});
