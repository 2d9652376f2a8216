import { navigationFor, type NavigationRequest } from './navigation.js';
import { Words } from './words.js';

const request: NavigationRequest = {
  role: 'member',
  kind: 'company',
  features: [],
  mailPage: true,
  path: '/contacts',
  words: Words.for('en'),
};
const hrefs = (of: NavigationRequest) =>
  navigationFor(of).flatMap(({ items }) => items.map(({ href }) => href));

describe('navigationFor', () => {
  it('shows a member no administration', () => {
    expect(navigationFor(request)).toEqual([
      {
        heading: null,
        items: [
          { href: '/', label: 'Home', icon: 'home', current: false, key: 'h' },
          { href: '/contacts', label: 'Contacts', icon: 'contacts', current: true, key: 'c' },
        ],
      },
    ]);
  });

  it('shows an admin the mail page only when mails are kept', () => {
    expect(hrefs({ ...request, role: 'admin' })).toContain('/mail');
    expect(hrefs({ ...request, role: 'owner', mailPage: false })).not.toContain('/mail');
  });

  it('shows whoever owns a personal account no administration, and no directory of one', () => {
    const features = ['external-contacts'];
    expect(hrefs({ ...request, role: 'owner', kind: 'personal', features })).toEqual([
      '/',
      '/external-contacts',
    ]);
  });

  it('says beside external contacts how many requests wait', () => {
    const countOf = (externalRequests: number) =>
      navigationFor({ ...request, features: ['external-contacts'], counts: { externalRequests } })[0].items[2]
        .count;
    expect(countOf(0)).toBeUndefined();
    expect(countOf(1)).toEqual({ text: '1', label: '1 request waits for your answer' });
    expect(countOf(100)).toEqual({ text: '99+', label: '99+ requests wait for your answer' });
  });

  it('lists personal contacts for whom they are on', () => {
    expect(hrefs({ ...request, features: ['personal-contacts'] })).toEqual([
      '/',
      '/contacts',
      '/personal-contacts',
    ]);
  });

  it.each([
    ['/users?status=pending', '/users'],
    ['/users/0190/edit', '/users'],
    ['/usersettings', undefined],
    ['/?from=mail', '/'],
  ])('marks the page of %s', (path, href) => {
    const items = navigationFor({ ...request, role: 'admin', path }).flatMap((section) => section.items);
    expect(items.find(({ current }) => current)?.href).toBe(href);
  });
});
