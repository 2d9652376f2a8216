import { IsIn, IsOptional, Matches, ValidateBy, type ValidationOptions } from 'class-validator';
import { features, type Feature, type GroupFeatures } from '../../accounts/features.js';
import { chatGroupKinds, type ChatGroupKind } from '../../accounts/group.entities.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';

/** What a group is called. */
export class GroupForm {
  // The last rule is asked first.
  @Rule('separator', (name) => !name.includes(';'), { message: 'groups.problem.semicolon' })
  @Rule('controlCharacters', (name) => !hasControlCharacters(name), {
    message: 'common.problem.control-characters',
  })
  @Rule('tooLong', (name) => codePoints(name) <= limits.nameCharacters, {
    message: 'common.problem.too-long',
    context: { max: limits.nameCharacters },
  })
  @Rule('required', (name) => nameKeyOf(name) !== '', { message: 'common.problem.required' })
  name = '';

  /** Of a chat group. */
  @IsIn(chatGroupKinds, { message: 'common.problem.choice' })
  @IsOptional()
  kind: ChatGroupKind | null = null;

  /** Of the group as the form showed it. */
  @Revision()
  revision: string | null = null;
}

/** What a chat group shows; without `confirmed` the answer says what would change. */
export class ChatKindForm {
  @IsIn(chatGroupKinds, { message: 'common.problem.choice' })
  kind = '';

  @Revision()
  revision: string | null = null;

  confirmed = false;
}

/** What a user group decides, one value a feature: `phone:unset`, `phone:on`, `phone:off-locked`. */
export class GroupSettingsForm {
  @ValidateBy(
    {
      name: 'settings',
      validator: { validate: (values: string[]) => values.every((value) => settingOf(value)) },
    },
    { message: 'common.problem.choice' },
  )
  features: string[] = [];

  @Revision()
  revision: string | null = null;

  confirmed = false;
}

/** Ticked people. */
export class TickedMembersForm {
  ids: string[] = [];
  /** The page the ticks were on. */
  from = '';
}

export const settingValues = ['unset', 'on', 'off', 'on-locked', 'off-locked'] as const;
type SettingValue = (typeof settingValues)[number];

/** The posted values as a group keeps them; a feature that was not posted stays unset. */
export function groupFeaturesIn(values: readonly string[]): GroupFeatures {
  return Object.fromEntries(
    values.flatMap((value) => {
      const setting = settingOf(value);
      if (!setting || setting.value === 'unset') return [];
      const { feature, value: said } = setting;
      return [[feature, { on: said.startsWith('on'), locked: said.endsWith('-locked') }]];
    }),
  );
}

export function settingValue(value: GroupFeatures[Feature]): SettingValue {
  if (!value) return 'unset';
  const said = value.on ? 'on' : 'off';
  return value.locked ? `${said}-locked` : said;
}

function settingOf(text: string): { feature: Feature; value: SettingValue } | null {
  const [name, said] = text.split(':');
  const feature = features.find((known) => known === name);
  const value = settingValues.find((known) => known === said);
  return feature && value ? { feature, value } : null;
}

function Revision(): PropertyDecorator {
  const number = Matches(/^\d{1,9}$/, { message: 'common.problem.choice' });
  return (target, property) => {
    number(target, property);
    IsOptional()(target, property);
  };
}

function Rule(name: string, holds: (text: string) => boolean, options: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    { name, validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) } },
    options,
  );
}
