import { features, resolveFeatures, type Feature } from '../accounts/features.js';
import { type Id } from '../database/id.js';
import { formatPhone } from '../phone/e164.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { changesInWords, mentionedIn, nameOf } from './change-words.js';
import { type HistoryEntry, type NamedPerson, type UserDetails } from './user-details.query.js';
import { badgesOf, photoUrlOf } from './users.view.js';

export { mentionedIn, nameOf };

interface UserRead {
  details: UserDetails;
  history: HistoryEntry[];
  /** People the history names by id. */
  named: Map<Id, NamedPerson>;
}

/** The page of one person: who they are, what they may do, what happened. */
export function userView(words: Words, reader: SignedIn, { details, history, named }: UserRead) {
  const { user, manager, userGroups, chatGroups } = details;
  const mayEdit = user.role !== 'owner' || reader.role === 'owner';
  const path = `/users/${user.id}`;
  return {
    title: nameOf(user),
    backHref: user.status === 'active' ? '/users' : `/users?status=${user.status}`,
    name: nameOf(user),
    email: user.email,
    jobTitle: user.jobTitle,
    status: user.status,
    badges: badgesOf(words, user),
    avatar: {
      initials: initialsOf(user.givenName, user.familyName),
      colour: colourOf(user.id),
      photoUrl: photoUrlOf(user),
      size: 'large',
    },
    mayEdit,
    editHref: `${path}/edit`,
    details: [
      {
        label: words.t('users.field.email'),
        value: user.email,
        href: `mailto:${user.email}`,
        copy: user.email,
      },
      { label: words.t('users.field.jobTitle'), value: user.jobTitle },
      { label: words.t('users.field.department'), value: user.department },
      { label: words.t('users.field.location'), value: user.location },
      {
        label: words.t('users.field.manager'),
        ...(manager ? { value: nameOf(manager), href: `/users/${manager.id}` } : {}),
      },
      phoneItem(words, 'workPhone', user.workPhone, user.workPhoneTyped),
      phoneItem(words, 'mobilePhone', user.mobilePhone, user.mobilePhoneTyped),
      { label: words.t('users.field.extension'), value: user.extension },
      { label: words.t('users.field.userGroups'), value: words.list(userGroups.map(({ name }) => name)) },
      { label: words.t('users.field.chatGroups'), value: words.list(chatGroups.map(({ name }) => name)) },
    ],
    access: [
      { label: words.t('users.field.role'), value: words.t(`users.role.${user.role}`) },
      { label: words.t('users.field.type'), value: words.t(`users.type.${user.type}`) },
      ...featureItems(words, details),
      ...datesOf(words, details),
    ],
    invitation: user.status === 'pending' ? invitationOf(words, details, path) : null,
    deactivation:
      user.status === 'active' && mayEdit && user.id !== reader.id
        ? { action: `${path}/deactivation`, label: words.t('users.deactivate') }
        : null,
    reactivation:
      user.status === 'deactivated' && mayEdit
        ? { action: `${path}/reactivation`, label: words.t('users.reactivate') }
        : null,
    history: history.map((entry) => historyItem(words, entry, named)),
  };
}

function phoneItem(words: Words, name: string, number: string | null, typed: string | null) {
  return {
    label: words.t(`users.field.${name}`),
    ...(number ? { value: formatPhone(number), copy: number } : {}),
    ...(number && typed ? { note: words.t('users.phone-typed', { typed }) } : {}),
  };
}

/** Each feature, whether it is on, and who says so. */
function featureItems(words: Words, { user, userGroups, accountFeatures }: UserDetails) {
  const groups = userGroups.map((group) => group.features ?? {});
  const resolved = resolveFeatures(accountFeatures, groups, user.features);
  const sourceOf = (feature: Feature): string => {
    if (!accountFeatures[feature].allowed) return 'account-off';
    if (groups.some((group) => group[feature]?.locked)) return 'group-locked';
    if (user.features?.[feature] !== undefined) return 'own';
    return groups.some((group) => group[feature] !== undefined) ? 'group' : 'account';
  };
  return features.map((feature) => ({
    label: words.t(`users.feature.${feature}`),
    value: words.t(resolved[feature] ? 'users.feature.on' : 'users.feature.off'),
    note: words.t(`users.feature.source.${sourceOf(feature)}`),
  }));
}

function datesOf(words: Words, { user, sessions }: UserDetails) {
  const { status, activatedAt, deactivatedAt, lastSignInAt, createdAt } = user;
  const item = (key: string, moment: Date) => ({ label: words.t(key), value: words.dateTime(moment) });
  return [
    item('users.date.added', createdAt),
    ...(activatedAt ? [item('users.date.activated', activatedAt)] : []),
    ...(deactivatedAt && status === 'deactivated' ? [item('users.date.deactivated', deactivatedAt)] : []),
    ...(status === 'pending'
      ? []
      : [
          {
            label: words.t('users.column.signed-in'),
            value: lastSignInAt ? words.dateTime(lastSignInAt) : words.t('users.never-signed-in'),
          },
          { label: words.t('users.sessions'), value: words.number(sessions) },
        ]),
  ];
}

function invitationOf(words: Words, { user, invitation }: UserDetails, path: string) {
  const open = invitation !== null && invitation.withdrawnAt === null && invitation.usedAt === null;
  const ended = !open || invitation.expiresAt.getTime() <= Date.now();
  return {
    text: [
      ...(user.invitedAt
        ? [words.t('users.invitation.sent-on', { date: words.dateTime(user.invitedAt) })]
        : []),
      ...(ended ? [] : [words.t('users.invitation.ends-on', { date: words.date(invitation.expiresAt) })]),
    ],
    ended: ended ? { kind: 'danger', icon: 'alert-circle', text: words.t('users.invitation.ended') } : null,
    resendAction: `${path}/invitations`,
    cancelAction: `${path}/invitations/cancellation`,
  };
}

function historyItem(words: Words, entry: HistoryEntry, named: Map<Id, NamedPerson>) {
  const { kind, action, at, actor, changes, fileName, importId, line } = entry;
  return {
    at: words.dateTime(at),
    what: whatOf(words, kind, action, { fileName, line }),
    ...(importId ? { href: `/imports/${importId}` } : {}),
    who: actor ? nameOf(actor) : words.t('users.history.by-nobody'),
    ...(actor ? { whoHref: `/users/${actor.id}` } : {}),
    changes: action === 'changed' ? changesInWords(words, changes, named) : [],
  };
}

/** A batch's kind in words; kinds this page does not know are told by what they did to the person. */
function whatOf(
  words: Words,
  kind: string,
  action: HistoryEntry['action'],
  { fileName, line }: Pick<HistoryEntry, 'fileName' | 'line'>,
): string {
  if (fileName !== null && line !== null && action !== 'removed') {
    return words.t('users.history.import-row', { file: fileName, line });
  }
  const key = `users.history.${kind}`;
  return words.t(words.has(key) ? key : `users.history.${action}`);
}
