import {
  formatPhone,
  isRegion,
  readPhone,
  typedBeside,
  type E164,
  type PhoneReading,
} from '../phone/e164.js';
import { Submission, type Problem } from './submitted.js';

/** A telephone field that may be kept: the number, and what was typed where a reader would see a difference. */
export interface TypedPhone {
  number: E164 | null;
  typed: string | null;
}

/**
 * Reads the telephone fields of a form. A number that is not clear comes back in its field as we read it, with a
 * sentence that says so: sending the form again keeps it. What cannot be read is refused where it stands.
 *
 * @param region of the account: how a number without `+` is read
 * @returns the submission, refused where a number is not clear, and the numbers that are
 */
export function readPhones<F extends object, Name extends keyof F & string>(
  submission: Submission<F>,
  names: readonly Name[],
  region: string,
): { submission: Submission<F>; phones: Record<Name, TypedPhone> } {
  const typed: Record<string, string | string[]> = { ...submission.typed };
  const problems: Problem[] = [];
  const phones = {} as Record<Name, TypedPhone>;
  for (const name of names) {
    const value: unknown = submission.form[name];
    const text = typeof value === 'string' ? value : '';
    const reading = readPhone(text, { region: isRegion(region) ? region : 'FR', from: 'form' });
    phones[name] = kept(reading);
    // A field that its own rule refused is said to be so once.
    if (submission.problems.some(({ field }) => field === name)) continue;
    if (reading.kind === 'proposal') {
      const number = formatPhone(reading.number);
      typed[name] = number;
      problems.push({ field: name, key: 'phone.problem.proposal', values: { typed: text, number } });
    }
    if (reading.kind === 'refused') problems.push({ field: name, ...phoneProblem(reading) });
  }
  const { form, once } = submission;
  return { submission: new Submission(form, typed, [...submission.problems, ...problems], once), phones };
}

/** Why a number is not taken, worded for a form. */
export function phoneProblem({ reason, typed }: Extract<PhoneReading, { kind: 'refused' }>) {
  return { key: `phone.problem.${reason}`, values: { typed } };
}

function kept(reading: PhoneReading): TypedPhone {
  if (reading.kind !== 'number') return { number: null, typed: null };
  const typed = typedBeside(reading);
  return { number: reading.number, typed: typed === formatPhone(reading.number) ? null : typed };
}
