import { refusalOf, wantsAdministrator } from './refusal.js';

describe('What a provider refuses', () => {
  it.each([
    ['access_denied', '', 'denied'],
    ['access_denied', 'AADSTS90094: An administrator has to agree. Trace ID: 65001', 'administrator'],
    ['invalid_client', 'AADSTS65001', 'administrator'],
    ['access_denied', 'Trace ID: 65001', 'denied'],
    ['server_error', 'AADSTS650010', 'busy'],
    ['constructor', '', 'busy'],
  ])('as %s (%s) ends as %s', (error, description, end) => {
    expect(refusalOf(error, description)).toBe(end);
  });

  it('may be for an administrator to allow, by the same numbers at the token service', () => {
    expect(['65001', '90093', '900941'].map((number) => wantsAdministrator(['50076', number]))).toEqual([
      ...[true, true, true],
    ]);
    expect(wantsAdministrator(['', '650010', '9009'])).toBe(false);
  });
});
