import { readFileSync } from 'node:fs';
import { EncodingProbe } from '../../src/csv/encoding.js';
import { detectReading } from '../../src/imports/detection.js';
import { fileRows } from '../../src/imports/file-rows.js';
import { newRow } from '../../src/imports/rows.js';
import { type Reading } from '../../src/imports/reading.js';
import { type Composed } from '../../src/personal-contacts/compose/composed.js';
import { contactImport } from '../../src/personal-contacts/import/contact-import.description.js';
import { RowComposing } from '../../src/personal-contacts/import/row-composing.js';
import { type Region } from '../../src/phone/e164.js';

/** A file of test/data/contacts as an import reads it, with what each of its rows becomes. */
export async function contactFile(
  name: string,
  { region = 'FR', language = 'fr' }: { region?: Region; language?: 'en' | 'fr' } = {},
): Promise<{ reading: Reading; lines: number[]; people: Composed[] }> {
  const bytes = readFileSync(`test/data/contacts/${name}`);
  const probe = new EncodingProbe();
  probe.add(bytes);
  const reading = await detectReading(bytes, probe.verdict(), contactImport);
  const { profile, foreign = false, columns } = reading;
  const composing = new RowComposing(
    {
      ...{ importId: '', accountId: '', ownerId: '', region, language, columns, profile, foreign },
      ...{ choices: {}, proposals: true, timeZone: 'Europe/Paris' },
    },
    String,
  );
  const lines: number[] = [];
  const people: Composed[] = [];
  async function* chunks() {
    yield await Promise.resolve(bytes);
  }
  for await (const { line, cells, problem } of fileRows(chunks(), reading)) {
    if (problem) throw new Error(`Row ${line}: ${problem[1]}`);
    lines.push(line);
    people.push(composing.compose(newRow(0, line, cells, columns)));
  }
  return { reading, lines, people };
}

/** What a contact says, without its empty fields; numbers of `extra` by name. */
export function saying({
  problems,
  proposals,
  says: _,
  photo: __,
  written: ___,
  extra,
  groups,
  typedPhones,
  ...fields
}: Composed) {
  const filled = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== ''),
  );
  return {
    ...filled,
    ...(extra.length > 0 ? { extra } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(Object.keys(typedPhones).length > 0 ? { typedPhones } : {}),
    ...(problems.length > 0
      ? { problems: problems.map(({ field, key }) => `${field}: ${shortKey(key)}`) }
      : {}),
    ...(proposals.length > 0
      ? { proposals: proposals.map(({ field, before, after, key }) => [field, before, after, shortKey(key)]) }
      : {}),
  };
}

function shortKey(key: string): string {
  return key.replace('personal-imports.problem.', '');
}
