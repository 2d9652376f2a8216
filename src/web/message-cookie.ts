import { type Request, type Response } from 'express';
import { type SecretKeys } from '../crypto/secret-keys.js';
import { type Message } from './answers.js';
import { cookiesOf } from './cookies.js';

const NAME = 'carnet_message';
const FIVE_MINUTES = 5 * 60 * 1000;

/**
 * The message of a redirect travels in a short-lived signed cookie, not in the session: showing it costs no write,
 * and visitors get messages too. Signed, so that nobody can plant one.
 */
export class MessageCookie {
  constructor(
    private readonly keys: SecretKeys,
    private readonly secure: boolean,
  ) {}

  put(request: Request, response: Response, message: Message): void {
    const text = Buffer.from(JSON.stringify({ ...message, at: Date.now() })).toString('base64url');
    response.cookie(NAME, `${text}.${this.keys.sign('message', text)}`, {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.secure,
      path: '/',
      maxAge: FIVE_MINUTES,
    });
  }

  /** The message, once: showing it takes the cookie away. */
  take(request: Request, response: Response): Message | null {
    const cookie = cookiesOf(request).get(NAME);
    if (!cookie) return null;
    response.clearCookie(NAME, { httpOnly: true, sameSite: 'lax', secure: this.secure, path: '/' });
    const [text, signature] = cookie.split('.');
    if (!signature || !this.keys.verify('message', text, signature)) return null;
    const { at, ...message } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Message & {
      at: number;
    };
    return Date.now() - at > FIVE_MINUTES ? null : message;
  }
}
