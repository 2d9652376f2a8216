/**
 * A contact as the People API has it, as far as we read it. Lists are kept as they came: an edit sends the whole list back, with
 * all in it that we know nothing of. @see people-v1.json, schemas `Person`, `ContactGroup`
 */
export interface Person {
  resourceName: string;
  etag: string | null;
  /** The one source that can be changed. */
  source: ContactSource;
  names: Entry[];
  emailAddresses: Entry[];
  phoneNumbers: Entry[];
  organizations: Entry[];
  clientData: Entry[];
  /** Resource names of groups. */
  groups: string[];
}

export interface ContactSource {
  id: string | null;
  etag: string;
  /** RFC 3339; null where it is not said. */
  updateTime: string | null;
}

/** One name, address, number … */
export type Entry = Record<string, unknown>;

/** What a list of people says of one. */
export type Listed =
  | { kind: 'person'; person: Person; formerIds: string[] }
  | { kind: 'deleted'; resourceName: string; formerIds: string[] };

/** Everything we read; a sync token holds for the same fields alone. */
export const PERSON_FIELDS =
  'names,emailAddresses,phoneNumbers,organizations,memberships,clientData,metadata';

/** Without it, what a profile says would be mixed in, which nobody can change. */
export const SOURCES = 'READ_SOURCE_TYPE_CONTACT';

/** null for what is no contact: a profile alone, or nothing we can read. */
export function readListed(json: unknown): Listed | null {
  const { resourceName, metadata } = recordOf(json);
  if (!isPersonName(resourceName)) return null;
  const { deleted, previousResourceNames } = recordOf(metadata);
  const formerIds = listOf(previousResourceNames).filter(isPersonName);
  if (deleted === true) return { kind: 'deleted', resourceName, formerIds };
  const person = readPerson(json);
  return person && { kind: 'person', person, formerIds };
}

/** null for what is no contact. */
export function readPerson(json: unknown): Person | null {
  const { resourceName, etag, metadata, ...fields } = recordOf(json);
  if (!isPersonName(resourceName)) return null;
  const sources = listOf(recordOf(metadata)['sources']).map(recordOf);
  const source = sources.find(({ type }) => type === 'CONTACT');
  const sourceEtag = textOf(source?.['etag']);
  if (!source || sourceEtag === null || recordOf(metadata)['deleted'] === true) return null;
  return {
    resourceName,
    etag: textOf(etag),
    source: { id: textOf(source['id']), etag: sourceEtag, updateTime: textOf(source['updateTime']) },
    names: ownOf(fields['names']),
    emailAddresses: ownOf(fields['emailAddresses']),
    phoneNumbers: ownOf(fields['phoneNumbers']),
    organizations: ownOf(fields['organizations']),
    clientData: ownOf(fields['clientData']),
    groups: listOf(fields['memberships']).flatMap((membership) => {
      const group = recordOf(recordOf(membership)['contactGroupMembership']);
      const name = group['contactGroupResourceName'];
      return isGroupName(name) ? [name] : [];
    }),
  };
}

/** They go into addresses. */
export function isPersonName(text: unknown): text is string {
  return typeof text === 'string' && /^people\/[\w-]{1,400}$/.test(text);
}

export function isGroupName(text: unknown): text is string {
  return typeof text === 'string' && /^contactGroups\/[\w-]{1,400}$/.test(text);
}

export function recordOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : {};
}

export function listOf(json: unknown): unknown[] {
  return Array.isArray(json) ? json : [];
}

/** null for none, and for what is no text. */
export function textOf(json: unknown): string | null {
  return typeof json === 'string' && json !== '' ? json : null;
}

/** What the owner wrote, not what a profile adds to it. */
function ownOf(json: unknown): Entry[] {
  return listOf(json)
    .map(recordOf)
    .filter(({ metadata }) => {
      const type = recordOf(recordOf(metadata)['source'])['type'];
      return type === undefined || type === 'CONTACT';
    });
}
