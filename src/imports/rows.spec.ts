import { csvLine } from '../csv/writer.js';
import { cellValue } from './rows.js';

describe('a cell of an export, read back', () => {
  it.each(['=1+1', '-12', '@home', "'=quoted", "''2024", '2024', '0123', "l'atelier", "'s morgens", '＝1'])(
    'is the value it was made from: %s',
    (value) => {
      for (const guard of ['plain', 'excel'] as const) {
        expect(cellValue(csvLine([value], { guard }).replace(/\r\n$/, ''))).toBe(value);
      }
    },
  );
});

it('reads the value of a cell without the spaces around it', () => {
  expect(cellValue("  '+33 1 40 20 50 50 ")).toBe('+33 1 40 20 50 50');
});
