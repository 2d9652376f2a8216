/* A browser reduced to what the benchmark needs: cookies, Origin, form tokens. */
import http from 'node:http';

export class Client {
  #cookies = new Map();
  #agent = new http.Agent({ keepAlive: true });

  constructor(origin) {
    this.origin = origin;
  }

  get cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** @returns {Promise<{ status: number, location?: string, text: string, bytes: number }>} */
  async get(path, { discard = false } = {}) {
    return this.#send('GET', path, {}, undefined, discard);
  }

  async post(path, fields) {
    const body = new URLSearchParams(fields).toString();
    return this.#send(
      'POST',
      path,
      { 'content-type': 'application/x-www-form-urlencoded' },
      Buffer.from(body),
    );
  }

  async upload(path, fields, name, file) {
    const boundary = `bench${process.pid}`;
    const head = Object.entries(fields)
      .map(
        ([field, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
      )
      .join('');
    const body = Buffer.concat([
      Buffer.from(
        `${head}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`,
      ),
      file,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    return this.#send('POST', path, { 'content-type': `multipart/form-data; boundary=${boundary}` }, body);
  }

  /** The token of a form on a page. */
  async token(path) {
    return fieldOf((await this.get(path)).text, '_csrf');
  }

  async signIn(email, password) {
    const answer = await this.post('/login', { _csrf: await this.token('/login'), email, password });
    if (answer.status !== 303) throw new Error(`Signing in answered ${answer.status}`);
  }

  close() {
    this.#agent.destroy();
  }

  #send(method, path, headers, body, discard = false) {
    return new Promise((resolve, reject) => {
      const request = http.request(new URL(path, this.origin), {
        method,
        agent: this.#agent,
        headers: {
          ...headers,
          ...(body ? { 'content-length': body.length, origin: this.origin } : {}),
          cookie: this.cookie,
        },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
        const chunks = [];
        let bytes = 0;
        response.on('data', (chunk) => {
          bytes += chunk.length;
          if (!discard) chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            location: response.headers.location,
            text: Buffer.concat(chunks).toString('utf8'),
            bytes,
          }),
        );
      });
      request.end(body);
    });
  }

  #keep(line) {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1);
    if (value) this.#cookies.set(pair.slice(0, at), value);
    else this.#cookies.delete(pair.slice(0, at));
  }
}

/** The value of a hidden field of a page. */
export function fieldOf(html, name) {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  if (value === undefined) throw new Error(`The page has no field ${name}`);
  return value;
}
