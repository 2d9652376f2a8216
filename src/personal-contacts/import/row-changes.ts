import { createHash } from 'node:crypto';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { contactFields, type CardProperty } from '../../contact-card/contact-fields.js';
import { type Changes } from '../../imports/stored-rows.js';
import { sameValue } from '../../journal/changes.js';
import { type Composed } from '../compose/composed.js';
import { nameOf } from '../compose/names.js';
import { emailsOf } from '../contact-keys.js';
import { type KeptContact } from '../contact-row.js';
import { addsNothing, saysTheSame } from '../same-property.js';

/** What is compared of a contact that is there. */
export type Known = Omit<KeptContact, 'starred' | 'typedPhones'>;

/**
 * What a row makes of a contact that is there: fields the file says something else about. An empty cell says nothing, groups
 * are joined and never left, and what is known beyond the fields is added to. By name of groups, since some do not exist yet.
 */
export function rowChanges(
  composed: Composed,
  present: Known,
  { groupsOf, groups }: { groupsOf: (contact: Known) => string[]; groups: readonly string[] },
): Changes {
  const changes: Changes = {};
  const { says, written } = composed;
  // Also as the file writes it: what a card had for a number is kept word by word, and comes back so.
  const isKept = (number: string) =>
    [number, written?.get(number)].some(
      (text) =>
        text !== undefined && present.extra.some((known) => saysTheSame(known, ['tel', {}, 'text', text])),
    );
  for (const field of contactFields) {
    const said = composed[field];
    if (!says.has(field) || said === null || said === '' || said === present[field]) continue;
    // A name made of an address or a number is no better than the one that is there.
    if (field === 'displayName' && composed.proposals.some((proposal) => proposal.field === field)) continue;
    if (field === 'displayName' && isOfTheSameParts(composed, present)) continue;
    if (field === 'email' && emailsOf(present).includes(said)) continue;
    // A further number is not taken for a field of its own when it comes back in a file without room for further ones.
    if (present[field] === null && isKept(said)) continue;
    changes[field] = [present[field], said];
  }
  if (says.has('extra')) {
    const said = composed.extra.filter(
      (property) =>
        !addsNothing(property, composed.displayName) &&
        !(property[0] === 'tel' && written?.size && isKept(String(property[3]))),
    );
    const merged = withProperties(present.extra, said);
    if (!sameValue(merged, present.extra)) changes.extra = [present.extra, merged];
  }
  if (composed.photo !== null && composed.photoSource !== present.photoHash) {
    const hash = photoHash(composed.photo);
    if (hash !== present.photoHash) changes.photoHash = [present.photoHash, hash];
  }
  const held = groupsOf(present);
  const keys = new Set(held.map(nameKeyOf));
  const joined = groups.filter((name) => !keys.has(nameKeyOf(name)));
  if (joined.length > 0) changes.groups = [held, [...held, ...joined]];
  return changes;
}

/** The file knows a name by its parts alone, and these are the ones we have: it says nothing of how the name is shown. */
function isOfTheSameParts({ displayName, extra }: Composed, present: Known): boolean {
  const parts = extra.find(([name]) => name === 'n');
  const known = present.extra.find(([name]) => name === 'n');
  if (!parts || !known || !saysTheSame(parts, known)) return false;
  const [familyName = '', givenName = '', middleName = '', prefix = '', suffix = ''] = parts[3] as string[];
  return nameOf({ familyName, givenName, middleName, prefix, suffix }) === displayName;
}

/** As `keepContactPhotos` will name it. */
export function photoHash(photo: Buffer): string {
  return createHash('sha256').update(photo).digest('hex');
}

/** Of these a contact has one; of all others it may have several. */
const SINGLE = new Set(['n', 'bday', 'anniversary', 'gender', 'note', 'nickname', 'org', 'title', 'role']);

/** What is known with what is said: one of a kind takes the place of the other, the rest is added unless it is there. */
function withProperties(
  known: readonly CardProperty[],
  said: readonly CardProperty[],
): readonly CardProperty[] {
  const all = [...known];
  for (const property of said) {
    if (known.some((other) => saysTheSame(other, property))) continue;
    const place = SINGLE.has(property[0]) ? all.findIndex(([name]) => name === property[0]) : -1;
    if (place < 0) all.push(property);
    else all[place] = property;
  }
  return all;
}
