/*
 * The least a synchronisation can cost: the same requests, word for word, one after another over one signed-in socket, their
 * answers read to the end and by a plain XML parser, for whoever asks for contacts by their ids has to find them. Nothing is
 * compared, kept or logged. A process of its own, like the application; it may be asked several times.
 */
import http from 'node:http';
import { createRequire } from 'node:module';
import { XMLParser } from 'fast-xml-parser';

const ntlm = createRequire(import.meta.url)('@ewsjs/ntlm-client');

process.on('message', async ({ url, login, password, bodies }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const [domain, user] = login.split('\\');
  let [contacts, parsing] = [0, 0];
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const { headers } = await post(url, agent, '', ntlm.createType1Message('', ''));
  const type2 = ntlm.decodeType2Message({ headers });
  const proof = ntlm.createType3Message(type2, user, password, '', domain);
  for (const [i, body] of bodies.entries()) {
    const { status, text } = await post(url, agent, body, i === 0 ? proof : undefined);
    if (status !== 200) throw new Error(`The server answered ${status}`);
    const parsingAt = performance.now();
    contacts += contactsIn(text);
    parsing += performance.now() - parsingAt;
  }
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1000;
  process.send({ milliseconds: performance.now() - startedAt, processor, parsing, contacts });
  agent.destroy();
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

const parser = new XMLParser({
  ...{ removeNSPrefix: true, ignoreAttributes: false, parseTagValue: false, trimValues: false },
  isArray: (name) => /^(Create|Contact|Entry|\w+ResponseMessage)$/.test(name),
});

/** Contacts with their fields in an answer to GetItem. */
function contactsIn(text) {
  const { Envelope } = parser.parse(text);
  const messages = Envelope.Body.GetItemResponse?.ResponseMessages.GetItemResponseMessage ?? [];
  return messages.filter(({ Items }) => Items.Contact[0].DisplayName).length;
}

function post(url, agent, body, authorization) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      ...{ method: 'POST', agent },
      headers: {
        'Content-Type': 'text/xml; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
        ...(authorization && { Authorization: authorization }),
      },
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
