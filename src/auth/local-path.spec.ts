import { localPath, loginPath } from './local-path.js';

describe('localPath', () => {
  it.each(['/contacts', '/contacts?q=ada&sort=name', '/', '/a//b', '/users/%2F%2Fevil.example'])(
    'takes %s',
    (path) => {
      expect(localPath(path)).toBe(path);
    },
  );

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/ok\\..\\evil',
    ' /contacts',
    'contacts',
    'javascript:alert(1)',
    '',
    '/a b',
    `/${'a'.repeat(2001)}`,
    undefined,
    ['/contacts'],
  ])('refuses %j', (path) => {
    expect(localPath(path)).toBeNull();
  });
});

describe('loginPath', () => {
  it('carries the page to come back to', () => {
    expect(loginPath('/users?q=é&x=1')).toBe('/login?next=%2Fusers%3Fq%3D%C3%A9%26x%3D1');
  });

  it('carries nothing for the start page or a foreign one', () => {
    expect([loginPath('/'), loginPath('//evil.example'), loginPath()]).toEqual([
      '/login',
      '/login',
      '/login',
    ]);
  });
});
