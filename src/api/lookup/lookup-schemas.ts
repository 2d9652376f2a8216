import { z } from 'zod';
import { recordKinds } from '../../accounts/person-records.js';

/** What `/api/v1/lookup` takes and answers; a program may send more than one needs, as telephone systems do. */

export const LookupAsked = z.object({
  number: z.string().max(254),
  user: z.string().min(1).max(254),
  format: z.enum(['json', 'text']).optional(),
});

const known = {
  name: z.string(),
  company: z.string().nullable(),
  title: z.string().nullable(),
  source: z.enum(recordKinds),
  link: z.url(),
};

export const LookupAnswer = z.discriminatedUnion('found', [
  z.strictObject({
    found: z.literal(true),
    number: z.string().nullable(),
    ...known,
    others: z.array(z.strictObject(known)),
  }),
  z.strictObject({ found: z.literal(false), number: z.string().nullable() }),
]);
export type LookupAnswer = z.infer<typeof LookupAnswer>;
export type KnownCaller = Pick<Extract<LookupAnswer, { found: true }>, keyof typeof known>;
