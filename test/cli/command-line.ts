import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommand } from '../../src/cli.run.js';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { rootDir } from '../../src/web/paths.js';
import { startApp, type TestApp } from '../support/app.js';

export interface Ended {
  status: number | null;
  /** Lines of the result. */
  lines: string[];
  stdout: string;
  stderr: string;
}

interface Call {
  env?: NodeJS.ProcessEnv;
}

/** The command line beside an application on the same database. */
export class CommandLine {
  readonly folder = mkdtempSync(join(tmpdir(), 'carnet-cli-'));

  private constructor(
    readonly app: TestApp,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(
    settings: NodeJS.ProcessEnv = {},
    keys: string = SecretKeys.generate(),
  ): Promise<CommandLine> {
    const app = await startApp({ env: settings, keys: new SecretKeys(keys) });
    return new CommandLine(app, { DATABASE_URL: app.databaseUrl, SECRET_KEYS: keys });
  }

  /** Within this process, which takes a tenth of the time; one command after another. */
  async run(args: string[], { env = {} }: Call = {}): Promise<Ended> {
    const surroundings = { env: process.env, stdout: process.stdout, stderr: process.stderr };
    const [stdout, stderr] = [new Collected(), new Collected()];
    surroundWith({ env: this.envWith(env), stdout, stderr });
    try {
      const status = await runCommand(args);
      return {
        status,
        lines: stdout.text.split('\n').slice(0, -1),
        stdout: stdout.text,
        stderr: stderr.text,
      };
    } finally {
      surroundWith(surroundings);
    }
  }

  /** The built program as a process of its own. */
  runApart(args: string[], { input = '', env = {} }: Call & { input?: string } = {}): Promise<Ended> {
    const child = spawn(process.execPath, [join(rootDir, 'dist', 'src', 'cli.js'), ...args], {
      cwd: this.folder,
      env: this.envWith(env),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // A command that asks for nothing may be over before it was given anything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        const lines = stdout.split('\n').slice(0, -1);
        resolve({ status, lines, stdout, stderr });
      });
    });
  }

  /** `PATH` alone is taken over from the surroundings; DATA_DIR is an empty folder. */
  private envWith(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], DATA_DIR: join(this.folder, 'data'), ...this.env, ...env };
  }

  async close(): Promise<void> {
    await this.app.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keeps what is written to it. */
class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** What this process has of the outside. */
function surroundWith(
  surroundings: Pick<NodeJS.Process, 'env'> & Record<'stdout' | 'stderr', Writable>,
): void {
  for (const [name, value] of Object.entries(surroundings))
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: true });
}

/** What every refusal looks like: status 1, nothing on stdout, one line on stderr. */
export function refusal(line: string | RegExp) {
  return {
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(
      new RegExp(`^[^\n]*${typeof line === 'string' ? escaped(line) : line.source}[^\n]*\n$`),
    ) as string,
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
