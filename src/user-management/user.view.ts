import { erasing } from '../accounts/erasure-rows.js';
import { cycleText } from '../accounts/management-chain.js';
import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { type PersonSection } from '../accounts/person-sections.js';
import { waitingAddressView } from '../auth/email-change.view.js';
import { sessionRow } from '../auth/session.view.js';
import { type SessionSummary } from '../auth/sessions.service.js';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { type KeysetPage } from '../database/keyset.js';
import { formatPhone } from '../phone/e164.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { mentionedIn, nameOf } from './change-words.js';
import { featureItems } from './user/features.view.js';
import { historyView } from './user/history.view.js';
import { type HistoryEntry, type NamedPerson, type Reports, type UserDetails } from './user-details.query.js';
import { badgesOf, photoUrlOf } from './users.view.js';

export { mentionedIn, nameOf };

export interface UserRead {
  details: UserDetails;
  history: KeysetPage<HistoryEntry>;
  /** People the history names by id. */
  named: Map<Id, NamedPerson>;
  reports: Reports;
  sessions: SessionSummary[];
  /** A change of address that is not confirmed yet. */
  waiting: OneTimeLink | null;
  /** What features tell of them. */
  more: PersonSection[];
}

/** The page of one person: who they are, what they may do, where they are signed in, what happened. */
export function userView(words: Words, reader: SignedIn, read: UserRead) {
  const { details, reports } = read;
  const { user, userGroups, chatGroups } = details;
  const path = `/users/${user.id}`;
  return {
    ...headOf(words, reader, details),
    waiting: waitingAddressView(words, read.waiting, `${path}/address`),
    sections: read.more,
    details: detailItems(words, details),
    access: [
      { label: words.t('users.field.role'), value: words.t(`users.role.${user.role}`) },
      { label: words.t('users.field.type'), value: words.t(`users.type.${user.type}`) },
      ...featureItems(words, details),
      { label: words.t('user.language'), value: languageOf(words, reader, details) },
      ...datesOf(words, details),
    ],
    groups: [
      groupsOf(words, 'userGroups', '/user-groups', userGroups),
      groupsOf(words, 'chatGroups', '/chat-groups', chatGroups),
    ],
    cycle: cycleText(words, reports.cycle),
    reports: reports.people.map((person) => ({ name: nameOf(person), href: `/users/${person.id}` })),
    allReportsHref: reports.more ? `/users?manager=${user.id}` : null,
    invitation: user.status === 'pending' ? invitationOf(words, details, path) : null,
    sessions: user.status === 'active' ? sessionsOf(words, reader, read, path) : null,
    history: historyView(words, path, read.history, read.named),
  };
}

/** The page of somebody in the bin: since when, until when, and the way back. */
export function erasedUserView(
  words: Words,
  reader: SignedIn,
  { details, history, named }: Pick<UserRead, 'details' | 'history' | 'named'>,
) {
  const { user } = details;
  const path = `/users/${user.id}`;
  const erasedAt = user.deletedAt ?? user.updatedAt;
  const by = history.rows.find(({ kind }) => kind === erasing.kind)?.actor ?? null;
  const values = {
    date: words.dateTime(erasedAt),
    by: by ? nameOf(by) : words.t('users.history.by-nobody'),
    until: words.date(new Date(erasedAt.getTime() + limits.restoreDays * 86_400_000)),
  };
  const { avatar, name, mayEdit } = headOf(words, reader, details);
  return {
    ...{ title: name, name, avatar, mayEdit, email: user.email },
    backHref: '/users?status=erased',
    text: words.t('user.erased.on', values),
    restoreAction: `${path}/restoration`,
    finalHref: reader.role === 'owner' ? `${path}/erasure/final` : null,
    history: historyView(words, path, history, named),
  };
}

function headOf(words: Words, reader: SignedIn, { user }: UserDetails) {
  const path = `/users/${user.id}`;
  const mayEdit = user.role !== 'owner' || reader.role === 'owner';
  const oneself = user.id === reader.id;
  const erasable = user.status !== 'pending' && mayEdit && !oneself;
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
    deactivateHref: user.status === 'active' && mayEdit && !oneself ? `${path}/deactivation` : null,
    reactivateAction: user.status === 'deactivated' && mayEdit ? `${path}/reactivation` : null,
    photoHref: oneself ? '/profile#photo-card' : mayEdit ? `${path}/photo` : null,
    addressHref: oneself ? '/profile/email' : mayEdit ? `${path}/address` : null,
    roleHref: reader.role === 'owner' ? `${path}/role` : null,
    // Noted in the audit log, so no link.
    directoryAction: user.status === 'active' ? `${path}/directory` : null,
    eraseHref: erasable ? `${path}/erasure` : null,
  };
}

function detailItems(words: Words, { user, manager }: UserDetails) {
  return [
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
  ];
}

function phoneItem(words: Words, name: string, number: string | null, typed: string | null) {
  return {
    label: words.t(`users.field.${name}`),
    ...(number ? { value: formatPhone(number), copy: number } : {}),
    // Spaces alone are no other way to write it.
    ...(number && typed && typed.replaceAll(/\s/g, '') !== number
      ? { note: words.t('users.phone-typed', { typed }) }
      : {}),
  };
}

function groupsOf(words: Words, kind: string, path: string, groups: { id: Id; name: string }[]) {
  return {
    label: words.t(`users.field.${kind}`),
    groups: groups.map(({ id, name }) => ({ name, href: `${path}/${id}` })),
  };
}

function languageOf(words: Words, { account }: SignedIn, { user }: UserDetails): string {
  return user.language
    ? words.t(`common.language.${user.language}`)
    : words.t('profile.as-company', { value: words.t(`common.language.${account.language}`) });
}

function datesOf(words: Words, { user }: UserDetails) {
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

/** Where the person is signed in; an admin sees it of an owner too, and leaves it alone. */
function sessionsOf(words: Words, reader: SignedIn, { details, sessions }: UserRead, path: string) {
  const mayEnd = details.user.role !== 'owner' || reader.role === 'owner';
  return {
    columns: [{ label: words.t('profile.session.device') }, { label: words.t('profile.session.last-seen') }],
    mayEnd,
    rows: sessions.map((session) => ({
      ...sessionRow(words, session),
      current: session.publicId === reader.sessionPublicId,
      endAction: mayEnd ? `${path}/sessions/${session.publicId}/deletion` : null,
    })),
    endAllAction: mayEnd && sessions.length > 0 ? `${path}/sessions/deletion` : null,
  };
}
