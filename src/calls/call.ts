/** Words of a call that threads without the object mapper know too. */

export const callDirections = ['incoming', 'outgoing'] as const;
export type CallDirection = (typeof callDirections)[number];

/** `missed` of an outgoing call: nobody answered. */
export const callOutcomes = ['answered', 'missed', 'voicemail'] as const;
export type CallOutcome = (typeof callOutcomes)[number];

export type CallSource = 'api' | 'import';

/** `asked`: to be fetched from `recordingUrl`; `kept`: it is here; `failed`: it could not be fetched. */
export type RecordingState = 'asked' | 'kept' | 'failed';
