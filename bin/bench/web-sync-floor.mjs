/*
 * The least a synchronisation with Google or Microsoft 365 can cost: the same requests, word for word, one after another over
 * one socket, their answers read to the end and as JSON. Nothing is compared, kept or logged.
 */
import http from 'node:http';

process.on('message', async ({ origin, token, calls }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let [contacts, parsing] = [0, 0];
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const call of calls) {
    const { status, text } = await ask(origin, agent, token, call);
    if (status !== 200) throw new Error(`The server answered ${status} to ${call.url}`);
    const parsingAt = performance.now();
    contacts += contactsIn(JSON.parse(text));
    parsing += performance.now() - parsingAt;
  }
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1000;
  process.send({ milliseconds: performance.now() - startedAt, processor, parsing, contacts });
  agent.destroy();
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

/** Contacts with their fields: of a page of Google, or of a batch of Microsoft. */
function contactsIn({ connections = [], responses = [] }) {
  return (
    connections.filter(({ names }) => names).length +
    responses.filter(({ body }) => body?.displayName && body.emailAddresses).length
  );
}

function ask(origin, agent, token, { method, url, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${origin}${url}`, {
      ...{ method, agent },
      headers: { ...headers, 'accept-encoding': 'identity', authorization: `Bearer ${token}` },
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
