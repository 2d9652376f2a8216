import { buildOf, exchangeVersions, lowerVersion, sentVersion, serverName } from './versions.js';

describe('Versions of Exchange', () => {
  it('sends nothing newer than the list of the documentation', () =>
    expect(exchangeVersions.map(sentVersion)).toEqual([
      ...['Exchange2007_SP1', 'Exchange2010', 'Exchange2010_SP1', 'Exchange2010_SP2', 'Exchange2013'],
      ...Array<string>(3).fill('Exchange2013_SP1'),
    ]));

  it('steps down one by one, and ends', () => {
    const steps: string[] = [];
    for (let step = lowerVersion('Exchange2013_SP1'); step; step = lowerVersion(step)) steps.push(step);
    expect(steps).toEqual([
      ...['Exchange2013', 'Exchange2010_SP2', 'Exchange2010_SP1', 'Exchange2010', 'Exchange2007_SP1'],
    ]);
  });

  it.each([
    [8, 1, 'Exchange 2007'],
    [14, 3, 'Exchange 2010'],
    [15, 0, 'Exchange 2013'],
    [15, 1, 'Exchange 2016'],
    [15, 2, 'Exchange 2019'],
    [16, 0, 'Exchange 16.0'],
  ])('%i.%i is %s', (major, minor, name) =>
    expect(serverName({ major, minor, build: 1, revision: 2 })).toBe(name),
  );

  it('writes a build as the server does', () =>
    expect(buildOf({ major: 15, minor: 1, build: 2507, revision: 6 })).toBe('15.1.2507.6'));
});
