import { contactFields, phoneFields, type PhoneField } from '../../../contact-card/contact-fields.js';
import { limits } from '../../../config/limits.js';
import { type Id } from '../../../database/new-id.js';
import { placeQuery, type KeysetPage, type Place } from '../../../database/keyset.js';
import { type Changes } from '../../../journal/journal.entities.js';
import { formatPhone } from '../../../phone/e164.js';
import { pageLinks } from '../../../web/page-links.js';
import { type Words } from '../../../web/words.js';
import { undoPath } from '../cloud-messages.js';
import { type CloudEvent } from './cloud-contact.query.js';

/** What happened to a cloud contact, in plain words, a page at a time. For partial `contact-history`. */
export function cloudHistoryView(
  words: Words,
  path: string,
  { rows, ...places }: KeysetPage<CloudEvent>,
  { folders, provider, labels }: { folders: ReadonlyMap<Id, string>; provider: string; labels: boolean },
) {
  const href = (place: Place) => `${path}?${new URLSearchParams(placeQuery(place)).toString()}#history`;
  return {
    entries: rows.map((event) => {
      const what = eventText(words, event, provider);
      const { action, at, changes, undoneAt, batchId, runId, subjects } = event;
      return {
        at: words.dateTime(at),
        what,
        ...(runId === null ? {} : { href: `/integrations/runs/${runId}` }),
        undone: undoneAt === null ? '' : words.t('cloud-contact.history.undone'),
        changes: action === 'created' ? [] : changesInWords(words, changes, folders, labels),
        ...(mayUndo(event)
          ? {
              undo: {
                action: undoPath(batchId, path),
                what: `${what}, ${words.dateTime(at)}`,
                // Whoever undoes an act undoes all of it.
                more: subjects > 1 ? words.t('cloud-contact.history.subjects', { count: subjects - 1 }) : '',
              },
            }
          : {}),
      };
    }),
    pagination: pageLinks(places, href),
  };
}

/** Folders that changes name. */
export function foldersIn(events: readonly CloudEvent[]): Id[] {
  return [
    ...new Set(
      events.flatMap(({ changes }) =>
        (changes?.['folderIds'] ?? []).flat().filter((id): id is Id => typeof id === 'string'),
      ),
    ),
  ];
}

function eventText(words: Words, { kind, action }: CloudEvent, provider: string): string {
  const keys = [`${kind}.${action}`, kind, action].map((name) => `cloud-contact.history.${name}`);
  return words.t(keys.find((key) => words.has(key)) ?? 'cloud-contact.history.changed', { provider });
}

/** What a run did is undone on the run's page; making and deleting a contact has its own buttons. */
function mayUndo({ action, at, undoneAt, kind }: CloudEvent): boolean {
  if (action !== 'changed' || undoneAt !== null || kind === 'cloud.sync') return false;
  return at.getTime() > Date.now() - limits.restoreDays * 86_400_000;
}

/** What a provider says of a number goes with the number. */
const toldFields = [...contactFields, 'folderIds', 'starred', 'isPrivate'];

/** What changed, field by field. @param folders names, by id @param labels they are labels */
export function changesInWords(
  words: Words,
  changes: Changes | null,
  folders: ReadonlyMap<Id, string>,
  labels = false,
) {
  if (changes === null) return [];
  const texts = (changes['typedPhones'] ?? [{}, {}]).map((side) => (side ?? {}) as Record<string, string>);
  return toldFields
    .map((field) => {
      const [before, after] = (changes[field] ?? [null, null]).map((value, side) =>
        // Of a number nobody can read there is its text alone.
        valueText(
          words,
          field,
          value ?? (field in changes || isText(texts, field) ? texts[side][field] : null),
          folders,
        ),
      );
      const name = field === 'folderIds' && labels ? 'labels' : field;
      return { label: words.t(`cloud-contact.field.${name}`), before, after };
    })
    .filter(({ before, after }) => before !== after);
}

/** Both sides of a field are text nobody can read. */
function isText(texts: readonly Record<string, string>[], field: string): boolean {
  return phoneFields.includes(field as PhoneField) && texts.some((side) => side[field] !== undefined);
}

function valueText(words: Words, field: string, value: unknown, folders: ReadonlyMap<Id, string>): string {
  if (field === 'starred' || field === 'isPrivate')
    return value === null || value === undefined
      ? ''
      : words.t(value ? 'cloud-contact.yes' : 'cloud-contact.no');
  if (value === null || value === undefined || value === '') return '';
  if (field === 'folderIds')
    return words.list((value as Id[]).map((id) => folders.get(id) ?? words.t('cloud-contact.folder-gone')));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return phoneFields.includes(field as PhoneField) ? formatPhone(text) : text;
}
