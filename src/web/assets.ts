import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { filesBelow, publicDir } from './paths.js';

/**
 * Static files under addresses that change with their content, so that a browser may keep them for a year.
 * One revision for all files lets stylesheets and modules refer to each other by relative address.
 */
export class Assets {
  /** First 12 hex digits of the SHA-256 over every file's path and content. */
  readonly revision: string;
  private readonly urls = new Map<string, string>();
  /** Stylesheets that name others with `@import`: their text with those put in place. */
  private readonly joined: Map<string, string>;

  /** @throws Error when a stylesheet imports a file that is not there */
  constructor(private readonly directory = publicDir) {
    this.revision = revisionOf(directory);
    this.joined = joinedStylesheets(directory);
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
    const setHeaders = (response: ServerResponse) => {
      const fresh = (response.req as { originalUrl?: string }).originalUrl?.startsWith(`${current}/`);
      response.setHeader('Cache-Control', fresh ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('X-Content-Type-Options', 'nosniff');
    };
    for (const [path, text] of this.joined) {
      app
        .getHttpAdapter()
        .getInstance()
        .get(`/assets/:revision/${path}`, (_: Request, response: Response) => {
          setHeaders(response);
          response.type('css').send(text);
        });
    }
    app.useStaticAssets(this.directory, {
      prefix: '/assets/:revision',
      index: false,
      redirect: false,
      setHeaders,
    });
  }
}

/** A page of ours would ask for forty stylesheets; layers and relative addresses stay as they are written. */
function joinedStylesheets(directory: string): Map<string, string> {
  const texts = filesBelow(directory)
    .filter((file) => file.endsWith('.css'))
    .map((file) => [file, readFileSync(join(directory, file), 'utf8')] as const)
    .filter(([, text]) => importLine.test(text));
  return new Map(texts.map(([file, text]) => [file, joinedText(directory, file, text)]));
}

/** Only files beside it: their relative addresses would mean something else from another folder. */
const importLine = /^@import '\.\/([\w-]+\.css)';$/m;

function joinedText(directory: string, file: string, text: string): string {
  return text.replaceAll(new RegExp(importLine, 'gm'), (_, name: string) => {
    const path = join(directory, dirname(file), name);
    if (!existsSync(path)) throw new Error(`${file} imports ${name}, which is not there`);
    return readFileSync(path, 'utf8');
  });
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
