import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  input?: string;
  env?: NodeJS.ProcessEnv;
}

/** The built command line as a process of its own, beside an application on the same database. */
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

  /** `PATH` alone is taken over from the surroundings; DATA_DIR is an empty folder. */
  run(args: string[], { input = '', env = {} }: Call = {}): Promise<Ended> {
    const child = spawn(process.execPath, [join(rootDir, 'dist', 'src', 'cli.js'), ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], DATA_DIR: join(this.folder, 'data'), ...this.env, ...env },
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

  async close(): Promise<void> {
    await this.app.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
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
