import { type PresentSettings } from '../../accounts/company-settings.service.js';
import { type E164 } from '../../phone/e164.js';
import { field, type AnyField, type Returned, type SelectField, select } from '../../web/fields.js';
import {
  PATTERN_LENGTH,
  patternFault,
  patternSchemes,
  patternedWays,
  placeholders,
  type PatternedWay,
} from '../../web/reach-pattern.js';
import { reachOf } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Problem, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type OwnEntry } from './outside.view.js';
import { reachPresets, SAMPLE_HOST, type ReachPreset } from './reach-presets.js';
import { type ReachForm, type SectionForm } from './settings.forms.js';

const patternFields = { call: 'callPattern', chat: 'chatPattern', meet: 'meetPattern' } as const;

/** Each pattern that cannot be taken, with what to do about it. */
export function patternProblems({ form }: Submission<ReachForm>): Problem[] {
  return patternedWays.flatMap((way) => {
    const name = patternFields[way];
    const key = faultOf(way, form[name]);
    return key ? [{ field: name, key, values: named }] : [];
  });
}

/** The three patterns, as saved, as a preset has them, or as they came back. */
export function reachFields(
  words: Words,
  { settings }: Pick<PresentSettings, 'settings'>,
  returned?: Returned,
  preset?: ReachPreset,
): AnyField[] {
  return patternedWays.map((way) => {
    const name = patternFields[way];
    return field(
      words,
      {
        ...{ name, labelKey: `settings.field.${name}`, optional: true },
        ...{ hintKey: `reach.hint.${way}`, hintValues: named },
        ...{ value: preset?.patterns[way] ?? settings[name], maxlength: PATTERN_LENGTH },
        ...{ inputmode: 'url', autocomplete: 'off' },
      },
      returned,
    );
  });
}

/** Which program the fields are to be filled in for. */
export function presetField(words: Words, chosen?: ReachPreset): SelectField {
  return select(words, {
    ...{ name: 'preset', labelKey: 'reach.preset.label', hintKey: 'reach.preset.hint' },
    value: chosen?.id ?? '',
    emptyKey: 'reach.preset.choose',
    options: reachPresets.map(({ id, name }) => ({
      value: id,
      label: name ?? words.t(`reach.preset.${id}`),
    })),
  });
}

export function filledText(words: Words, { patterns }: ReachPreset): string {
  const own = Object.values(patterns).some((pattern) => SAMPLE_HOST.test(pattern));
  return [words.t('reach.preset.filled'), ...(own ? [words.t('reach.preset.server')] : [])].join(' ');
}

/** Where the buttons would lead with what stands in the fields, on the reader's own card. */
export function reachPreview(
  words: Words,
  reader: SignedIn,
  own: Pick<OwnEntry, 'workPhone' | 'mobilePhone'>,
  typed: Pick<ReachForm, 'callPattern' | 'chatPattern' | 'meetPattern'>,
) {
  const number = (own.workPhone ?? own.mobilePhone) as E164 | null;
  const taken = (way: PatternedWay) => {
    const pattern = typed[patternFields[way]];
    return faultOf(way, pattern) ? null : pattern || null;
  };
  const account = {
    ...reader.account,
    reach: { call: taken('call'), chat: taken('chat'), meet: taken('meet') },
  };
  // The administrator who chooses may be somebody who may not call.
  const links = reachOf(
    words,
    { type: reader.type, features: { phone: true }, account },
    { name: reader.displayName, email: reader.email, number: number ?? SAMPLE_NUMBER, colleague: true },
  );
  return {
    text: words.t(number ? 'reach.preview.text' : 'reach.preview.no-number'),
    rows: patternedWays.map((way) => {
      const fault = faultOf(way, typed[patternFields[way]]);
      return {
        label: words.t(`reach.${way}`),
        problem: fault ? words.t(fault, named) : '',
        href: fault ? '' : (links[way]?.href ?? ''),
        none: words.t(`reach.preview.no-${way}`),
      };
    }),
  };
}

/** What a form says of the three; what it does not name is as saved. */
export function typedPatterns(
  settings: PresentSettings['settings'],
  preset?: ReachPreset,
  returned?: Submission<SectionForm>,
): Pick<ReachForm, 'callPattern' | 'chatPattern' | 'meetPattern'> {
  const form = returned?.form as ReachForm | undefined;
  const of = (way: PatternedWay) => {
    const name = patternFields[way];
    if (returned && Object.hasOwn(returned.typed, name)) return form?.[name] ?? '';
    return preset?.patterns[way] ?? settings[name] ?? '';
  };
  return { callPattern: of('call'), chatPattern: of('chat'), meetPattern: of('meet') };
}

/** From the part of the numbers that is kept for examples (ARCEP). */
const SAMPLE_NUMBER = '+33199001020' as E164;

/** Braces and schemes as values: in a message of the catalogue they would be read as its own. */
const named = {
  ...Object.fromEntries(placeholders.map((name) => [name, `{${name}}`])),
  schemes: patternSchemes.join(' '),
};

function faultOf(way: PatternedWay, pattern: string): string {
  if (pattern === '') return '';
  const fault = patternFault(way, pattern);
  if (fault) return `reach.fault.${fault}`;
  return SAMPLE_HOST.test(pattern) ? 'reach.fault.sample' : '';
}
