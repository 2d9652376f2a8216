import type { MessageValues } from '../errors/domain-error.js';
import type { Words } from './words.js';

/** A form that came back: what was typed, and what is to be put right (a `Submission` is one). */
export interface Returned {
  typed: object;
  problems: readonly { field: string; key: string; values?: MessageValues }[];
}

/** What all controls share. `partial` names the template that shows the control. */
interface Control {
  id: string;
  name: string;
  label: string;
  hint?: string;
  /** What is to be put right. */
  problem?: string;
  /** Says "(optional)" beside the label. */
  optional?: boolean;
  /** ids of hint and problem, for `aria-describedby` */
  describedBy?: string;
  disabled?: boolean;
}

export interface Field extends Control {
  partial: 'field';
  type: FieldType;
  value: string;
  autocomplete?: string;
  inputmode?: string;
  maxlength?: number;
  min?: number;
  max?: number;
  placeholder?: string;
  /** Shown before the input, for example `+33` or `https://`. */
  prefix?: string;
  autofocus?: boolean;
  /** Values to choose from; anything else may be typed. */
  suggestions?: readonly { value: string; label?: string }[];
  /** A password can be looked at. */
  isPassword: boolean;
}

export interface TextareaField extends Control {
  partial: 'textarea';
  value: string;
  rows: number;
  maxlength?: number;
}

export interface SelectField extends Control {
  partial: 'select';
  options: { value: string; label: string; selected: boolean }[];
}

export interface CheckboxField extends Control {
  partial: 'checkbox';
  value: string;
  checked: boolean;
}

/** Radio buttons, or with `several` tick boxes, under one question. */
export interface ChoiceField extends Control {
  partial: 'radio-group';
  type: 'radio' | 'checkbox';
  options: {
    id: string;
    name: string;
    value: string;
    label: string;
    hint?: string;
    hintId?: string;
    checked: boolean;
  }[];
}

export interface FileField extends Control {
  partial: 'file-field';
  /** For example `.csv,text/csv`. */
  accept?: string;
  /** For example `Up to 50 MB`. */
  limit?: string;
}

export type AnyField = Field | TextareaField | SelectField | CheckboxField | ChoiceField | FileField;

type FieldType = 'text' | 'email' | 'tel' | 'password' | 'number' | 'url' | 'search' | 'date';

interface Described {
  name: string;
  /** Catalogue key of the label. */
  labelKey: string;
  labelValues?: MessageValues;
  hintKey?: string;
  hintValues?: MessageValues;
  /** Needed only when two controls of a page share a name. */
  id?: string;
  optional?: boolean;
  disabled?: boolean;
}

interface Choices extends Described {
  /** Values already worded; `labelKey` or `label`. */
  options: readonly { value: string; label?: string; labelKey?: string; hintKey?: string; hint?: string }[];
}

/** One line of text. A password is never sent back. */
export function field(
  words: Words,
  description: Described &
    Partial<Omit<Field, keyof Control | 'partial' | 'value'>> & { value?: string | number | null },
  returned?: Returned,
): Field {
  const {
    type = 'text',
    value,
    autocomplete,
    inputmode,
    maxlength,
    min,
    max,
    placeholder,
    prefix,
    autofocus,
    suggestions,
  } = description;
  return {
    ...control(words, description, returned),
    ...defined({ autocomplete, inputmode, maxlength, min, max, placeholder, prefix, autofocus }),
    ...(suggestions && suggestions.length > 0 ? { suggestions } : {}),
    partial: 'field',
    type,
    isPassword: type === 'password',
    value: type === 'password' ? '' : (typedText(returned, description.name) ?? textOf(value)),
  };
}

export function textarea(
  words: Words,
  description: Described & { value?: string | null; rows?: number; maxlength?: number },
  returned?: Returned,
): TextareaField {
  return {
    ...control(words, description, returned),
    ...defined({ maxlength: description.maxlength }),
    partial: 'textarea',
    rows: description.rows ?? 4,
    value: typedText(returned, description.name) ?? textOf(description.value),
  };
}

/** @param description `emptyKey` words a first choice with the value '' */
export function select(
  words: Words,
  description: Choices & { value?: string | null; emptyKey?: string },
  returned?: Returned,
): SelectField {
  const chosen = typedText(returned, description.name) ?? textOf(description.value);
  const options = description.options.map((option) => ({
    value: option.value,
    label: labelOf(words, option),
  }));
  if (description.emptyKey) options.unshift({ value: '', label: words.t(description.emptyKey) });
  return {
    ...control(words, description, returned),
    partial: 'select',
    options: options.map((option) => ({ ...option, selected: option.value === chosen })),
  };
}

