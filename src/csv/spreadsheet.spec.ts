import { isRespelled } from './spreadsheet.js';

describe('isRespelled', () => {
  it.each([
    ['Nguyễn', 'Nguy?n'],
    ['Đỗ Thị Mai', '?? Th? Mai'],
    ['司马', '??'],
    ['Team 😀', 'Team ?'],
    ['Team 😀', 'Team ??'],
    ['+33612345678', '33612345678'],
    ['+33612345678', '3,36123E+10'],
    ['+33612345678', '3.36123E+10'],
    ['+33612345678', '3,36E+10'],
    ['+33612345678', '3E+10'],
    ['+33619999999', '3,362E+10'],
    ['0042', '42'],
    ['000', '0'],
    ['12345678901234567890', '1,23457E+19'],
    ['12345678901234567890', '12345678901234500000'],
  ])('knows what a spreadsheet makes of %s: %s', (held, cell) => expect(isRespelled(held, cell)).toBe(true));

  it.each([
    ['Nguyễn', 'Nguyen'],
    ['Zoé', 'Zo?'],
    ['Œuvrard', '?uvrard'],
    ['Ada', 'Ada?'],
    ['+33612345678', '3,36124E+10'],
    ['+33612345678', '3,36123E+11'],
    ['+33612345678', '612345678'],
    ['0042', '043'],
    ['0042', '042'],
    ['Ada', 'ada'],
  ])('does not take another value for %s: %s', (held, cell) => expect(isRespelled(held, cell)).toBe(false));
});
