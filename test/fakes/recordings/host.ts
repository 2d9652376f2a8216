import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A telephone system that keeps recordings, at the wire: each path answers as it was told. */
export interface FakeRecordingHost {
  /** `http://127.0.0.1:port` */
  origin: string;
  /** Paths asked for, in order. */
  asked: string[];
  /** @param path with its leading slash */
  answer(path: string, answer: Answer): string;
  close(): Promise<void>;
}

export async function startRecordingHost(): Promise<FakeRecordingHost> {
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    (answers.get(path.split('?')[0]) ?? ((_, none) => none.writeHead(404).end('Not here')))(
      request,
      response,
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ origin, asked },
    answer: (path, answer) => {
      answers.set(path, answer);
      return origin + path;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** A second or so of silence: PCM, 8 kHz, 16 bit, one channel. */
export function aWave(samples = 800): Buffer {
  const data = Buffer.alloc(samples * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Frames of 32 kbit/s at 8 kHz (MPEG 2.5, layer III): 288 bytes each. */
export function anMp3(frames = 4, tag = false): Buffer {
  const frame = Buffer.alloc(288);
  frame.writeUInt32BE(0xffe34800, 0);
  const id3 = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 6, 1, 2, 3, 4, 5, 6]);
  return Buffer.concat([...(tag ? [id3] : []), ...Array.from({ length: frames }, () => frame)]);
}
