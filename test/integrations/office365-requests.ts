import { wrongRequests } from '../fakes/office365/server.js';

/*
 * What the connector sends holds against Microsoft's own description of its types (test/fakes/office365, CSDL): an unknown
 * property, a wrong type or parameter is a fault of ours, also where the connector would take the refusal calmly.
 */

/** The last test of a spec file that starts a stand-in of Microsoft 365. */
export function requestsFollowTheDescription(): void {
  it('sends requests that follow the description of Microsoft Graph', () => {
    expect(wrongRequests).toEqual([]);
  });
}
