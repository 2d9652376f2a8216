import { contactFields, phoneFields } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { formatPhone } from '../../phone/e164.js';
import { addressOf } from '../../web/list-address.js';
import { pageLinks } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { CONFLICTS } from '../contacts/cloud-words.js';
import { CLOUD } from '../contacts/list/cloud-list.state.js';
import { textOf } from '../sync/conflict-writes.js';
import { type ListedConflict, type RemoteFolderNames } from './conflict-list.query.js';

/** `/cloud-contacts/conflicts` as its template needs it: a card for each contact. */
export function conflictsView(
  words: Words,
  { rows, ...places }: KeysetPage<ListedConflict>,
  { count, folders }: { count: number; folders: RemoteFolderNames },
) {
  const href = (place: Place) => addressOf(CONFLICTS, [], place);
  return {
    ...{ title: words.t('cloud-conflicts.title'), backHref: CLOUD },
    text: rows.length > 0 ? words.t('cloud-conflicts.text') : '',
    status: words.t('cloud-conflicts.count', { count }),
    all: allView(words, rows),
    conflicts: rows.map((conflict) => conflictView(words, conflict, folders)),
    pages: pageLinks(places, href),
    empty: {
      ...{ icon: 'check-circle', title: words.t('cloud-conflicts.empty') },
      ...{ text: words.t('cloud-conflicts.empty-text'), href: CLOUD },
      label: words.t('cloud-conflicts.back'),
    },
  };
}

/** One click for all cards with fields to choose; null where there is one at most. */
function allView(words: Words, rows: readonly ListedConflict[]) {
  const both = rows.filter(({ kind }) => kind === 'fields');
  if (both.length < 2) return null;
  return {
    action: `${CONFLICTS}/choices`,
    conflicts: both.map(({ id, revision }) => `${id}:${revision}`),
    text: words.t('cloud-conflicts.all-text', { count: both.length }),
    writable: both.some(({ writable }) => writable),
  };
}

function conflictView(words: Words, conflict: ListedConflict, folders: RemoteFolderNames) {
  const { id, kind, provider: key, accountName, contact, runId, revision, writable, createdAt } = conflict;
  const provider = providerNames[key];
  const values = { provider, days: limits.restoreDays };
  const fields = Object.keys(conflict.fields);
  return {
    ...{ id, revision, href: `${CLOUD}/${contact.id}`, action: `${CONFLICTS}/${id}/choice` },
    name: contact.displayName || words.t('cloud-contact.no-name'),
    mailbox: `${provider} · ${accountName}`,
    happened: words.t(`cloud-conflicts.happened.${kind}`, values),
    when: words.dateTime(createdAt),
    runHref: runId === null ? '' : `/integrations/runs/${runId}`,
    provider,
    readOnly: writable ? '' : words.t('cloud-conflicts.read-only', values),
    writable,
    ...(kind === 'fields'
      ? {
          fields: fields.map((field) => fieldView(words, conflict, field, folders)),
          several: fields.length > 1,
          allThere: words.t('cloud-conflicts.all-there', values),
          effect: words.t('cloud-conflicts.effect', values),
        }
      : {
          facts: contactFields.flatMap((field) => {
            const value = shown(field, textOf(contact, field));
            return value === '' ? [] : [{ label: words.t(`cloud-contact.field.${field}`), value }];
          }),
          keepText: words.t(`cloud-conflicts.keep-text.${kind}`, values),
          deleteText: words.t('cloud-conflicts.delete-text', values),
        }),
  };
}

/** A field with what was agreed before, what was typed here, and what the provider has. */
function fieldView(
  words: Words,
  { fields, provider, connectionId }: ListedConflict,
  field: string,
  folders: RemoteFolderNames,
) {
  const text = (value: string | null) =>
    field === 'folderIds'
      ? words.list(
          (JSON.parse(value ?? '[]') as string[]).map(
            (remoteId) => folders(connectionId, remoteId) ?? words.t('cloud-contact.folder-gone'),
          ),
        )
      : shown(field, value);
  const { agreed, here, there } = fields[field];
  const known = [...contactFields, 'folderIds'].includes(field);
  return {
    field,
    label: known ? words.t(`cloud-contact.field.${field}`) : field,
    before: text(agreed),
    here: text(here),
    there: text(there),
    thereLabel: words.t('cloud-conflicts.there', { provider: providerNames[provider] }),
    takeThere: words.t('cloud-conflicts.take-there', { provider: providerNames[provider] }),
  };
}

/** A text as its provider has it: a number in groups, where it is one. */
function shown(field: string, value: string | null): string {
  const isPhone = (phoneFields as readonly string[]).includes(field);
  return isPhone && value !== null && /^\+\d{6,15}$/.test(value) ? formatPhone(value) : (value ?? '');
}
