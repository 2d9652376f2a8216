import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { type User } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { formatPhone } from '../phone/e164.js';
import {
  checkbox,
  field,
  fileField,
  problemsOf,
  radioGroup,
  select,
  type AnyField,
  type Returned,
} from '../web/fields.js';
import { type SignedIn } from '../web/signed-in.js';
import { locales, type Words } from '../web/words.js';
import { waitingAddressView } from './email-change.view.js';
import { newPasswordFields } from './new-password.view.js';
import { themes } from './profile.forms.js';
import { regionOptions } from './regions.js';
import { sessionRow } from './session.view.js';
import { type SessionSummary } from './sessions.service.js';

/** The form that came back, if one did. */
export interface ReturnedForms {
  details?: Returned;
  preferences?: Returned;
  password?: Returned;
}

interface ProfileRead {
  user: User;
  sessions: SessionSummary[];
  /** A change of address that is not confirmed yet. */
  waiting: OneTimeLink | null;
}

export function profileView(
  words: Words,
  me: SignedIn,
  { user, sessions, waiting }: ProfileRead,
  returned: ReturnedForms = {},
) {
  const forms = {
    details: form(words, '/profile', detailsFields(words, user, returned.details), returned.details),
    preferences: form(
      words,
      '/profile/preferences',
      preferencesFields(words, me, user, returned.preferences),
      returned.preferences,
    ),
    password: form(
      words,
      '/profile/password',
      [
        field(
          words,
          {
            ...{ name: 'currentPassword', labelKey: 'profile.field.current-password', type: 'password' },
            autocomplete: 'current-password',
          },
          returned.password,
        ),
        ...newPasswordFields(words, 'new', returned.password),
      ],
      returned.password,
    ),
  };
  return {
    ...forms,
    // Names the page in the title bar as one with something to put right.
    problems: Object.values(forms).flatMap(({ problems }) => problems),
    facts: factsOf(words, me, user, waiting),
    photo: fileField(words, {
      name: 'photo',
      labelKey: 'contacts.photo.choose',
      accept: 'image/jpeg,image/png,image/webp,image/avif',
      maxBytes: limits.photoUploadBytes,
    }),
    photoText: words.t(isAlone(me) ? 'profile.photo-alone' : 'contacts.photo.text'),
    sessionColumns: [
      { label: words.t('profile.session.device') },
      { label: words.t('profile.session.last-seen') },
    ],
    sessions: sessions.map((session) => sessionView(words, me, session)),
    hasOthers: sessions.length > 1,
    detailsText: words.t(isAlone(me) ? 'profile.details.text-alone' : 'profile.details.text'),
    closing: isAlone(me) ? words.t('account-closing.card-text', { days: limits.restoreDays }) : null,
  };
}

/** In an account of one's own. */
function isAlone({ account }: SignedIn): boolean {
  return account.kind === 'personal';
}

function form(words: Words, action: string, fields: AnyField[], returned: Returned | undefined) {
  return { action, fields, problems: problemsOf(words, fields, returned) };
}

function detailsFields(words: Words, user: User, returned?: Returned): AnyField[] {
  const phone = (name: 'workPhone' | 'mobilePhone', labelKey: string) => {
    const number = user[name];
    const value = number === null ? '' : formatPhone(number);
    return field(
      words,
      { name, labelKey, value, type: 'tel', autocomplete: 'tel', inputmode: 'tel', optional: true },
      returned,
    );
  };
  return [
    field(
      words,
      {
        ...{ name: 'givenName', labelKey: 'auth.field.given-name', value: user.givenName },
        autocomplete: 'given-name',
      },
      returned,
    ),
    field(
      words,
      {
        ...{ name: 'familyName', labelKey: 'auth.field.family-name', value: user.familyName },
        autocomplete: 'family-name',
      },
      returned,
    ),
    phone('workPhone', 'profile.field.work-phone'),
    phone('mobilePhone', 'profile.field.mobile-phone'),
  ];
}

function preferencesFields(words: Words, { account }: SignedIn, user: User, returned?: Returned): AnyField[] {
  const alone = account.kind === 'personal';
  // Whoever has a company may leave it to that; in an account of one's own there is nobody to follow.
  const asCompany = (label: string) =>
    alone ? [] : [{ value: '', label: words.t('profile.as-company', { value: label }) }];
  const zone = user.timeZone ?? (alone ? account.timeZone : null);
  return [
    select(
      words,
      {
        ...{ name: 'language', labelKey: 'profile.field.language' },
        value: user.language ?? (alone ? account.language : null),
        options: [
          ...asCompany(words.t(`common.language.${account.language}`)),
          ...locales.map((value) => ({ value, labelKey: `common.language.${value}` })),
        ],
      },
      returned,
    ),
    ...(alone ? [regionField(words, account.region, returned)] : []),
    select(
      words,
      {
        ...{ name: 'timeZone', labelKey: 'profile.field.time-zone', value: zone },
        options: [
          ...asCompany(zoneName(account.timeZone)),
          ...timeZones(zone).map((value) => ({ value, label: zoneName(value) })),
        ],
      },
      returned,
    ),
    radioGroup(
      words,
      {
        ...{ name: 'theme', labelKey: 'profile.field.theme', value: user.theme },
        options: themes.map((value) => ({ value, labelKey: `common.theme.${value}` })),
      },
      returned,
    ),
    checkbox(
      words,
      {
        ...{
          name: 'shortcuts',
          labelKey: 'profile.field.shortcuts',
          hintKey: 'profile.field.shortcuts-hint',
        },
        checked: user.shortcuts,
      },
      returned,
    ),
  ];
}

function regionField(words: Words, value: string, returned?: Returned): AnyField {
  return select(
    words,
    {
      ...{ name: 'region', labelKey: 'auth.field.region', hintKey: 'auth.field.region-hint', value },
      options: regionOptions(words),
    },
    returned,
  );
}

/** All this machine knows, and the one in use should another machine have known it. */
function timeZones(chosen: string | null): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...(chosen ? [chosen] : [])])].sort();
}

function zoneName(zone: string): string {
  return zone.replaceAll('_', ' ');
}

/** What administrators keep, shown so that people see what others see. */
function factsOf(words: Words, { role, account }: SignedIn, user: User, waiting: OneTimeLink | null) {
  const { email, jobTitle, department, location, extension } = user;
  const address = {
    ...{ label: words.t('auth.field.email'), value: email },
    note: waitingAddressView(words, waiting, '/profile/email')?.text,
  };
  if (account.kind === 'personal') return [address];
  return [
    address,
    { label: words.t('profile.fact.company'), value: account.name },
    { label: words.t('profile.fact.role'), value: words.t(`profile.role.${role}`) },
    { label: words.t('profile.fact.job-title'), value: jobTitle },
    { label: words.t('profile.fact.department'), value: department },
    { label: words.t('profile.fact.location'), value: location },
    { label: words.t('profile.fact.extension'), value: extension },
  ].filter(({ value }) => value !== null);
}

function sessionView(words: Words, me: SignedIn, session: SessionSummary) {
  const { publicId } = session;
  return {
    ...sessionRow(words, session),
    current: publicId === me.sessionPublicId,
    endAction: `/profile/sessions/${publicId}/deletion`,
  };
}
