import http from 'node:http';

/** An HTTP server on this machine alone, that can be closed with all its sockets at once. */
export class Listener {
  /** Requests in work now and most at once. */
  atOnce = { now: 0, most: 0 };
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();

  /** @param {(request: http.IncomingMessage, response: http.ServerResponse) => Promise<unknown>} take */
  constructor(take) {
    this.server = http.createServer((request, response) => {
      this.atOnce.now++;
      this.atOnce.most = Math.max(this.atOnce.most, this.atOnce.now);
      response.on('close', () => this.atOnce.now--);
      response.on('error', () => undefined);
      take(request, response).catch((error) => {
        // A client that hung up is no fault of ours; anything else must show in the test.
        if (response.headersSent || request.destroyed) return;
        response.writeHead(500, { 'Content-Type': 'text/plain' });
        response.end(String(error?.stack ?? error));
      });
    });
    // Whoever asks lets go of a socket before that: sockets of a session that is over are not waited for long.
    this.server.keepAliveTimeout = 3_000;
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param {number} port 0 takes a free one */
  async listen(port) {
    await new Promise((done, failed) => {
      this.server.once('error', failed);
      this.server.listen(port, '127.0.0.1', () => done(undefined));
    });
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get openSockets() {
    return this.#sockets.size;
  }

  async close() {
    if (!this.server.listening) return;
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
