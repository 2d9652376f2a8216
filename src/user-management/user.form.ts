import { IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import { features, type Feature } from '../accounts/features.js';
import { userTypes, type UserType } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { codePoints } from '../text/tidy.js';
import { all, EmailAddress, Line, Required, rule } from '../web/form-rules.js';
import { locales, type Locale } from '../web/words.js';
import { DETAIL_CHARACTERS, EXTENSION, groupNames } from './person-rules.js';

/** What an administrator may say of a person; role, status and e-mail have their own actions. */
export class UserForm {
  @Line(limits.nameCharacters)
  @Required()
  givenName = '';

  @Line(limits.nameCharacters)
  @Required()
  familyName = '';

  @Line(DETAIL_CHARACTERS)
  @IsOptional()
  jobTitle: string | null = null;

  @Line(DETAIL_CHARACTERS)
  @IsOptional()
  department: string | null = null;

  @Line(DETAIL_CHARACTERS)
  @IsOptional()
  location: string | null = null;

  /** E-mail address of somebody of the account. */
  @EmailAddress()
  @IsOptional()
  manager: string | null = null;

  // Telephone numbers are read with the account's country: phone-typed.ts of web.
  @Line(64)
  @IsOptional()
  workPhone: string | null = null;

  @Line(64)
  @IsOptional()
  mobilePhone: string | null = null;

  @Matches(EXTENSION, { message: 'users.problem.extension', context: { max: limits.extensionCharacters } })
  @IsOptional()
  extension: string | null = null;

  @IsIn(userTypes, { message: 'common.problem.choice' })
  type: UserType = 'basic';

  /** Empty: the company's. */
  @IsIn(locales, { message: 'common.problem.choice' })
  @IsOptional()
  language: Locale | null = null;

  /** Names separated by `;`, as in a file. */
  @GroupNames()
  @IsOptional()
  userGroups: string | null = null;

  @GroupNames()
  @IsOptional()
  chatGroups: string | null = null;

  /** `phone:on`, `phone:off`, `phone:default`; a bare name is on, several may stand in one, separated by `;`. */
  @FeatureValues()
  features: string[] = [];

  /** Of the person as the form showed them. */
  @Matches(/^\d{1,9}$/, { message: 'common.problem.choice' })
  @IsOptional()
  revision: string | null = null;
}

/** The same, and the address the invitation goes to. */
export class NewUserForm extends UserForm {
  @EmailAddress()
  @Required()
  email = '';
}

/** Another address for somebody who is there. */
export class AddressForm {
  @EmailAddress()
  @Required()
  email = '';

  /** The address as the form showed it, and the change that waited then. */
  was: string | null = null;
  waited: string | null = null;
}

/** Several addresses pasted, and what holds for all of them. */
export class SeveralUsersForm {
  @Required()
  addresses = '';

  @IsIn(userTypes, { message: 'common.problem.choice' })
  type: UserType = 'basic';

  @GroupNames()
  @IsOptional()
  userGroups: string | null = null;

  /** `right`: invite those that can be, and leave the others. */
  @IsIn(['right'], { message: 'common.problem.choice' })
  @IsOptional()
  take: string | null = null;
}

/** What the posted values say: true is on, false off, null as the groups and the account have it. */
export function featureChoices(values: readonly string[]): Map<Feature, boolean | null> {
  return new Map(values.flatMap((value) => value.split(';')).flatMap((value) => choiceOf(value) ?? []));
}

function choiceOf(value: string): [Feature, boolean | null][] | null {
  const [name, said = 'on', ...rest] = value.trim().split(':');
  const feature = features.find((known) => known === name);
  if (!feature || rest.length > 0 || !['on', 'off', 'default'].includes(said)) return null;
  return [[feature, said === 'default' ? null : said === 'on']];
}

function GroupNames(): PropertyDecorator {
  return all(
    Line(10_000),
    rule(
      'groupNames',
      (text) => groupNames(text).every((name) => codePoints(name) <= limits.nameCharacters),
      {
        message: 'users.problem.group-name',
        context: { max: limits.nameCharacters },
      },
    ),
  );
}

function FeatureValues(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'featureValues',
      validator: {
        validate: (values: unknown) =>
          Array.isArray(values) &&
          values.every((value: string) => value.split(';').every((each) => choiceOf(each) !== null)),
      },
    },
    { message: 'common.problem.choice' },
  );
}
