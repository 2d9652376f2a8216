import { type Id } from '../../database/new-id.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** An id as our exports write it. */
export function isIdCell(cell: string): cell is Id {
  return ID.test(cell);
}

/** What a status, role or type is called in our exports, and on our pages in both languages. */
const words: Record<string, Record<string, string>> = {
  status: { actif: 'active', 'en attente': 'pending', désactivé: 'deactivated' },
  role: { propriétaire: 'owner', administrateur: 'admin', administrator: 'admin', membre: 'member' },
  type: { standard: 'basic', 'avec licence': 'licensed' },
};

export function meaningOf(field: 'status' | 'role' | 'type', value: string): string {
  const word = value.toLowerCase();
  return words[field]?.[word] ?? word;
}
