/** Why a workbook cannot be read: a catalogue key of `workbooks.file` and what it names. */
export class WorkbookRefused extends Error {
  constructor(
    readonly why: WorkbookTrouble,
    readonly values: Record<string, string | number> = {},
  ) {
    super(why);
  }
}

export type WorkbookTrouble =
  | 'broken'
  | 'too-large'
  | 'too-much'
  | 'too-many-columns'
  | 'no-content'
  | 'protected'
  | 'xls'
  | 'xlsb'
  | 'ods'
  | 'numbers'
  | 'document'
  | 'slides'
  | 'archive';
