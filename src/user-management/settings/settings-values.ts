import { domainShown, readDomains, type WrongDomain } from '../../accounts/domain-rules.js';
import { features, type Feature } from '../../accounts/features.js';
import { outsiderFields, type OutsiderField } from '../../accounts/outsider-fields.js';
import { settingSections, type SettingName, type Settings } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { Submission, type Problem } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type SectionForm } from './settings.forms.js';

/** Wrong lines of a list that are named one by one. */
const NAMED = 20;

/** What a form says of its section; a field that was not posted says nothing. */
export function valuesOf(section: keyof typeof settingSections, { typed, form }: Submission<SectionForm>) {
  const names = settingSections[section] as readonly SettingName[];
  const fields = form as unknown as Record<string, string | string[] | boolean>;
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(typed, name)).map((name) => [name, valueOf(name, fields[name])]),
  ) as Partial<Settings>;
}

/** A field that was not posted is no fault: its value stays. */
export function onlyPosted<F extends SectionForm>(submission: Submission<F>): Submission<F> {
  const { form, typed, problems, once } = submission;
  const posted = problems.filter(({ field }) => Object.hasOwn(typed, field));
  return new Submission(form, typed, posted, once);
}

/** Each line of the lists that is no domain, with what to do about it. */
export function domainProblems({ form }: Submission<SectionForm>): Problem[] {
  const fields = form as unknown as Record<string, string>;
  return (['allowedDomains', 'blockedDomains'] as const).flatMap((field) => {
    const { domains, wrong } = readDomains(fields[field]);
    const max = limits.domainsPerList;
    if (domains.length > max)
      return [{ field, key: 'settings.problem.domains', values: { max, count: domains.length } }];
    const named = wrong.slice(0, NAMED).map((each) => problemWith(field, each));
    const more = wrong.length - NAMED;
    return more > 0
      ? [...named, { field, key: 'settings.problem.domain-more', values: { count: more } }]
      : named;
  });
}

/** A value as a field of the form holds it. */
export function formText(name: SettingName, value: unknown): string {
  if (isDomains(name)) return (value as string[]).map(domainShown).join('\n');
  if (name === 'outsiderFields') return (value as string[]).join(',');
  if (isFlag(name)) return value ? 'on' : '';
  return value === null || value === undefined ? '' : String(value as string | number);
}

/** A value in words. */
export function shownValue(words: Words, name: SettingName, value: unknown): string {
  if (isDomains(name)) return (value as string[]).map(domainShown).join(', ');
  if (name === 'outsiderFields') return outsiderText(words, value as readonly OutsiderField[]);
  if (isFlag(name)) return words.t(value ? 'settings.allowed' : 'settings.not-allowed');
  if (isPattern(name)) return formText(name, value);
  if (features.includes(name as Feature)) return words.t(`settings.rule.${String(value)}`);
  switch (name) {
    case 'region':
      return countryName(words, String(value));
    case 'language':
      return words.t(`common.language.${String(value)}`);
    case 'timeZone':
      return zoneName(String(value));
    case 'auditYears':
      return yearsText(words, value as number | null);
    case 'callMonths':
      return monthsText(words, value as number | null);
    case 'mailDays':
    case 'importDays':
      return words.t('settings.days', { count: Number(value) });
    default:
      return String(value);
  }
}

export function countryName({ locale }: Words, region: string): string {
  return new Intl.DisplayNames(locale, { type: 'region' }).of(region) ?? region;
}

export function zoneName(zone: string): string {
  return zone.replaceAll('_', ' ');
}

export function yearsText(words: Words, years: number | null): string {
  return years === null ? words.t('settings.for-ever') : words.t('settings.years', { count: years });
}

export function monthsText(words: Words, months: number | null): string {
  return months === null ? words.t('settings.for-ever') : words.t('settings.months', { count: months });
}

/** What outsiders see beside name, address and company. */
function outsiderText(words: Words, fields: readonly OutsiderField[]): string {
  if (fields.length === 0) return words.t('settings.outsiders.nothing-more');
  return words.list(fields.map((field) => words.t(`settings.outsiders.${field}`)));
}

/** A hidden field says in one text what boxes say one by one. */
function outsiderFieldsIn(typed: readonly string[]): OutsiderField[] {
  const said = typed.flatMap((each) => each.split(','));
  return outsiderFields.filter((field) => said.includes(field));
}

function valueOf(name: SettingName, typed: string | string[] | boolean): unknown {
  if (name === 'outsiderFields') return outsiderFieldsIn(typed as string[]);
  if (isDomains(name)) return readDomains(String(typed)).domains;
  if (isFlag(name)) return Boolean(typed);
  if (isPattern(name)) return typed === '' ? null : typed;
  if (name === 'auditYears' || name === 'callMonths') return typed === '' ? null : Number(typed);
  return name === 'mailDays' || name === 'importDays' ? Number(typed) : typed;
}

function isDomains(name: SettingName): boolean {
  return name === 'allowedDomains' || name === 'blockedDomains';
}

function isFlag(name: SettingName): boolean {
  return (settingSections.integrations as readonly SettingName[]).includes(name);
}

function isPattern(name: SettingName): boolean {
  return (settingSections.reach as readonly SettingName[]).includes(name);
}

function problemWith(field: string, { line, typed, problem }: WrongDomain): Problem {
  const shown = [...typed].slice(0, 60).join('');
  return { field, key: `settings.problem.domain-${problem}`, values: { line, typed: shown } };
}
