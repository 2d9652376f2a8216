import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/**
 * The installation's secrets: numbered keys, the highest is current. Everything else (cookies, links, forms,
 * stored credentials) is derived from them per purpose, so one purpose's key tells nothing of another's.
 */
export class SecretKeys {
  private readonly keys = new Map<number, Buffer>();
  private readonly derived = new Map<string, Buffer>();
  readonly current: number;

  /** @param text `1:base64,2:base64`, each at least 32 bytes. @throws Error with one line */
  constructor(text: string) {
    for (const part of text.split(',')) {
      const [number, value] = part.split(':');
      const key = Buffer.from(value ?? '', 'base64');
      if (key.length < 32) throw new Error(`SECRET_KEYS: key ${number} is shorter than 32 bytes`);
      this.keys.set(Number(number), key);
    }
    this.current = Math.max(...this.keys.keys());
  }

  /** @param number of the key that is made */
  static generate(number = 1): string {
    return `${number}:${randomBytes(32).toString('base64')}`;
  }

  /** Keys that are held beside the current one, lowest first. */
  get older(): number[] {
    return [...this.keys.keys()]
      .filter((number) => number !== this.current)
      .sort((one, other) => one - other);
  }

  /** HMAC-SHA-256 under the current key of a purpose, base64url. */
  sign(purpose: string, text: string): string {
    return this.hmac(this.current, purpose, text);
  }

  /** What `sign` gives under each of our keys, the current one first: for libraries that take a list of secrets. */
  signatures(purpose: string, text: string): string[] {
    const numbers = [...this.keys.keys()].sort((one, other) => other - one);
    return numbers.map((number) => this.hmac(number, purpose, text));
  }

  /** True when any of our keys made `signature`; older keys keep links valid after a rotation. */
  verify(purpose: string, text: string, signature: string): boolean {
    return [...this.keys.keys()].some((number) => sameText(this.hmac(number, purpose, text), signature));
  }

  /** A stable value that shows whether two processes hold the same key, without showing the key. */
  checkValue(number = this.current): string {
    return this.hmac(number, 'check', 'carnet');
  }

  has(number: number): boolean {
    return this.keys.has(number);
  }

  /** AES-256-GCM; `context` (who it belongs to) is authenticated with it. @returns `v<key>.<iv>.<tag>.<data>` */
  seal(context: string, text: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.current, 'seal'), iv).setAAD(
      Buffer.from(context),
    );
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return [
      `v${this.current}`,
      ...[iv, cipher.getAuthTag(), data].map((part) => part.toString('base64url')),
    ].join('.');
  }

  /** @throws Error when it was sealed for another context, by another key, or changed since */
  open(context: string, sealed: string): string {
    const [version, iv, tag, data] = sealed.split('.');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.key(Number(version.slice(1)), 'seal'),
      Buffer.from(iv, 'base64url'),
    )
      .setAAD(Buffer.from(context))
      .setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString(
      'utf8',
    );
  }

  private hmac(number: number, purpose: string, text: string): string {
    return createHmac('sha256', this.key(number, purpose)).update(text).digest('base64url');
  }

  private key(number: number, purpose: string): Buffer {
    const name = `${number}:${purpose}`;
    let key = this.derived.get(name);
    if (!key) {
      const root = this.keys.get(number);
      if (!root) throw new Error(`SECRET_KEYS holds no key ${number}`);
      key = Buffer.from(hkdfSync('sha256', root, '', `carnet:${purpose}`, 32));
      this.derived.set(name, key);
    }
    return key;
  }
}

/** Compares without telling by its time where two texts differ. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
