import { type PresentSettings } from '../../accounts/company-settings.service.js';
import {
  holdersOf,
  ownValuesOf,
  type FeatureTally,
  type GroupWithFeatures,
} from '../../accounts/feature-tally.query.js';
import { features, type Feature } from '../../accounts/features.js';
import {
  auditYearChoices,
  callMonthChoices,
  featureRules,
  providers,
  settingSections,
  type SettingName,
  type SettingSection,
} from '../../accounts/settings.js';
import { regionOptions } from '../../auth/regions.js';
import { limits } from '../../config/limits.js';
import { type MailServerFacts } from '../../mail/mail-test.service.js';
import {
  checkbox,
  field,
  problemsOf,
  select,
  textarea,
  type AnyField,
  type Returned,
} from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Submission } from '../../web/submitted.js';
import { locales, type Words } from '../../web/words.js';
import { OWNERS_NAMED, type AccountOverview } from './account-facts.query.js';
import { outsiderBoxes, outsidePreview, type OwnEntry } from './outside.view.js';
import { type ReachPreset } from './reach-presets.js';
import { filledText, presetField, reachFields, reachPreview, typedPatterns } from './reach.view.js';
import { formText, monthsText, yearsText, zoneName } from './settings-values.js';
import { type SectionForm } from './settings.forms.js';

/** Groups with values of their own that are named under a feature; more are counted. */
const GROUPS_NAMED = 10;

export interface ReturnedSection {
  section: SettingSection;
  submission: Submission<SectionForm>;
}

interface Shown {
  present: PresentSettings;
  groups: GroupWithFeatures[];
  /** null when the page does not wait for it: it links to itself with the numbers. */
  tally: FeatureTally | null;
  account: AccountOverview;
  server: MailServerFacts | null;
  /** External contacts whom the lists of domains do not allow. */
  forbidden: number;
  own: OwnEntry;
  /** The form that came back, if one did. */
  returned?: ReturnedSection;
  /** Patterns that stand in their fields unsaved. */
  preset?: ReachPreset | undefined;
}

/** `/settings`: every section with its form. */
export function settingsView(words: Words, reader: SignedIn, shown: Shown) {
  const { present, tally, returned, preset } = shown;
  const form = (section: SettingSection, fieldsOf: FieldsOf) => {
    const back = returned?.section === section ? returned.submission : undefined;
    const fields = fieldsOf(words, present, back);
    return {
      action: `/settings/${section}`,
      // A form that comes back is still about the version it was opened on.
      revision: back?.form.revision ?? String(present.revision),
      fields,
      problems: problemsOf(words, fields, back),
    };
  };
  const forms = {
    company: form('company', companyFields),
    features: form('features', featureFields),
    reach: form('reach', (...call) => reachFields(...call, preset)),
    outside: form('external-contacts', outsideFields),
    providers: form('integrations', providerFields),
    retention: form('retention', retentionFields),
  };
  return {
    ...forms,
    // Names the page in the title bar as one with something to put right.
    problems: Object.values(forms).flatMap(({ problems }) => problems),
    sections: [...Object.keys(settingSections), 'mail', 'tokens', 'account'].map((section) => ({
      href: `#${section}`,
      label: words.t(`settings.${section}.title`),
    })),
    features: { ...forms.features, rows: featureRows(words, shown, forms.features.fields) },
    reach: {
      ...forms.reach,
      preset: presetField(words, preset),
      filled: preset ? filledText(words, preset) : '',
      preview: reachPreview(
        words,
        reader,
        shown.own,
        typedPatterns(
          present.settings,
          preset,
          returned?.section === 'reach' ? returned.submission : undefined,
        ),
      ),
    },
    outside: {
      ...forms.outside,
      forbidden:
        shown.forbidden > 0 ? words.t('settings.outsiders.forbidden', { count: shown.forbidden }) : '',
      preview: outsidePreview(words, reader, shown.own),
    },
    waiting: waitingText(words, present),
    licensed: tally
      ? words.t('settings.features.licensed', { count: tally.licensed, people: tally.people })
      : '',
    countHref: tally ? '' : '/settings?count=yes#features',
    mail: mailOf(words, reader, shown.server),
    facts: factsOf(words, shown),
    tokensHref: reader.role === 'owner' ? '/settings/tokens' : '',
    closing: reader.role === 'owner' ? closeCommand(present.account.name) : '',
  };
}

