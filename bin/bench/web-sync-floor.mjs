/*
 * The least a synchronisation with Google or Microsoft 365 can cost: the same requests, word for word, one after another over
 * one socket, their answers read to the end and as JSON. Nothing is compared or logged, and nothing kept unless it is told of a
 * connection whose rows are to be written once more.
 */
import http from 'node:http';
import mysql from 'mysql2/promise';
import { newId } from '../../dist/src/database/new-id.js';
import { settingsOf } from './database.mjs';

process.on('message', async ({ origin, token, calls, rowsOf }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const copy = rowsOf && (await Copy.of(rowsOf));
  let [contacts, parsing] = [0, 0];
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const call of calls) {
    const { status, text } = await ask(origin, agent, token, call);
    if (status !== 200) throw new Error(`The server answered ${status} to ${call.url}`);
    const parsingAt = performance.now();
    contacts += contactsIn(JSON.parse(text));
    parsing += performance.now() - parsingAt;
    await copy?.writeUpTo(contacts);
  }
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1000;
  const milliseconds = performance.now() - startedAt;
  await copy?.forget();
  process.send({ milliseconds, processor, parsing, contacts });
  agent.destroy();
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

/** Rows of one synchronisation, written again as they are under other ids: contacts, their places and their history. */
class Copy {
  #connectionId = newId();
  #batchId = newId();
  #written = 0;

  static async of({ url, id }) {
    const copy = new Copy();
    copy.database = await mysql.createConnection(settingsOf(url));
    const read = async (sql) => (await copy.database.query(sql, [id]))[0];
    const ids = 'SELECT id FROM cloud_contacts WHERE connectionId = ?';
    copy.contacts = await read('SELECT * FROM cloud_contacts WHERE connectionId = ? ORDER BY id');
    copy.places = await read(`SELECT * FROM cloud_contact_folders WHERE contactId IN (${ids})`);
    copy.history = await read(`SELECT * FROM journal_entries WHERE subjectId IN (${ids})`);
    copy.ids = new Map(copy.contacts.map((row) => [row.id, newId()]));
    return copy;
  }

  /** A page is one transaction, as long as those of the application. */
  async writeUpTo(count) {
    if (count - this.#written < PAGE && count < this.contacts.length) return;
    const some = this.contacts.slice(this.#written, count);
    const those = new Set(some.map(({ id }) => id));
    this.#written = count;
    await this.database.beginTransaction();
    const own = { connectionId: this.#connectionId };
    await this.#insert('cloud_contacts', some, (row) => ({ ...row, ...own, id: this.ids.get(row.id) }));
    await this.#insert(
      'cloud_contact_folders',
      this.places.filter(({ contactId }) => those.has(contactId)),
      (row) => ({ ...row, contactId: this.ids.get(row.contactId) }),
    );
    await this.#insert(
      'journal_entries',
      this.history.filter(({ subjectId }) => those.has(subjectId)),
      (row) => ({ ...row, batchId: this.#batchId, subjectId: this.ids.get(row.subjectId) }),
    );
    await this.database.commit();
  }

  async #insert(table, rows, as) {
    if (rows.length === 0) return;
    const names = Object.keys(rows[0]).map((name) => `\`${name}\``);
    await this.database.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES ?`, [
      rows.map((row) => Object.values(as(row))),
    ]);
  }

  /** Its history stays: a journal is only added to, here too. */
  async forget() {
    const ids = [...this.ids.values()];
    await this.database.query('DELETE FROM cloud_contact_folders WHERE contactId IN (?)', [ids]);
    await this.database.query('DELETE FROM cloud_contacts WHERE connectionId = ?', [this.#connectionId]);
    await this.database.end();
  }
}

/** Contacts of a page of the service that gives the shorter ones. */
const PAGE = 200;

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
