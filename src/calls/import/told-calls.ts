import { type Id } from '../../database/new-id.js';
import { type CallReport } from '../record/call-report.js';
import { type Leg } from './leg.js';

/** A call as it waits in a row of the import for its confirmation: short, since a file has up to 100,000 rows. */
export type ToldCall = [
  userId: Id,
  user: string,
  callId: string,
  direction: 'i' | 'o',
  outcome: 'a' | 'm' | 'v',
  number: string,
  name: string | null,
  startedAt: number,
  seconds: number,
];

/** Who a leg is about, and by which of the words it says. */
export interface Told extends Pick<
  Leg,
  'direction' | 'outcome' | 'number' | 'name' | 'startedAt' | 'seconds' | 'direct'
> {
  userId: Id;
  user: string;
  callId: string;
  /** The row that says so. */
  ref: number;
}

export function toTold({
  userId,
  user,
  callId,
  direction,
  outcome,
  number,
  name,
  startedAt,
  seconds,
}: Told): ToldCall {
  return [
    ...([userId, user, callId, direction === 'incoming' ? 'i' : 'o', letters[outcome]] as const),
    ...([number, name, startedAt, seconds] as const),
  ];
}

export function reportOf([
  ,
  user,
  callId,
  direction,
  outcome,
  number,
  name,
  startedAt,
  seconds,
]: ToldCall): CallReport {
  return {
    ...{ user, callId, number, name, seconds },
    direction: direction === 'i' ? 'incoming' : 'outgoing',
    outcome: outcome === 'a' ? 'answered' : outcome === 'v' ? 'voicemail' : 'missed',
    startedAt: new Date(startedAt),
  };
}

/** What a row of the import holds of its calls. */
export function toldIn(values: Readonly<Record<string, string>>): ToldCall[] {
  return values['calls'] === undefined ? [] : (JSON.parse(values['calls']) as ToldCall[]);
}

const letters = { answered: 'a', missed: 'm', voicemail: 'v' } as const;
