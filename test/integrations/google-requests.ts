import { wrongRequests } from '../fakes/google/server.js';

/** For files that start a stand-in of Google: a request its published description does not know fails the file. */
export function requestsFollowTheDescription(): void {
  afterAll(() => {
    const [wrong] = wrongRequests;
    if (wrong !== undefined) throw new Error(`A request does not follow Google's description: ${wrong}`);
  });
}
