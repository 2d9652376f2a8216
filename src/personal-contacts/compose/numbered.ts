import { NUMBERED } from '../../csv/contact-columns.js';
import { type Composing } from './composing.js';
import { readLabel } from './labels.js';

export interface NumberedValue {
  field: string;
  number: number;
  label: string;
}

/** The filled columns of a numbered family (`Phone 1 - Value`, …) with their labels; the one marked as primary first. */
export function valuesNumbered(composing: Composing, family: string): NumberedValue[] {
  const numbers = numbersOf(composing, family);
  if (numbers.length === 0) return [];
  const values: NumberedValue[] = [];
  for (const number of numbers) {
    const field = `${family}.${number}.value`;
    if (composing.value(field) === '') continue;
    values.push({ field, number, label: composing.line(`${family}.${number}.label`) });
  }
  const primary = values.findIndex(({ label }) => readLabel(label).primary);
  return primary > 0 ? [values[primary], ...values.toSpliced(primary, 1)] : values;
}

/** Which numbers of a family a file has columns for, found once for all its rows. */
export function numbersOf({ facts: { columns } }: Composing, family: string): readonly number[] {
  let known = found.get(columns);
  if (!known) found.set(columns, (known = new Map()));
  let numbers = known.get(family);
  if (!numbers) {
    numbers = [];
    for (let number = 1; number <= NUMBERED; number++) {
      const prefix = `${family}.${number}.`;
      for (const column of columns)
        if (column.startsWith(prefix)) {
          numbers.push(number);
          break;
        }
    }
    known.set(family, numbers);
  }
  return numbers;
}

const found = new WeakMap<ReadonlySet<string>, Map<string, number[]>>();