/** One tick box; a form that came back without it was sent unticked. */
export function checkbox(
  words: Words,
  description: Described & { checked?: boolean; value?: string },
  returned?: Returned,
): CheckboxField {
  const ticked = returned
    ? typedList(returned, description.name).some(Boolean)
    : (description.checked ?? false);
  return {
    ...control(words, description, returned),
    partial: 'checkbox',
    value: description.value ?? 'on',
    checked: ticked,
  };
}

/** Radio buttons under one question. */
export function radioGroup(
  words: Words,
  description: Choices & { value?: string | null },
  returned?: Returned,
): ChoiceField {
  const chosen = typedText(returned, description.name) ?? textOf(description.value);
  return choices(words, description, returned, 'radio', [chosen]);
}

/** Tick boxes under one question. */
export function checkboxGroup(
  words: Words,
  description: Choices & { values?: readonly string[] },
  returned?: Returned,
): ChoiceField {
  const ticked = returned ? typedList(returned, description.name) : (description.values ?? []);
  return choices(words, description, returned, 'checkbox', ticked);
}

export function fileField(
  words: Words,
  description: Described & { accept?: string; maxBytes?: number },
  returned?: Returned,
): FileField {
  const { accept, maxBytes } = description;
  const limit =
    maxBytes === undefined ? undefined : words.t('common.field.file-limit', { size: words.bytes(maxBytes) });
  return { ...control(words, description, returned), ...defined({ accept, limit }), partial: 'file-field' };
}

/** One line of the summary above a refused form. */
export interface SummaryLine {
  text: string;
  /** `#id` of the control; none when the problem belongs to no control of the page. */
  href?: string;
}

/** Does not say of which control: beside it that is seen, above the form it is not. */
const SAID_OF_ANY = /^common\.problem\./;

/** The summary above a form, in the order of its controls; empty when nothing is wrong. */
export function problemsOf(words: Words, fields: readonly AnyField[], returned?: Returned): SummaryLine[] {
  const places = new Map(
    fields.map((each, place) => [each.name, { place, label: each.label, href: `#${firstControl(each)}` }]),
  );
  return (returned?.problems ?? [])
    .map(({ field: name, key, values }) => {
      const problem = words.t(key, values);
      const at = places.get(name);
      const text =
        at && SAID_OF_ANY.test(key)
          ? words.t('common.form.problem-of', { label: at.label, problem })
          : problem;
      return { text, ...at };
    })
    .sort((one, other) => (one.place ?? places.size) - (other.place ?? places.size))
    .map(({ text, href }) => ({ text, ...defined({ href }) }));
}

function choices(
  words: Words,
  description: Choices,
  returned: Returned | undefined,
  type: ChoiceField['type'],
  ticked: readonly string[],
): ChoiceField {
  const shared = control(words, description, returned);
  const options = description.options.map((option, place) => {
    const id = place === 0 ? shared.id : `${shared.id}-${place + 1}`;
    const hint = option.hint ?? (option.hintKey ? words.t(option.hintKey) : undefined);
    return {
      id,
      name: description.name,
      value: option.value,
      label: labelOf(words, option),
      checked: ticked.includes(option.value),
      ...(hint === undefined ? {} : { hint, hintId: `${id}-hint` }),
    };
  });
  return { ...shared, partial: 'radio-group', type, options };
}

function control(words: Words, description: Described, returned: Returned | undefined): Control {
  const { name, id = name, optional, disabled } = description;
  const hint = description.hintKey ? words.t(description.hintKey, description.hintValues) : undefined;
  const found = returned?.problems.find((problem) => problem.field === name);
  const problem = found && words.t(found.key, found.values);
  const describedBy =
    [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  return {
    id,
    name,
    label: words.t(description.labelKey, description.labelValues),
    ...defined({ hint, problem, optional, disabled, describedBy }),
  };
}

function firstControl(each: AnyField): string {
  return each.partial === 'radio-group' ? (each.options[0]?.id ?? each.id) : each.id;
}

function labelOf(words: Words, option: Choices['options'][number]): string {
  return option.label ?? (option.labelKey ? words.t(option.labelKey) : option.value);
}

/** What was typed into one field, undefined when the form did not come back or lacks the field. */
function typedText(returned: Returned | undefined, name: string): string | undefined {
  return returned ? typedList(returned, name)[0] : undefined;
}

function typedList(returned: Returned, name: string): string[] {
  const value: unknown = new Map<string, unknown>(Object.entries(returned.typed)).get(name);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}

function textOf(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function defined<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };
}
