import { limits } from '../../config/limits.js';
import { hasLines } from '../../csv/contact-columns.js';
import { unquoteFormula } from '../../csv/writer.js';
import { type Id } from '../../database/new-id.js';
import { CARDS } from '../../imports/card-file.js';
import { type ImportFacts, type Row } from '../../imports/import-kind.js';
import { cellValue } from '../../imports/rows.js';
import { isRegion } from '../../phone/e164.js';
import { tidy } from '../../text/tidy.js';
import { composeCard } from '../compose/compose-card.js';
import { composeContact } from '../compose/compose-contact.js';
import { type Composed, type ComposeFacts } from '../compose/composed.js';

/**
 * The rows of the file this thread checked last, which it mostly writes a moment later; in another thread, or after a while, they
 * are composed anew.
 */
const checked = { importId: '', rows: new Map<Id, Composed>() };

/**
 * What the rows of a file say of contacts; the same for its check and its writing. Always from the cells: a contact is composed
 * as if all proposals were taken, and a row whose proposals were not is never written.
 */
export class RowComposing {
  private readonly facts: ComposeFacts;
  private readonly columns: ReadonlyMap<string, number>;
  private readonly importId: Id;

  /** @param idOf what a row is known by from its check to its writing, in no other reading */
  constructor(
    { importId, profile, foreign, region, language, columns }: ImportFacts,
    private readonly idOf: (ref: number) => Id,
  ) {
    this.importId = importId;
    this.columns = new Map(
      columns.flatMap((field, column) => (field === null ? [] : [[field, column] as const])),
    );
    this.facts = {
      ...{ profile, foreign, language },
      region: isRegion(region) ? region : 'FR',
      columns: new Set(this.columns.keys()),
    };
  }

  compose(row: Pick<Row, 'ref' | 'cells'>): Composed {
    return (checked.importId === this.importId && checked.rows.get(this.idOf(row.ref))) || this.composed(row);
  }

  private composed({ cells }: Pick<Row, 'cells'>): Composed {
    if (this.facts.profile === CARDS) return composeCard(cells, this.facts);
    const values: Record<string, string> = {};
    for (const [field, column] of this.columns) {
      const cell = cells[column] ?? '';
      const value =
        cell.includes('\n') && hasLines(field)
          ? tidy(unquoteFormula(cell.trimStart()), { keepLines: true })
          : cellValue(cell);
      if (value !== '') values[field] = value;
    }
    return composeContact(values, this.facts);
  }

  /** Composes a row and tells it what is wrong with it, and what is read otherwise than it stands there. */
  check(row: Row): Composed {
    const composed = this.composed(row);
    this.keep(row, composed);
    for (const { field, key, values } of composed.problems) {
      const column = this.columnOf(field);
      row.problems.push(values ? [column, key, values] : [column, key]);
    }
    for (const { field, before, after, key } of composed.proposals) {
      const column = this.columnOf(field);
      const cell = row.cells[column] ?? '';
      row.proposals.push(before === cell ? [column, field, after, key] : [column, field, after, key, before]);
    }
    return composed;
  }

  /** Not of cards, which may be long and have photos. */
  private keep({ ref }: Row, composed: Composed): void {
    if (this.facts.profile === CARDS) return;
    if (checked.importId !== this.importId || checked.rows.size >= limits.personalContactsPerFile) {
      checked.importId = this.importId;
      checked.rows.clear();
    }
    checked.rows.set(this.idOf(ref), composed);
  }

  /** −1 where the field has no column, and for the row as a whole. */
  columnOf(field: string | null): number {
    return field === null ? -1 : (this.columns.get(field) ?? -1);
  }
}
