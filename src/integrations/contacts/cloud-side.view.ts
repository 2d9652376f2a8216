import { type Words } from '../../web/words.js';
import { type CloudCounts, type Mailbox } from './cloud-places.query.js';
import { CONFLICTS, problemText, providerName } from './cloud-words.js';
import { placeWord } from './labels.js';
import { folderTree, inTreeOrder, type FolderNode } from './folder-tree.js';
import { CLOUD, listPath, type CloudListState } from './list/cloud-list.state.js';

/** Of larger trees only the way to the open folder is unfolded. */
const UNFOLDED = 30;

/** Beside the list: all, starred, what waits, then each mailbox with its folders. For `cloud-contacts/side`. */
export function cloudSide(
  words: Words,
  state: Pick<CloudListState, 'sort' | 'mailbox' | 'folder' | 'state' | 'starred'>,
  mailboxes: readonly Mailbox[],
  counts: CloudCounts,
) {
  const { sort } = state;
  const counted = (count: number) => ({
    count: words.number(count),
    said: words.t('cloud-contacts.count', { count }),
  });
  const elsewhere = state.mailbox !== '' || state.folder !== '';
  const entries = [
    { icon: 'contacts', key: 'all', count: counts.all, to: {} },
    { icon: 'star', key: 'starred', count: counts.starred, to: { starred: true } },
    ...(counts.waiting > 0 || state.state === 'waiting'
      ? [{ icon: 'clock', key: 'waiting', count: counts.waiting, to: { state: 'waiting' as const } }]
      : []),
    ...(counts.refused > 0 || state.state === 'refused'
      ? [{ icon: 'alert-circle', key: 'refused', count: counts.refused, to: { state: 'refused' as const } }]
      : []),
  ].map(({ icon, key, count, to }) => ({
    ...{ icon, label: words.t(`cloud-contacts.side.${key}`), href: listPath({ ...to, sort }) },
    ...counted(count),
    current:
      !elsewhere && state.state === (to.state ?? '') && state.starred === ('starred' in to && to.starred),
  }));
  const conflicts = {
    ...{ icon: 'alert', label: words.t('cloud-contacts.side.conflicts'), href: CONFLICTS, current: false },
    count: words.number(counts.conflicts),
    said: words.t('cloud-contacts.conflicts-open', { count: counts.conflicts }),
  };
  const places = mailboxes.map((mailbox) => mailboxView(words, state, mailbox, counts));
  const current =
    entries.find((each) => each.current)?.label ??
    places.find((each) => each.current)?.label ??
    places.flatMap(({ folders }) => folders.flatMap(named)).find((each) => each.current)?.label;
  return {
    label: words.t(`cloud-contacts.${placeWord(mailboxes)}s`),
    entries: counts.conflicts > 0 ? [...entries, conflicts] : entries,
    mailboxes: places,
    current: current ?? words.t(`cloud-contacts.${placeWord(mailboxes)}s`),
    manageHref: '/integrations',
    manage: words.t('cloud-contacts.connections'),
  };
}

function mailboxView(
  words: Words,
  { sort, mailbox: chosen, folder }: Pick<CloudListState, 'sort' | 'mailbox' | 'folder'>,
  { id, provider, accountName, writable, folders }: Mailbox,
  counts: CloudCounts,
) {
  const tree = folderTree(folders);
  const unfold = inTreeOrder(tree).length <= UNFOLDED;
  const count = counts.mailboxes.get(id) ?? 0;
  return {
    ...{ href: listPath({ mailbox: id, sort }), label: accountName, current: chosen === id },
    provider: providerName(words, provider),
    ...{ count: words.number(count), said: words.t('cloud-contacts.count', { count }) },
    readOnly: writable ? '' : words.t('cloud-contacts.read-only'),
    folders: tree.map((node) => folderView(words, node, { counts, chosen: folder, sort, unfold })),
  };
}

