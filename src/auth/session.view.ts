import { type Words } from '../web/words.js';
import { type SessionSummary } from './sessions.service.js';
import { readUserAgent } from './user-agent.js';

/** One signed-in browser as a row of a table, for its owner and for administrators. */
export function sessionRow(words: Words, { address, lastSeenAt, userAgent }: SessionSummary) {
  const { browser, system } = readUserAgent(userAgent);
  const name =
    browser && system
      ? words.t('profile.session.browser', { browser, system })
      : (browser ?? system ?? words.t('profile.session.unknown'));
  return { name, address, lastSeen: words.relative(lastSeenAt), lastSeenExact: words.dateTime(lastSeenAt) };
}
