import { userFields, userHeaders } from '../csv/user-profiles.js';

/** What an export holds when nothing else is asked for: what an import takes, and what says whose row it is. */
export const usualColumns = [...userFields, 'id', 'status', 'role', 'type'] as const;
/** Only where they are asked for; no import takes them. */
export const moments = ['lastSignInAt', 'invitedAt'] as const;
export const exportColumns = [...usualColumns, ...moments] as const;
export type ExportColumn = (typeof exportColumns)[number];

const momentHeaders = {
  en: { lastSignInAt: 'Last sign-in', invitedAt: 'Invited on' },
  fr: { lastSignInAt: 'Dernière connexion', invitedAt: 'Date d’invitation' },
} as const;

/** The first row of the file. */
export function headerOf(column: ExportColumn, locale: 'en' | 'fr'): string {
  return isMoment(column) ? momentHeaders[locale][column] : userHeaders[locale][column];
}

/** Those a query asks for (`email,location`), in its order, each once; the usual ones when it names none of ours. */
export function columnsIn(text: string | null): readonly ExportColumn[] {
  const names = new Set(text?.split(','));
  const chosen = [...names].flatMap((name) => exportColumns.find((column) => column === name) ?? []);
  return chosen.length > 0 ? chosen : usualColumns;
}

export function isMoment(column: ExportColumn): column is (typeof moments)[number] {
  return moments.some((moment) => moment === column);
}
