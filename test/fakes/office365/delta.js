/* Change tracking: rounds of pages with a nextLink, that end with a deltaLink. */
import { GraphError, WrongRequest } from './refusal.js';

/** @import { Log } from './log.js' */

/**
 * What a link knows; nobody else may.
 * @typedef {object} State
 * @property {string} epoch
 * @property {string} of what is tracked: `folders`, a folder's or a calendar's id
 * @property {number} at read up to this change
 * @property {number} size changes of a page
 * @property {boolean} inRound there were pages before in this round
 * @property {boolean} [passed] the empty page was given
 * @property {string[] | null} [select]
 * @property {{ from: string, to: string }} [window]
 */

/** @param {State} state @param {number} characters at least */
export function writeToken(state, characters) {
  const pad = 'x'.repeat(Math.max(0, Math.floor((characters * 3) / 4) - JSON.stringify(state).length));
  return Buffer.from(JSON.stringify({ ...state, pad })).toString('base64url');
}

/**
 * @param {URLSearchParams} values @param {{ epoch: string }} mailbox @param {string} of
 * @param {'gone' | 'resync' | 'bad-request'} expiry how an old one is refused
 * @returns {State | null} null: from nothing @throws {GraphError}
 */
export function readToken(values, { epoch }, of, expiry) {
  const text = values.get('$skiptoken') ?? values.get('$deltatoken');
  if (text === null) return null;
  const state = parsed(text);
  if (!state || state.of !== of) throw new GraphError(400, 'BadRequest', 'Badly formed token.');
  if (state.epoch === epoch) return state;
  if (expiry === 'bad-request') throw new GraphError(400, 'BadRequest', 'Badly formed token.');
  if (expiry === 'resync')
    throw new GraphError(410, 'resyncRequired', undefined, {
      Location: 'https://graph.microsoft.com/v1.0/me',
    });
  throw new GraphError(410, 'SyncStateNotFound');
}

function parsed(text) {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** Only in the first call, and not these ones. @param {URLSearchParams} values @param {string} what */
export function refuseUntracked(values, what) {
  const unknown = ['$filter', '$orderby', '$search', '$top', '$expand', '$skip', '$count'].filter((name) =>
    values.has(name),
  );
  if (unknown.length > 0)
    throw new WrongRequest(
      'ErrorInvalidUrlQuery',
      `The following parameters are not supported with change tracking over the '${what}' resource: '${unknown.join(', ')}'.`,
    );
}

/**
 * One page. Its lines come in no order one could rely on, and with `replay` some come twice.
 * @param {State} state
 * @param {Log} log
 * @param {{ emptyPages: boolean, trailingPage: boolean, replay: boolean, visible: number }} ways
 * @returns {{ lines: ReturnType<Log['after']>, next: State, last: boolean }}
 */
export function pageOf(state, log, { emptyPages, trailingPage, replay, visible }) {
  const known = log.after(state.at).filter(({ seq }) => seq <= visible);
  if (emptyPages && known.length > 0 && !state.passed)
    return { lines: [], next: { ...state, inRound: true, passed: true }, last: false };
  const lines = known.slice(0, state.size);
  const isEnd = lines.length === known.length;
  const at = lines.at(-1)?.seq ?? state.at;
  const next = { ...state, at, inRound: true, passed: false };
  const last = isEnd && (lines.length === 0 || !trailingPage);
  const told = replay && lines.length > 0 ? [...lines, lines[0]] : lines;
  return { lines: told.reverse(), next: last ? { ...next, inRound: false } : next, last };
}
