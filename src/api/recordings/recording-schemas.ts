import { z } from 'zod';

/** What `/api/v1/calls/{callId}/recording` takes and answers. */

export const recordingTypes = [
  'audio/wav',
  'audio/x-wav',
  'audio/wave',
  'audio/vnd.wave',
  'audio/mpeg',
] as const;

export const RecordingAsked = z.object({ user: z.string().min(1).max(254) });

export const RecordingAnswer = z.strictObject({ changed: z.boolean() });
export type RecordingAnswer = z.infer<typeof RecordingAnswer>;
