import {
  RETENTION_WAIT_HOURS,
  type PresentSettings,
  type SettingsConflict,
} from '../../accounts/company-settings.service.js';
import {
  changedNames,
  settingSections,
  type SettingName,
  type Settings,
  type SettingSection,
} from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { sameValue } from '../../journal/changes.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type Effects } from './settings-effects.query.js';
import { formText, shownValue, countryName, monthsText, yearsText, zoneName } from './settings-values.js';
import { type SectionForm } from './settings.forms.js';

/** What a save changes, in numbers, before it is saved. `again`: other numbers than those that were agreed to. */
export function confirmView(
  words: Words,
  section: SettingSection,
  submission: Submission<SectionForm>,
  { present, after, effects, again }: Saving & { effects: Effects; again: boolean },
) {
  const erases = Object.values(effects.overdue).some((count: number) => count > 0);
  return {
    title: words.t('settings.confirm.title', { section: words.t(`settings.${section}.title`) }),
    text: words.t(again ? 'settings.confirm.again' : 'settings.confirm.text'),
    action: `/settings/${section}`,
    backHref: `/settings#${section}`,
    changes: changedNames(present.settings, after).map((name) => ({
      label: words.t(`settings.field.${name}`),
      before: shownValue(words, name, present.settings[name]),
      after: shownValue(words, name, after[name]),
    })),
    effects: sentencesOf(words, effects, after),
    notes: [
      ...(effects.forbidden > 0 ? [words.t('settings.confirm.contacts-stay')] : []),
      ...(effects.pausing > 0
        ? [words.t('settings.confirm.connections-stay', { days: limits.restoreDays })]
        : []),
      ...(effects.moves.some(({ off }) => off > 0) ? [words.t('settings.confirm.nothing-deleted')] : []),
      ...(erases
        ? [
            words.t('settings.confirm.waits', {
              at: words.dateTime(Date.now() + RETENTION_WAIT_HOURS * 3_600_000),
            }),
          ]
        : []),
    ],
    erases,
    revision: submission.form.revision ?? String(present.revision),
    counted: countedOf(effects),
    hidden: hiddenFields(section, submission),
  };
}

/** The numbers a confirmation was shown, to be compared with those of the moment it is given. */
export function countedOf(effects: Effects): string {
  const { moves, region, language, timeZone, overdue, forbidden, pausing } = effects;
  return [
    ...moves.map(({ feature, off, on }) => `${feature} ${off} ${on}`),
    ...[
      region ?? '',
      language,
      timeZone,
      overdue.audit,
      overdue.mails,
      overdue.imports,
      overdue.calls,
      forbidden,
      pausing,
    ],
  ].join(';');
}

/** Somebody else saved the same section meanwhile: each field that differs with both values, one of them chosen. */
export function conflictView(
  words: Words,
  section: SettingSection,
  submission: Submission<SectionForm>,
  { present, bases, last }: SettingsConflict,
  mine: Partial<Settings>,
) {
  const names = (settingSections[section] as readonly SettingName[]).filter((name) =>
    Object.hasOwn(mine, name),
  );
  const theirs = present.settings;
  const differing = names.filter((name) => !sameValue(mine[name], theirs[name]));
  const option = (name: SettingName, whose: 'theirs' | 'mine', value: unknown, checked: boolean) => ({
    id: `${name}-${whose}`,
    value: formText(name, value),
    checked,
    whose: words.t(`settings.conflict.${whose}`),
    text: shownValue(words, name, value),
  });
  return {
    title: words.t('settings.conflict.title'),
    text: words.t('settings.conflict.text', {
      who: last?.actorName || words.t('settings.conflict.operator'),
      when: words.dateTime(last?.at ?? Date.now()),
    }),
    action: `/settings/${section}`,
    backHref: `/settings#${section}`,
    revision: present.revision,
    choices: differing.map((name) => {
      // What only they changed is kept as theirs.
      const untouched = Object.hasOwn(bases, name) && sameValue(mine[name], bases[name]);
      return {
        name,
        label: words.t(`settings.field.${name}`),
        options: [
          option(name, 'theirs', theirs[name], untouched),
          option(name, 'mine', mine[name], !untouched),
        ],
      };
    }),
    hidden: hiddenFields(section, submission).filter(({ name }) => !differing.includes(name as SettingName)),
  };
}

export interface Saving {
  present: PresentSettings;
  after: Settings;
}

function sentencesOf(words: Words, effects: Effects, after: Settings): string[] {
  const { moves, people, region, language, timeZone, overdue, forbidden, pausing } = effects;
  const sentences = moves.flatMap(({ feature, off, on }) => {
    const values = { feature: words.t(`settings.field.${feature}`), people };
    return [
      ...(off > 0 ? [words.t('settings.effect.off', { ...values, count: off })] : []),
      ...(on > 0 ? [words.t('settings.effect.on', { ...values, count: on })] : []),
    ];
  });
  if (region !== null)
    sentences.push(words.t('settings.effect.region', { country: countryName(words, region) }));
  if (language > 0) {
    const name =
      new Intl.DisplayNames(words.locale, { type: 'language' }).of(after.language) ?? after.language;
    sentences.push(words.t('settings.effect.language', { count: language, people, language: name }));
  }
  if (timeZone > 0) {
    const zone = zoneName(after.timeZone);
    sentences.push(words.t('settings.effect.time-zone', { count: timeZone, people, zone }));
  }
  if (overdue.audit > 0) {
    const age = yearsText(words, after.auditYears);
    sentences.push(words.t('settings.effect.audit', { count: overdue.audit, age }));
  }
  if (overdue.mails > 0)
    sentences.push(words.t('settings.effect.mails', { count: overdue.mails, days: after.mailDays }));
  if (overdue.imports > 0)
    sentences.push(words.t('settings.effect.imports', { count: overdue.imports, days: after.importDays }));
  if (overdue.calls > 0) {
    const age = monthsText(words, after.callMonths);
    sentences.push(words.t('settings.effect.calls', { count: overdue.calls, age }));
  }
  if (forbidden > 0) sentences.push(words.t('settings.effect.forbidden', { count: forbidden }));
  if (pausing > 0) sentences.push(words.t('settings.effect.pausing', { count: pausing }));
  return sentences;
}

/** The fields of a section as they were typed, to be sent again. */
function hiddenFields(section: SettingSection, { typed }: Submission<SectionForm>) {
  return (settingSections[section] as readonly SettingName[])
    .filter((name) => Object.hasOwn(typed, name))
    .map((name) => ({ name, value: String(typed[name]) }));
}
