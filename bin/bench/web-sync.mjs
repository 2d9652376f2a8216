/* Synchronisation with Google and Microsoft 365, as sync.mjs measures it with Exchange, beside their stand-ins on this machine. */
import { once } from 'node:events';
import { medianPair, milliseconds } from './figures.mjs';
import { Bench, FIRST, measureFew, measureQuiet, ROUNDS } from './sync.mjs';

/** `places`: what has a cursor of its own, besides the list of folders or labels. */
const providers = [
  { provider: 'google', name: 'Google', places: 1 },
  { provider: 'office365', name: 'Microsoft 365', places: 1 },
];

/** @param {{ env: Record<string, string>, add: Function }} bench a migrated database with one company in it */
export async function measureWebSync({ env, add }) {
  for (const { provider, name, places } of providers) {
    const of = (email, contacts) => ({ provider, email, contacts });
    const firsts = Array.from({ length: ROUNDS + 1 }, (_, round) => of(`first${round}@bench.example`, FIRST));
    const others = [of('few@bench.example', 500), of('many@bench.example', 5_000)];
    const bench = await WebBench.start(env, [...firsts, ...others]);
    try {
      const at = `${name}: `;
      await measureFirst(bench, env, add, at);
      await measureQuiet(bench, add, at, places);
      await measureFew(bench, add, at);
    } finally {
      await bench.stop();
    }
  }
}

async function measureFirst(bench, env, add, at) {
  const [ours, started, stayed, written, worked, workedStayed] = [[], [], [], [], [], []];
  const warm = await bench.startFloor();
  const [application] = bench.applications;
  let seen;
  for (let round = 0; round <= ROUNDS; round++) {
    const email = `first${round}@bench.example`;
    await bench.server('forget');
    const before = application.processorTime();
    const id = await bench.connect(email);
    const processor = application.processorTime() - before;
    const spent = await bench.lastRun(id);
    seen = await bench.server('bodies');
    // In turn, so that a slow moment of the machine meets all of them.
    const cold = await bench.startFloor();
    const bare = await bench.floor(cold, email, seen.bodies);
    cold.disconnect();
    await once(cold, 'exit');
    const again = await bench.floor(warm, email, seen.bodies);
    const writer = await bench.startFloor();
    const keeping = await bench.floor(writer, email, seen.bodies, { rowsOf: { url: env.DATABASE_URL, id } });
    writer.disconnect();
    await once(writer, 'exit');
    // The first one warms up.
    if (round === 0) continue;
    ours.push(spent - seen.ms);
    started.push(bare.ms);
    stayed.push(again.ms);
    written.push(keeping.ms);
    worked.push(processor);
    workedStayed.push(again.processor);
  }
  warm.disconnect();
  const row = (floors, times = ours) => medianPair(times, floors);
  add(
    `${at}first sync of ${FIRST} contacts, ${seen.calls} calls, ${ROUNDS} pairs, median, without the ${milliseconds(seen.ms)} of the server (floor: the same calls by a script, started)`,
    { ...row(started), atMost: 3 },
  );
  add(`${at}the same, for comparison (floor: the script in a process that stays)`, {
    ...row(stayed),
    ...{ bound: 'none', ok: null },
  });
  add(`${at}the same, for comparison (floor: the script, started, that also writes the same rows)`, {
    ...row(written),
    ...{ bound: 'none', ok: null },
  });
  add(`${at}processor time of the application for it (floor: that of the script in a process that stays)`, {
    ...row(workedStayed, worked),
    ...{ bound: 'none', ok: null },
  });
}

class WebBench extends Bench {
  program = 'web-sync-server.mjs';
  floorProgram = 'web-sync-floor.mjs';

  settings() {
    return this.address.env;
  }

  mailboxOf(email) {
    const { provider, secrets } = this.address;
    return { provider, details: {}, secret: secrets[email] };
  }

  floorOf(email, calls) {
    return { origin: this.address.origin, token: this.address.secrets[email].accessToken, calls };
  }
}
