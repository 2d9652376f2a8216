import { IsIn, IsNotEmpty, IsOptional, Matches, MaxLength } from 'class-validator';
import { outsiderFields } from '../../accounts/outsider-fields.js';
import { callMonthChoices, featureRules } from '../../accounts/settings.js';
import { PlainText, Satisfies } from '../../auth/form-rules.js';
import { regions } from '../../auth/regions.js';
import { limits } from '../../config/limits.js';
import { isTimeZone, locales } from '../../web/words.js';

const choice = { message: 'common.problem.choice' };
const days = { message: 'settings.problem.days', context: { max: limits.keptDays } };

/** What every section's form carries beside its own fields. */
export class SectionForm {
  /** Of the settings as the form showed them. */
  @Matches(/^\d{1,9}$/, choice)
  @IsOptional()
  revision: string | null = null;

  /** What the save changes has been seen. */
  confirmed = false;
  /** The numbers that were seen; others are shown again. */
  counted = '';
}

export class CompanyForm extends SectionForm {
  @PlainText()
  @MaxLength(limits.nameCharacters, {
    message: 'common.problem.too-long',
    context: { max: limits.nameCharacters },
  })
  @IsNotEmpty({ message: 'settings.problem.name' })
  name = '';

  @IsIn([...regions], choice) region = '';
  @IsIn([...locales], choice) language = '';
  @Satisfies((zone) => zone !== '' && isTimeZone(zone), choice) timeZone = '';
}

export class FeaturesForm extends SectionForm {
  @IsIn([...featureRules], choice) phone = '';
  @IsIn([...featureRules], choice) 'external-contacts' = '';
  @IsIn([...featureRules], choice) integrations = '';
  @IsIn([...featureRules], choice) 'personal-contacts' = '';
}

/** What Call, Chat and Meet lead to; checked by `patternProblems`. */
export class ReachForm extends SectionForm {
  callPattern = '';
  chatPattern = '';
  meetPattern = '';
}

/** Whom people may be in contact with, and what of them is shown. */
export class OutsideForm extends SectionForm {
  /** Read line by line by `readDomains`. */
  allowedDomains = '';
  blockedDomains = '';

  /** Also several in one, separated by commas. */
  @Matches(new RegExp(`^(?:(?:${outsiderFields.join('|')})(?:,|$))*$`), { ...choice, each: true })
  outsiderFields: string[] = [];
}

export class ProvidersForm extends SectionForm {
  google = false;
  office365 = false;
  exchange = false;
  severalConnections = false;
}

export class RetentionForm extends SectionForm {
  @IsIn(['', '1', '2', '3', '5', '10'], choice) auditYears = '';
  @Satisfies(isDays, days) mailDays = '';
  @Satisfies(isDays, days) importDays = '';
  @IsIn(['', ...callMonthChoices.map(String)], choice) callMonths = '';
}

function isDays(text: string): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= limits.keptDays;
}
