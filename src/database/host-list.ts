import { connect, type Socket } from 'node:net';

export interface Host {
  host: string;
  port: number;
}

/**
 * Opens sockets to the first host of a list; when one cannot be reached, the next attempt goes to the next host, round
 * and round. A connection that is merely lost is opened again at the same host.
 * @param first the place in the list of the host to begin with
 */
export function socketsTo(hosts: readonly Host[], first = 0): () => Socket {
  let current = first;
  return () => {
    const at = current;
    const socket = connect({ ...hosts[at], noDelay: true, keepAlive: true });
    let reached = false;
    socket.once('connect', () => (reached = true));
    // Also after the driver's own time limit for connecting, which closes the socket.
    socket.once('close', () => {
      if (!reached && current === at) current = (at + 1) % hosts.length;
    });
    return socket;
  };
}
