/** Numbers Outlook keeps and Graph does not show, by their MAPI property (MS-OXPROPS); and what no contact of Graph says. */
export const extendedIds = {
  businessFax: 'String 0x3A24',
  homeFax: 'String 0x3A25',
  primaryFax: 'String 0x3A23',
  primaryTelephone: 'String 0x3A1A',
  companyMainTelephone: 'String 0x3A57',
  otherTelephone: 'String 0x3A1F',
  /** PidTagSensitivity: 0 normal, 1 personal, 2 private, 3 confidential. */
  sensitivity: 'Integer 0x36',
  /** Ours: the id a contact has here. The same as at an Exchange server, whose mailboxes are moved to Microsoft 365. */
  marker: 'String {5d3a4c7e-7f0b-4e0e-9d52-0c1f6f2a9b31} Name CarnetId',
} as const;
export type ExtendedName = keyof typeof extendedIds;

export interface ExtendedProperty {
  id: string;
  value: string;
}

/** For `$expand`. */
export const EXPAND = `singleValueExtendedProperties($filter=${Object.values(extendedIds)
  .map((id) => `id eq '${id}'`)
  .join(' or ')})`;

/** For `$filter`. @param value letters, digits and dashes alone */
export function whereMarker(value: string): string {
  return `singleValueExtendedProperties/any(ep: ep/id eq '${extendedIds.marker}' and ep/value eq '${value}')`;
}

/** What was expanded, by our names. Answers may write the digits of an id in another case. */
export function readExtended(properties: unknown): Partial<Record<ExtendedName, string>> {
  const found: Partial<Record<ExtendedName, string>> = {};
  for (const property of Array.isArray(properties) ? (properties as Partial<ExtendedProperty>[]) : []) {
    const name = names.get(String(property?.id).toLowerCase());
    if (name && typeof property.value === 'string' && property.value.trim() !== '')
      found[name] = property.value;
  }
  return found;
}

export function extendedProperty([name, value]: [ExtendedName, string]): ExtendedProperty {
  return { id: extendedIds[name], value };
}

const names = new Map(
  (Object.keys(extendedIds) as ExtendedName[]).map((name) => [extendedIds[name].toLowerCase(), name]),
);
