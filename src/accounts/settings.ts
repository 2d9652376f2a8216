import { sameValue } from '../journal/changes.js';
import { type AccountSettings } from './account-settings.entity.js';
import { type Account } from './account.entity.js';
import { CALL_MONTHS } from './call-retention.js';
import { features, type AccountFeature, type AccountFeatures, type Feature } from './features.js';
import { defaultOutsiderFields, type OutsiderField } from './outsider-fields.js';

/** `none`: off for everybody, whatever groups and people say; else what holds for those who have no other value. */
export const featureRules = ['on', 'off', 'none'] as const;
export type FeatureRule = (typeof featureRules)[number];

export const providers = ['google', 'office365', 'exchange'] as const;
export type Provider = (typeof providers)[number];

/** How long the audit log may be kept, in years; null is for ever. */
export const auditYearChoices = [1, 2, 3, 5, 10] as const;

/** How long calls may be kept, in months; null is for ever. */
export const callMonthChoices = [1, 3, 6, 12, 24] as const;

/** Everything an administrator decides for an account, one value a name: what the journal and the forms speak of. */
export type Settings = Pick<Account, 'name' | 'region' | 'language' | 'timeZone'> &
  Pick<Account, 'callPattern' | 'chatPattern' | 'meetPattern'> &
  Record<Feature, FeatureRule> &
  Pick<
    AccountSettings,
    | 'allowedDomains'
    | 'blockedDomains'
    | Provider
    | 'severalConnections'
    | 'auditYears'
    | 'mailDays'
    | 'importDays'
    | 'callMonths'
  > & {
    /** In the order of `outsiderFields`. */
    outsiderFields: readonly OutsiderField[];
  };
export type SettingName = keyof Settings;

/** How long what names people is kept. */
export type Retention = Pick<Settings, 'auditYears' | 'mailDays' | 'importDays' | 'callMonths'>;

/** What is saved together. */
export const settingSections = {
  company: ['name', 'region', 'language', 'timeZone'],
  features,
  reach: ['callPattern', 'chatPattern', 'meetPattern'],
  'external-contacts': ['allowedDomains', 'blockedDomains', 'outsiderFields'],
  integrations: [...providers, 'severalConnections'],
  retention: ['auditYears', 'mailDays', 'importDays', 'callMonths'],
} as const satisfies Record<string, readonly SettingName[]>;
export type SettingSection = keyof typeof settingSections;

export const settingNames: readonly SettingName[] = Object.values(settingSections).flat();

/** The section a field is saved with. */
export function sectionOf(name: SettingName): SettingSection {
  const sections = Object.entries(settingSections) as [SettingSection, readonly SettingName[]][];
  return sections.find(([, names]) => names.includes(name))![0];
}

/** Of an account that has saved nothing yet. */
export function newSettings(accountId: string): AccountSettings {
  return {
    accountId,
    allowedDomains: [],
    blockedDomains: [],
    outsiderFields: null,
    google: true,
    office365: true,
    exchange: true,
    severalConnections: false,
    auditYears: null,
    mailDays: 30,
    importDays: 30,
    callMonths: CALL_MONTHS,
    retentionFrom: null,
  };
}

export function settingsOf(account: Account, stored: AccountSettings): Settings {
  const { name, region, language, timeZone, callPattern, chatPattern, meetPattern } = account;
  const rules = Object.fromEntries(
    features.map((feature) => [feature, ruleOf(account.features[feature])]),
  ) as Record<Feature, FeatureRule>;
  const { allowedDomains, blockedDomains, google, office365, exchange, severalConnections } = stored;
  const { auditYears, mailDays, importDays, callMonths } = stored;
  const outsiderFields = stored.outsiderFields ?? defaultOutsiderFields;
  return {
    ...{ name, region, language, timeZone },
    ...rules,
    ...{ callPattern, chatPattern, meetPattern },
    ...{ allowedDomains, blockedDomains, outsiderFields },
    ...{ google, office365, exchange, severalConnections },
    ...{ auditYears, mailDays, importDays, callMonths },
  };
}

/** The account's rules as `resolveFeatures` reads them. What people start with is remembered while nobody may have it. */
export function accountFeaturesOf(settings: Settings, before: AccountFeatures): AccountFeatures {
  const ruled = (feature: Feature): AccountFeature => {
    const rule = settings[feature];
    return rule === 'none'
      ? { allowed: false, on: before[feature].on }
      : { allowed: true, on: rule === 'on' };
  };
  return Object.fromEntries(features.map((feature) => [feature, ruled(feature)])) as AccountFeatures;
}

/** True when something is kept for a shorter time than before. */
export function shortens(before: Retention, after: Retention): boolean {
  const years = (settings: Retention) => settings.auditYears ?? Infinity;
  const months = (settings: Retention) => settings.callMonths ?? Infinity;
  return (
    years(after) < years(before) ||
    months(after) < months(before) ||
    after.mailDays < before.mailDays ||
    after.importDays < before.importDays
  );
}

/** Names of what differs. */
export function changedNames(before: Settings, after: Settings): SettingName[] {
  return settingNames.filter((name) => !sameValue(before[name], after[name]));
}

function ruleOf({ allowed, on }: AccountFeature): FeatureRule {
  return allowed ? (on ? 'on' : 'off') : 'none';
}
