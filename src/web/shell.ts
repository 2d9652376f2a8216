import { type Request, type Response } from 'express';
import { type Environment } from '../config/environment.js';
import { actionsFor } from './add-menu.js';
import { type Csrf } from './csrf.js';
import { localeOf, wordsOf } from './context.js';
import { type MessageCookie } from './message-cookie.js';
import { navigationFor } from './navigation.js';
import { colourOf, initialsOf } from './avatars.js';
import { MOST_COUNTED, type SignedIn } from './signed-in.js';
import { type Shell, type ShellBell, type ShellMessage, type ShellUser } from './templates.js';
import { type Words } from './words.js';

/** Builds what the layout shows around every page. */
export class Shells {
  constructor(
    private readonly environment: Environment,
    private readonly csrf: Csrf,
    private readonly messages: MessageCookie,
  ) {}

  /** @param navigationPath the page of the navigation this one belongs to, where its address does not say it */
  of(request: Request, response: Response, navigationPath = request.originalUrl): Shell {
    const { signedIn } = request;
    const words = wordsOf(request);
    const { csrf } = this;
    let token: string | undefined;
    return {
      words,
      locale: localeOf(request),
      theme: signedIn?.theme ?? 'system',
      user: signedIn ? shellUser(signedIn) : null,
      account: signedIn?.account.kind === 'company' ? { name: signedIn.account.name } : null,
      navigation: signedIn ? navigationOf(signedIn, this.environment, navigationPath, words) : [],
      // Only a page that shows a form asks for the token, so only such a page gives a visitor a cookie.
      get csrf() {
        return (token ??= csrf.token(request, response));
      },
      message: this.messageOf(request, response, words),
      path: request.originalUrl,
      requestId: request.requestId,
      bell: signedIn ? bellOf(words, signedIn, request.path) : null,
      shortcuts: signedIn?.shortcuts ?? false,
      canSearch: signedIn !== undefined,
      actions: signedIn ? actionsFor(words, signedIn) : [],
    };
  }

  private messageOf(request: Request, response: Response, words: Words): ShellMessage | null {
    const message = this.messages.take(request, response);
    if (!message || !words.has(message.key)) return null;
    return {
      kind: message.kind,
      text: words.t(message.key, message.values),
      ...(message.undo ? { undo: { action: message.undo, label: words.t('common.undo') } } : {}),
    };
  }
}

function bellOf(words: Words, { counts }: SignedIn, path: string): ShellBell {
  const count = counts['notifications'] ?? 0;
  const over = count >= MOST_COUNTED;
  return {
    label: words.t(over ? 'notifications.bell-many' : 'notifications.bell', {
      count: over ? MOST_COUNTED - 1 : count,
    }),
    count: over ? `${MOST_COUNTED - 1}+` : count === 0 ? '' : String(count),
    current: path === '/notifications',
  };
}

function shellUser(signedIn: SignedIn): ShellUser {
  const { id, displayName, givenName, familyName, email, photoHash, role, account } = signedIn;
  return {
    id,
    displayName,
    email,
    initials: initialsOf(givenName, familyName),
    colour: colourOf(id),
    photoUrl: photoHash ? `/photos/${photoHash}` : null,
    administers: role !== 'member' && account.kind === 'company',
  };
}

export function navigationOf(signedIn: SignedIn, environment: Environment, path: string, words: Words) {
  const { role, account, features, counts } = signedIn;
  return navigationFor({
    role,
    kind: account.kind,
    features: Object.entries(features)
      .filter(([, on]) => on)
      .map(([feature]) => feature),
    mailPage: environment.smtpUrl === null,
    counts,
    path,
    words,
  });
}
