import { type ContactFields, type WholeContact } from '../../contact-card/contact-fields.js';
import { type Region } from '../../phone/e164.js';

/** What a row (or card) of a file says of one contact, once everything proposed is taken. */
export interface Composed extends Omit<WholeContact, 'photoHash'> {
  /** Names of the groups the file puts it into, in its order. */
  groups: string[];
  /** A photo of the file, made small already. */
  photo: Buffer | null;
  /** What names that photo as it stood in the file (card-row.ts): of one of our own exports, the photo that is there. */
  photoSource?: string;
  /** By number (or text kept as one): what stood in the sheet for it, where that is something else. */
  written?: ReadonlyMap<string, string>;
  /** What a card is known by; of our own exports the contact's id. */
  uid?: string;
  /** Fields the file has a place for: an empty one among them says "nothing", any other says nothing at all. */
  says: ReadonlySet<keyof ContactFields | 'groups' | 'extra' | 'photo'>;
  /** `field`: the column's field (csv/contact-profiles.ts) the cell belongs to. */
  problems: ComposeProblem[];
  /** Read otherwise than it stands there, shown as before → after and taken only if the person agrees. */
  proposals: ComposeProposal[];
}

export interface ComposeProblem {
  /** null: the row as a whole. */
  field: string | null;
  /** Catalogue key `personal-imports.problem.…`. */
  key: string;
  values?: Record<string, string | number>;
}

export interface ComposeProposal {
  field: string;
  /** What stands there; empty where a name is proposed out of other cells. */
  before: string;
  /** Put into the row's values under `field`, the row composes to the same contact without this proposal. */
  after: string;
  /** Why it cannot be taken as it stands. */
  key: string;
}

export interface ComposeFacts {
  /** Of csv/contact-profiles.ts, or null. */
  profile: string | null;
  /** Another program's file: more is proposed where ours would be refused. */
  foreign: boolean;
  region: Region;
  language: 'en' | 'fr';
  /** Fields that have a column. */
  columns: ReadonlySet<string>;
}