/** A shortened retention that has not begun. */
function waitingText(words: Words, { stored: { retentionFrom } }: PresentSettings): string {
  if (retentionFrom === null || Number(retentionFrom) <= Date.now()) return '';
  return words.t('settings.retention.waiting', { at: words.dateTime(retentionFrom) });
}

type FieldsOf = (words: Words, present: PresentSettings, returned?: Returned) => AnyField[];

function companyFields(words: Words, { settings }: PresentSettings, returned?: Returned): AnyField[] {
  return [
    field(
      words,
      {
        ...{ name: 'name', labelKey: 'settings.field.name', value: settings.name },
        ...{ autocomplete: 'organization', maxlength: limits.nameCharacters },
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'region', labelKey: 'settings.field.region', hintKey: 'settings.hint.region' },
        ...{ value: settings.region, options: regionOptions(words) },
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'language', labelKey: 'settings.field.language', hintKey: 'settings.hint.language' },
        value: settings.language,
        options: locales.map((value) => ({ value, labelKey: `common.language.${value}` })),
      },
      returned,
    ),
    select(
      words,
      {
        ...{ name: 'timeZone', labelKey: 'settings.field.timeZone', hintKey: 'settings.hint.time-zone' },
        value: settings.timeZone,
        options: timeZones(settings.timeZone).map((value) => ({ value, label: zoneName(value) })),
      },
      returned,
    ),
  ];
}

function featureFields(words: Words, { settings }: PresentSettings, returned?: Returned): AnyField[] {
  return features.map((feature) =>
    select(
      words,
      {
        ...{ name: feature, id: `feature-${feature}`, labelKey: `settings.field.${feature}` },
        hintKey: `settings.hint.${feature}`,
        value: settings[feature],
        options: featureRules.map((value) => ({ value, labelKey: `settings.rule.${value}` })),
      },
      returned,
    ),
  );
}

function outsideFields(words: Words, { settings }: PresentSettings, returned?: Returned): AnyField[] {
  const domains = (['allowedDomains', 'blockedDomains'] as const).map((name) =>
    textarea(
      words,
      {
        ...{ name, labelKey: `settings.field.${name}`, optional: true, rows: 5 },
        hintKey: `settings.hint.${name}`,
        value: formText(name, settings[name]),
      },
      returned,
    ),
  );
  return [...domains, outsiderBoxes(words, settings.outsiderFields, returned)];
}

function providerFields(words: Words, { settings }: PresentSettings, returned?: Returned): AnyField[] {
  const labelled = <Name extends SettingName>(name: Name) => ({ name, labelKey: `settings.field.${name}` });
  return [
    ...providers.map((name) => checkbox(words, { ...labelled(name), checked: settings[name] }, returned)),
    checkbox(
      words,
      {
        ...{ ...labelled('severalConnections'), hintKey: 'settings.hint.severalConnections' },
        checked: settings.severalConnections,
      },
      returned,
    ),
  ];
}

function retentionFields(words: Words, { settings }: PresentSettings, returned?: Returned): AnyField[] {
  const days = (name: 'mailDays' | 'importDays') =>
    field(
      words,
      {
        ...{ name, labelKey: `settings.field.${name}`, hintKey: `settings.hint.${name}` },
        hintValues: { max: limits.keptDays },
        ...{ value: settings[name], type: 'number', inputmode: 'numeric', min: 1, max: limits.keptDays },
      },
      returned,
    );
  return [
    select(
      words,
      {
        ...{ name: 'auditYears', labelKey: 'settings.field.auditYears', hintKey: 'settings.hint.auditYears' },
        value: formText('auditYears', settings.auditYears),
        options: [null, ...auditYearChoices].map((years) => ({
          value: years === null ? '' : String(years),
          label: yearsText(words, years),
        })),
      },
      returned,
    ),
    days('mailDays'),
    days('importDays'),
    select(
      words,
      {
        ...{ name: 'callMonths', labelKey: 'settings.field.callMonths', hintKey: 'settings.hint.callMonths' },
        value: formText('callMonths', settings.callMonths),
        options: [...callMonthChoices, null].map((months) => ({
          value: months === null ? '' : String(months),
          label: monthsText(words, months),
        })),
      },
      returned,
    ),
  ];
}