interface FolderContext {
  counts: CloudCounts;
  chosen: string;
  sort: CloudListState['sort'];
  unfold: boolean;
}

interface FolderView {
  label: string;
  /** '' for a folder that holds no contacts. */
  href: string;
  current: boolean;
  count: string;
  said: string;
  readOnly: string;
  toggle: string;
  open: boolean;
  below: FolderView[];
}

function folderView(words: Words, { folder, below }: FolderNode, context: FolderContext): FolderView {
  const { counts, chosen, sort, unfold } = context;
  const { id, name, living, readOnly } = folder;
  const count = counts.folders.get(id) ?? 0;
  const nested = below.map((node) => folderView(words, node, context));
  return {
    ...{ label: name, href: living ? listPath({ folder: id, sort }) : '', current: chosen === id },
    ...{ count: words.number(count), said: words.t('cloud-contacts.count', { count }) },
    readOnly: living && readOnly ? words.t('cloud-contacts.read-only') : '',
    toggle: words.t('cloud-contacts.folders-below', { name }),
    open: unfold || nested.some((each) => each.current || each.open),
    below: nested,
  };
}

function named(view: FolderView): FolderView[] {
  return [view, ...view.below.flatMap(named)];
}

/** What a mailbox needs somebody to know before its contacts are looked at. For `cloud-contacts/banners`. */
export function bannersOf(
  words: Words,
  state: CloudListState,
  mailboxes: readonly Mailbox[],
  counts: CloudCounts,
) {
  const banners = mailboxes.flatMap((mailbox) => {
    const { id, state, pausedFor, problem, lastSuccessAt, accountName } = mailbox;
    const values = { provider: providerName(words, mailbox.provider), account: accountName };
    if (state === 'needs-sign-in')
      return [
        {
          ...{ kind: 'warning', text: words.t('cloud-contacts.banner.sign-in', values) },
          ...{ href: `/integrations/${id}/sign-in`, link: words.t('cloud-contacts.banner.sign-in-link') },
        },
      ];
    if (state === 'paused') {
      const key = `cloud-contacts.banner.paused-${pausedFor ?? ''}`;
      const text = words.t(words.has(key) ? key : 'cloud-contacts.banner.paused', values);
      return [{ kind: 'warning', text, href: '/integrations', link: words.t('cloud-contacts.connections') }];
    }
    if (problem !== null)
      return [
        {
          kind: 'notice',
          text: words.t('cloud-contacts.banner.problem', {
            ...values,
            why: problemText(words, problem),
            since: lastSuccessAt === null ? '' : words.dateTime(lastSuccessAt),
            synced: lastSuccessAt === null ? 'no' : 'yes',
            kept: mailbox.writable && problem.key !== 'brake' ? 'yes' : 'no',
          }),
          ...(problem.key === 'brake'
            ? { href: `/integrations/${id}/brake`, link: words.t('cloud-contacts.banner.brake-link') }
            : { href: '/integrations', link: words.t('cloud-contacts.connections') }),
        },
      ];
    return [];
  });
  if (state.state === 'waiting' && counts.removals > 0)
    banners.push({
      ...{ kind: 'notice', text: words.t('cloud-contacts.banner.removals', { count: counts.removals }) },
      ...{ href: `${CLOUD}/trash`, link: words.t('cloud-contacts.trash') },
    });
  const first = mailboxes.find(
    ({ inStep, state, lastSuccessAt, problem }) =>
      inStep && state === 'connected' && lastSuccessAt === null && problem === null,
  );
  return {
    banners,
    // Its count is followed by script, and a link without.
    first: first && {
      label: words.t('cloud-contacts.first.label', {
        provider: providerName(words, first.provider),
        account: first.accountName,
        count: counts.mailboxes.get(first.id) ?? 0,
      }),
      href: CLOUD,
      link: words.t('cloud-contacts.first.again'),
    },
  };
}
