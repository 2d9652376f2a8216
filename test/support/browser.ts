import { randomUUID } from 'node:crypto';
import supertest, { type Response, type Test } from 'supertest';

export type Answer = Response;
interface CookieJar {
  getCookies(access: object): { toValueString(): string };
}

type Fields = Record<string, string | number | boolean | string[] | undefined>;

/** A browser as a person has it: keeps cookies, sends Origin, takes form tokens from the pages it saw. */
export class Browser {
  private readonly agent: ReturnType<typeof supertest.agent>;
  private readonly origin: string;
  private token: string | undefined;
  private readonly headers: Record<string, string> = {};

  constructor(readonly url: string) {
    this.agent = supertest.agent(url);
    this.origin = url;
  }

  /** Sends a header with everything from now on. */
  with(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }

  async get(path: string): Promise<Answer> {
    const answer = await this.send(this.agent.get(path));
    this.remember(answer);
    return answer;
  }

  /** The bytes of a download. */
  async download(path: string): Promise<Answer & { body: Buffer }> {
    return (await this.send(this.agent.get(path)).buffer(true).parse(bytes)) as Answer & { body: Buffer };
  }

  /** Posts a form as a page of ours would; with a token of its own if `fields` has `_csrf`. */
  async post(path: string, fields: Fields = {}): Promise<Answer> {
    const body = new URLSearchParams();
    if (fields['_csrf'] === undefined) body.set('_csrf', await this.formToken());
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined && one !== false) body.append(name, one === true ? 'on' : String(one));
      }
    }
    const answer = await this.send(
      this.agent
        .post(path)
        .type('application/x-www-form-urlencoded')
        .set('Origin', this.origin)
        .send(body.toString()),
    );
    this.remember(answer);
    return answer;
  }

  /** Posts a file with the fields before it, as a form does. */
  async upload(
    path: string,
    file: { field?: string; name: string; bytes: Buffer | string; type?: string },
    fields: Fields = {},
  ): Promise<Answer> {
    let request = this.agent.post(path).set('Origin', this.origin).set(this.headers).redirects(0);
    request = request.field('_csrf', await this.formToken());
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) request = request.field(name, Array.isArray(value) ? value : String(value));
    }
    const answer = await request.attach(file.field ?? 'file', Buffer.from(file.bytes), {
      filename: file.name,
      contentType: file.type ?? 'text/csv',
    });
    this.remember(answer);
    return answer;
  }

  /** Follows the redirect of an answer. */
  async follow(answer: Answer): Promise<Answer> {
    return this.get(answer.headers['location'] as string);
  }

  async signIn(email: string, password: string): Promise<Answer> {
    this.token = undefined;
    const answer = await this.post('/login', { email, password });
    this.token = undefined;
    return answer;
  }

  /** The token of any form this browser may see now. */
  async formToken(): Promise<string> {
    if (!this.token) await this.get('/profile');
    if (!this.token) await this.get('/login');
    if (!this.token) throw new Error('No page with a form to take a token from');
    return this.token;
  }

  /** The cookies it holds, as the header it would send. */
  cookies(): string {
    const { jar } = this.agent as unknown as { jar: CookieJar };
    return jar
      .getCookies({ domain: new URL(this.url).hostname, path: '/', secure: false, script: false })
      .toValueString();
  }

  private send(request: Test): Test {
    return request.set(this.headers).redirects(0);
  }

  private remember(answer: Answer): void {
    // A new session makes the tokens of the old one useless.
    const cookies = (answer.headers['set-cookie'] ?? []) as unknown as string[];
    if (cookies.some((cookie) => /carnet_session|carnet_visitor/.test(cookie))) this.token = undefined;
    this.token = /name="_csrf" value="([^"]+)"/.exec(answer.text ?? '')?.[1] ?? this.token;
  }
}

/** What a form field of an answer holds, and what is said about it. */
export function field(
  answer: Answer,
  name: string,
): { value: string | undefined; error: string | undefined } {
  const control =
    new RegExp(`<(?:input|select|textarea)[^>]*name="${name}"[^>]*>`).exec(answer.text)?.[0] ?? '';
  const described = /aria-describedby="([^"]*)"/.exec(control)?.[1]?.split(' ') ?? [];
  const error = described
    .map((id) => new RegExp(`<p class="field__problem" id="${id}">([\\s\\S]*?)</p>`).exec(answer.text)?.[1])
    .find((text) => text !== undefined)
    ?.replace(/<[^>]+>/g, '');
  return { value: unescaped(/ value="([^"]*)"/.exec(control)?.[1]), error: unescaped(error?.trim()) };
}

/** The visible words of an answer: no tags, entities read, white space folded. */
export function visibleText(answer: Answer): string {
  const text = answer.text
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<wbr>/g, '')
    .replace(/<[^>]+>/g, ' ');
  return (unescaped(text) ?? '').replace(/[ \n\t]+/g, ' ').trim();
}

/** An address no other test uses. */
export function someAddress(name = 'someone'): string {
  return `${name}.${randomUUID().slice(0, 8)}@example.test`;
}

function unescaped(text: string | undefined): string | undefined {
  return text
    ?.replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
}

function bytes(response: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // The parser is handed the stream itself, whatever its type says.
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}
