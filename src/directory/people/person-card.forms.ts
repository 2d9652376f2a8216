import { recordKinds, type RecordKind, type RecordRef } from '../../accounts/person-records.js';
import { isId } from '../../database/id.js';

/** The other entry an act is about. */
export class EntryForm {
  kind = '';
  id = '';
}

/** @returns null for what is no entry of anybody */
export function refOf(kind: string, id: string): RecordRef | null {
  return (recordKinds as readonly string[]).includes(kind) && isId(id)
    ? { kind: kind as RecordKind, id }
    : null;
}