/** Each feature with who has it now, and where groups or people decide otherwise than the account. */
function featureRows(words: Words, { present, groups: deciding, tally }: Shown, fields: AnyField[]) {
  const holders = tally && holdersOf(tally, present.account.features);
  return features.map((feature, place) => {
    const groups = deciding.flatMap(({ id, name, features: said }) => {
      const value = said[feature];
      return value ? [{ href: `/user-groups/${id}`, name, ...value }] : [];
    });
    const own = tally ? ownValuesOf(tally, feature) : { on: 0, off: 0 };
    return {
      field: fields[place],
      have: holders
        ? words.t('settings.features.have', { count: holders[feature], people: tally.people })
        : '',
      own:
        own.on + own.off === 0 ? '' : words.t('settings.features.own', { ...own, count: own.on + own.off }),
      ...groupsOf(words, feature, groups),
    };
  });
}

function groupsOf(
  words: Words,
  feature: Feature,
  groups: { href: string; name: string; on: boolean; locked: boolean }[],
) {
  return {
    groupsTitle: words.t('settings.features.groups', { count: groups.length }),
    groups: groups.slice(0, GROUPS_NAMED).map(({ href, name, on, locked }) => ({
      ...{ href, name },
      says: words.t(`settings.features.${on ? 'on' : 'off'}${locked ? '-locked' : ''}`),
    })),
    more:
      groups.length > GROUPS_NAMED
        ? words.t('settings.features.groups-more', { count: groups.length - GROUPS_NAMED })
        : '',
    groupsId: `groups-${feature}`,
  };
}

function mailOf(words: Words, reader: SignedIn, server: MailServerFacts | null) {
  if (server === null)
    return { kept: true, facts: [], example: 'SMTP_URL=smtps://user:password@smtp.example.com:465' };
  const { host, port, tls, from } = server;
  return {
    kept: false,
    facts: [
      { label: words.t('settings.mail.server'), value: `${host}:${port}` },
      {
        label: words.t('settings.mail.safety'),
        value: words.t(tls ? 'settings.mail.tls' : 'settings.mail.starttls'),
      },
      { label: words.t('settings.mail.from'), value: from },
    ],
    button: words.t('settings.mail.send', { email: reader.email }),
  };
}

function factsOf(words: Words, { present, account: { people, owners } }: Shown) {
  const { createdAt } = present.account;
  const count = (status: 'active' | 'pending' | 'deactivated') => ({
    label: words.t(`common.tab.${status}`),
    value: words.number(people[status]),
    href: `/users?status=${status}`,
  });
  return [
    { label: words.t('settings.account.created'), value: words.date(createdAt) },
    count('active'),
    count('pending'),
    count('deactivated'),
    ...owners.slice(0, OWNERS_NAMED).map(({ id, givenName, familyName }, place) => ({
      label: words.t(place === 0 ? 'settings.account.owner' : 'settings.account.owner-too'),
      value: `${givenName} ${familyName}`.trim(),
      href: `/users/${id}`,
    })),
    ...(owners.length > OWNERS_NAMED
      ? [
          {
            label: words.t('settings.account.owners-more'),
            value: words.t('settings.account.owners-list'),
            href: '/users?role=owner',
          },
        ]
      : []),
  ];
}

/** As a shell takes it: quoted, whatever the name holds. */
function closeCommand(name: string): string {
  return `npm run carnet -- close-account --account '${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** All this machine knows, and the one in use should another machine have known it. */
function timeZones(chosen: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])].sort();
}
