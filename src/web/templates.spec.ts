import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Assets } from './assets.js';
import { viewsDir } from './paths.js';
import { Templates } from './templates.js';
import { Words } from './words.js';

const assets = new Assets();
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'templates-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function templatesOf(files: Record<string, string>): Templates {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return new Templates(folder, { assets }).compileAll();
}

describe('Templates', () => {
  it('renders a view inside a layout with a partial', () => {
    const templates = templatesOf({
      'layouts/frame.hbs': '<h1>{{title}}</h1>{{> @partial-block}}',
      'partials/name.hbs': '<b>{{name}}</b>',
      'users/list.hbs': '{{#> frame title="All"}}{{#each users}}{{> name}}{{/each}}{{/frame}}',
    });
    expect(templates.render('users/list', { users: [{ name: 'Ada' }] })).toBe('<h1>All</h1><b>Ada</b>');
  });

  it('escapes what it is given, but not in plain text', () => {
    const templates = templatesOf({ 'page.hbs': '<i title="{{x}}">{{x}}</i>', 'mail.txt.hbs': '{{x}}' });
    expect(templates.render('page', { x: '"<b>' })).toBe('<i title="&quot;&lt;b&gt;">&quot;&lt;b&gt;</i>');
    expect(templates.render('mail.txt', { x: 'Tom & "Jo"' })).toBe('Tom & "Jo"');
  });

  it('does not reach what an object inherits', () => {
    const templates = templatesOf({ 'page.hbs': '[{{user.secret}}{{user.constructor.name}}]' });
    // Handlebars also tells the developer.
    const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    class User {
      get secret() {
        return 'secret';
      }
    }
    expect(templates.render('page', { user: new User() })).toBe('[]');
    expect(told).toHaveBeenCalled();
    told.mockRestore();
  });

  it.each([
    ['a missing partial', '{{> nobody}}', 'no partial nobody'],
    ['a parameter a partial does not take', '{{> page nickname=1}}', 'page takes no nickname'],
    ['one among the only ones', '{{> page (only x=1)}}', 'page takes no x'],
    ['a missing layout', '{{#> nobody}}{{/nobody}}', 'no partial nobody'],
    ['a missing asset', "{{asset 'css/nothing.css'}}", 'No asset css/nothing.css'],
    ['a value named like a helper', '{{date}}', 'date is a helper'],
    ['unescaped output', '{{{html}}}', 'triple braces'],
    ['unescaped output by ampersand', '{{&html}}', 'triple braces'],
    ['an unknown helper', '{{shout name}}', 'shout'],
    ['a broken tag', '{{#if x}}', 'Parse error'],
  ])('refuses %s before anything is rendered', (_, text, message) => {
    expect(() => templatesOf({ 'page.hbs': text })).toThrow(message);
  });

  it('refuses them at first use where not all are compiled, as in the commands of the operator', () => {
    writeFileSync(join(folder, 'page.hbs'), '{{{html}}}');
    writeFileSync(join(folder, 'right.hbs'), '{{x}}');
    const templates = new Templates(folder, { assets });
    expect(templates.render('right', { x: 1 })).toBe('1');
    expect(() => templates.render('page', {})).toThrow('triple braces');
  });

  it('lets a parameter pass through to what a partial includes', () => {
    const templates = templatesOf({
      'partials/outer.hbs': '{{> inner}}',
      'partials/inner.hbs': '{{name}}',
      'page.hbs': "{{> outer name='Ada'}}",
    });
    expect(templates.render('page', {})).toBe('Ada');
  });

  it('keeps a text area as it was typed inside an indented partial', () => {
    const templates = templatesOf({
      'partials/area.hbs': '<p>\na\nb</p>',
      'page.hbs': '<div>\n    {{> area}}\n</div>',
    });
    expect(templates.render('page', {})).toContain('<p>\na\nb</p>');
  });

  it('speaks the words of the shell', () => {
    const templates = templatesOf({ 'page.hbs': "{{t 'common.error.too-many' minutes=n}} {{number big}}" });
    const shell = { words: Words.for('en') };
    expect(templates.render('page', { n: 5, big: 1284, shell })).toBe('Try again in 5 minutes. 1,284');
  });

  it('keeps the rest of the address when the language changes', () => {
    const templates = templatesOf({ 'page.hbs': "{{inLanguage 'fr'}}" });
    const shell = { words: Words.for('en'), path: '//evil.example/?next=%2Fusers&lang=en' };
    expect(templates.render('page', { shell })).toBe('/?next&#x3D;%2Fusers&amp;lang&#x3D;fr');
  });

  it('compiles every template of the application', () => {
    expect(() => new Templates(viewsDir, { assets }).compileAll()).not.toThrow();
  });
});
