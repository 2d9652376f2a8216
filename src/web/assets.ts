import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { filesBelow, publicDir } from './paths.js';

/**
 * Static files under addresses that change with their content, so that a browser may keep them for a year.
 * One revision for all files lets stylesheets and modules refer to each other by relative address.
 */
export class Assets {
  /** First 12 hex digits of the SHA-256 over every file's path and content. */
  readonly revision: string;
  private readonly urls = new Map<string, string>();

  constructor(private readonly directory = publicDir) {
    this.revision = revisionOf(directory);
  }

  /** @throws Error when there is no such file, so that a wrong name is found when templates are compiled */
  url(path: string): string {
    let url = this.urls.get(path);
    if (url === undefined) {
      if (!existsSync(join(this.directory, path))) throw new Error(`No asset ${path}`);
      url = `/assets/${this.revision}/${path}`;
      this.urls.set(path, url);
    }
    return url;
  }

  /** Serves the files. An older revision still gets today's file, but must not keep it. */
  serveOn(app: NestExpressApplication): void {
    const current = `/assets/${this.revision}`;
    app.useStaticAssets(this.directory, {
      prefix: '/assets/:revision',
      index: false,
      redirect: false,
      setHeaders: (response: ServerResponse) => {
        const fresh = (response.req as { originalUrl?: string }).originalUrl?.startsWith(`${current}/`);
        response.setHeader('Cache-Control', fresh ? 'public, max-age=31536000, immutable' : 'no-cache');
        response.setHeader('X-Content-Type-Options', 'nosniff');
      },
    });
  }
}

function revisionOf(directory: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(directory)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(directory, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
