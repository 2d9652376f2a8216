import { type PatternedWay } from '../../web/reach-pattern.js';

/** Patterns of a program as it documents its links; what it has no link for stays as it is. */
export interface ReachPreset {
  id: string;
  /** A name that is the same in every language; else `reach.preset.<id>` says it. */
  name?: string;
  patterns: Partial<Record<PatternedWay, string>>;
}

/** Where a company's own server has to be put in (RFC 2606 §3 keeps these names free). */
export const SAMPLE_HOST = /(?:^|[/@:.])example\.(?:com|org|net)(?=$|[/:?;#])/i;

/**
 * Where the forms are from: Teams, learn.microsoft.com “Deep link to a workflow in Teams” (`4:` before a number: TeamsJS,
 * `StartCallParams`); Zoom, developers.zoom.us “Initiate an outbound call” (for a chat or a meeting with somebody Zoom
 * documents no link); Matrix, spec.matrix.org “matrix.to navigation” and “matrix: URI scheme”; XMPP, RFC 5122 and
 * XEP-0147; SIP, RFC 3261 §19.1; Jitsi and Rocket.Chat, the addresses of their own pages.
 */
export const reachPresets: readonly ReachPreset[] = [
  { id: 'device', patterns: { call: '' } },
  { id: 'sip', patterns: { call: 'sip:{number}@pbx.example.com' } },
  { id: 'sip-number', patterns: { call: 'sip:{number}' } },
  { id: 'sips', patterns: { call: 'sips:{number}@pbx.example.com' } },
  { id: 'callto', patterns: { call: 'callto:{number}' } },
  {
    id: 'teams',
    name: 'Microsoft Teams',
    patterns: {
      call: 'https://teams.microsoft.com/l/call/0/0?users={email}',
      chat: 'https://teams.microsoft.com/l/chat/0/0?users={email}',
      meet: 'https://teams.microsoft.com/l/meeting/new?attendees={email}',
    },
  },
  {
    id: 'teams-phone',
    patterns: {
      call: 'https://teams.microsoft.com/l/call/0/0?users=4:{number}',
      chat: 'https://teams.microsoft.com/l/chat/0/0?users={email}',
      meet: 'https://teams.microsoft.com/l/meeting/new?attendees={email}',
    },
  },
  { id: 'zoom-phone', name: 'Zoom Phone', patterns: { call: 'zoomphonecall://{number}' } },
  { id: 'jitsi', name: 'Jitsi Meet', patterns: { meet: 'https://meet.example.com/{email}' } },
  { id: 'matrix', patterns: { chat: 'https://matrix.to/#/@{user}:matrix.example.com' } },
  { id: 'matrix-app', patterns: { chat: 'matrix:u/{user}:matrix.example.com?action=chat' } },
  { id: 'rocket-chat', name: 'Rocket.Chat', patterns: { chat: 'https://chat.example.com/direct/{user}' } },
  { id: 'xmpp', name: 'XMPP (Jabber)', patterns: { chat: 'xmpp:{email}?message' } },
];

export function presetOf(id: unknown): ReachPreset | undefined {
  return reachPresets.find((preset) => preset.id === id);
}
