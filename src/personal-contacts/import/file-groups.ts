import { limits } from '../../config/limits.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type FileProblem } from '../../imports/reading.js';
import { WriteRefused } from '../../imports/write-refused.js';
import { type ContactAct } from '../contact-writes.js';
import { ensureGroups, TooManyGroups } from '../group-writes.js';

/** Why a file cannot make so many groups; null when there is room for them. */
export function groupsProblem(present: number, made: number): FileProblem | null {
  const max = limits.contactGroupsPerUser;
  return made > 0 && present + made > max
    ? { key: 'personal-imports.too-many-groups', values: { made, present, max } }
    : null;
}

/** The groups a file names, made where they are not there. @throws WriteRefused when they are too many by now */
export async function fileGroups(
  transaction: Statements,
  act: ContactAct,
  names: readonly string[],
): Promise<Map<string, { id: Id; name: string }>> {
  try {
    return await ensureGroups(transaction, act, names);
  } catch (error) {
    if (!(error instanceof TooManyGroups)) throw error;
    throw new WriteRefused({ key: error.key, values: error.values });
  }
}
