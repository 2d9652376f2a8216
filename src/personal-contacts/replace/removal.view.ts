import { limits } from '../../config/limits.js';
import { phoneFields, type ContactPhones } from '../../contact-card/contact-fields.js';
import { firstNumber } from '../../contact-card/first-number.js';
import { type Id } from '../../database/new-id.js';
import { type RemovalView, type Statements } from '../../imports/import-kind.js';
import { paginationView } from '../../imports/row-lists.view.js';
import { type Import } from '../../imports/import.entities.js';
import { type Removal, type RemovalGroup, type Staying } from '../../imports/removal.js';
import { formatPhone } from '../../phone/e164.js';
import { checkbox } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { memberships, revisionsOf, wholeList } from './whole-list.js';
import { groupsByName } from '../group-writes.js';

/** Rows of a list that is not turned page by page. */
const SHOWN = 50;
const CONSENT = 'understood';

/** Who leaves the list, or left it, and who stays in it although the file does not say so. */
export async function removalView(
  database: Statements,
  present: Import,
  words: Words,
  query: Record<string, string>,
): Promise<RemovalView | null> {
  const { removal } = present.summary ?? {};
  if (!removal) return null;
  const checked = present.state === 'checked';
  const { leaving, since } = checked
    ? await sinceTheCheck(database, present, removal)
    : { leaving: removal.leaving.map(([id]) => id), since: [] };
  const staying = [...removal.staying, ...since];
  const tense = checked ? 'leaving' : 'left';
  return {
    any: leaving.length > 0,
    counts: [
      {
        ...{
          value: leaving.length,
          label: words.t(`personal-replace.count.${tense}`, { count: leaving.length }),
        },
        ...(leaving.length > 0 ? { kind: 'warn', icon: 'minus', href: '#leaving' } : { icon: 'minus' }),
      },
    ],
    consent: checked && leaving.length > 0 ? consentOf(words, leaving.length) : null,
    groups: checked ? groupsView(words, removal.groups) : null,
    leaving:
      leaving.length === 0
        ? null
        : {
            title: words.t(`personal-replace.${tense}-title`),
            text: words.t(`personal-replace.${tense}-text`, {
              count: leaving.length,
              days: limits.restoreDays,
            }),
            ...(await leavingView(database, present, words, leaving, Number(query['leaving']) || 1)),
          },
    staying:
      staying.length === 0
        ? null
        : {
            title: words.t('personal-replace.staying-title'),
            text: words.t('personal-replace.staying-text', { count: removal.stayingCount + since.length }),
            people: staying.slice(0, SHOWN).map(({ id, name, reason, line = 0 }) => ({
              ...{ name, href: `/personal-contacts/${id}` },
              reason: words.t(`personal-replace.staying-${reason}`, { line }),
            })),
            more: moreText(words, removal.stayingCount + since.length),
          },
    checkAgain: since.length > 0 ? `/imports/${present.id}/rules` : null,
    restore:
      present.state === 'done'
        ? { action: `/imports/${present.id}/undo`, label: words.t('personal-replace.restore') }
        : null,
  };
}

/** Who of them still leaves the list, and who was added or changed since and will not. */
async function sinceTheCheck(
  database: Statements,
  { ownerId }: Pick<Import, 'ownerId'>,
  removal: Removal,
): Promise<{ leaving: Id[]; since: Staying[] }> {
  const revisions = await revisionsOf(database, ownerId ?? '');
  const leaving = stillLeaving(removal, revisions);
  const seen = new Map([...removal.leaving, ...removal.named]);
  const told = new Set(removal.staying.map(({ id }) => id));
  const isSeen = ([id, revision]: [Id, number]) =>
    seen.get(id) === revision || (!seen.has(id) && told.has(id));
  if ([...revisions].every(isSeen)) return { leaving, since: [] };
  // Their names, in the order of the list, are asked for when there is somebody to name.
  const list = await wholeList(database, ownerId ?? '');
  return {
    leaving,
    since: list.flatMap(({ id, displayName: name, revision }): Staying[] => {
      const before = seen.get(id);
      if (before === undefined) return told.has(id) ? [] : [{ id, name, reason: 'added' }];
      return before === revision ? [] : [{ id, name, reason: 'edited' }];
    }),
  };
}

function stillLeaving({ leaving }: Removal, revisions: ReadonlyMap<Id, number>): Id[] {
  return leaving.flatMap(([id, revision]) => (revisions.get(id) === revision ? [id] : []));
}

/** What has to be agreed to before it is done: how many leave the list by now; null where nobody does. */
export async function removalConsent(
  database: Statements,
  { state, ownerId, summary }: Import,
): Promise<{ name: string; value: string } | null> {
  const { removal } = summary ?? {};
  if (!removal || state !== 'checked') return null;
  const { length } = stillLeaving(removal, await revisionsOf(database, ownerId ?? ''));
  return length > 0 ? { name: CONSENT, value: String(length) } : null;
}

/** The value says how many it is about: who agreed to another number is asked again. */
function consentOf(words: Words, count: number) {
  return checkbox(words, {
    ...{ name: CONSENT, labelKey: 'personal-replace.consent', labelValues: { count } },
    ...{ value: String(count), checked: false },
  });
}

function groupsView(words: Words, groups: readonly RemovalGroup[]) {
  return {
    title: words.t('personal-replace.groups-title'),
    rows: groups.slice(0, SHOWN).map(({ name, before, leaving, after, goes, id }) => ({
      ...{ before, leaving, after },
      name: name ?? words.t('personal-replace.no-group'),
      isNone: name === null,
      note: goes
        ? words.t('personal-replace.group-goes')
        : id === null && name !== null
          ? words.t('personal-replace.group-made')
          : null,
    })),
    more: moreText(words, groups.length),
  };
}

async function leavingView(
  database: Statements,
  { id: importId, ownerId, state }: Import,
  words: Words,
  leaving: readonly Id[],
  asked: number,
) {
  const pages = Math.max(1, Math.ceil(leaving.length / limits.page));
  const page = Math.min(Math.max(1, Math.trunc(asked)), pages);
  const ids = leaving.slice((page - 1) * limits.page, page * limits.page);
  const rows = await database.query<
    (ContactPhones & { id: Id; displayName: string; email: string | null })[]
  >(
    `SELECT id, displayName, email, ${phoneFields.join(', ')} FROM personal_contacts WHERE ownerId = ? AND id IN (?)`,
    [ownerId, ids],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  const groups = await groupsByName(database, ownerId ?? '');
  const nameOf = new Map([...groups.values()].map(({ id, name }) => [id, name]));
  const groupsOf = await memberships(database, ownerId ?? '', ids);
  return {
    rows: ids.flatMap((id) => {
      const contact = known.get(id);
      if (!contact) return [];
      const first = firstNumber(contact);
      return [
        {
          name: contact.displayName,
          href: state === 'checked' ? `/personal-contacts/${id}` : null,
          reach: contact.email ?? (first ? formatPhone(first.number) : ''),
          groups: words.list((groupsOf.get(id) ?? []).flatMap((group) => nameOf.get(group) ?? [])),
        },
      ];
    }),
    pagination: paginationView(words, importId, 'leaving', { page, pages, total: leaving.length }),
  };
}

function moreText(words: Words, count: number): string | null {
  return count > SHOWN ? words.t('imports.check.more', { count: count - SHOWN }) : null;
}
