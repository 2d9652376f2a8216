import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Row } from './import-kind.js';
import { type Import } from './import.entities.js';
import { fromStored } from './rows.js';
import {
  isAddressChange,
  PLACES,
  type BatchCounts,
  type RowDetails,
  type StoredRow,
  type StoredRows,
} from './stored-rows.js';

/**
 * Which rows of a checked file: new, wrong, already there, with proposals (all, or of one kind), changed (a field, or an address),
 * with values that are not taken, with changes that met others, or new although somebody like them is there.
 */
export type RowList = 'n' | 'w' | 'k' | 'o' | 'c' | 'a' | 't' | 'm' | 'd' | `${'f' | 'o' | 'w'}:${string}`;

export interface RowPage {
  rows: Row[];
  total: number;
  /** From 1. */
  page: number;
  pages: number;
}

export const noRows: RowPage = { rows: [], total: 0, page: 1, pages: 1 };

interface CountedBatch {
  batch: number;
  counts: BatchCounts;
}

type Place = Pick<Import, 'id' | 'readingNumber' | 'reading'>;

/** Rows of a file as it was checked; a page reads only the batches it shows. */
@Injectable()
export class ImportRows {
  /** By the import as one request read it. */
  private readonly counts = new WeakMap<Place, Promise<CountedBatch[]>>();

  constructor(private readonly database: DataSource) {}

  async page(place: Place, list: RowList, wanted: number): Promise<RowPage> {
    const batches = await this.countsOf(place);
    const total = batches.reduce((sum, { counts }) => sum + (counts[list] ?? 0), 0);
    const pages = Math.max(1, Math.ceil(total / limits.page));
    const page = Math.min(Math.max(1, wanted), pages);
    let skip = (page - 1) * limits.page;
    const rows: Row[] = [];
    for (const { batch, counts } of batches) {
      const count = counts[list] ?? 0;
      if (skip >= count) {
        skip -= count;
        continue;
      }
      const found = (await this.rowsOf(place, batch)).filter(({ stored }) => isIn(list, stored));
      rows.push(...found.slice(skip, skip + limits.page - rows.length).map(({ row }) => row));
      skip = 0;
      if (rows.length === limits.page) break;
    }
    return { rows, total, page, pages };
  }

  /** All rows of these lists in the order of the file, one batch in memory at a time. */
  async *all(place: Place, ...lists: RowList[]): AsyncGenerator<Row> {
    for (const { batch, counts } of await this.countsOf(place)) {
      if (!lists.some((list) => counts[list])) continue;
      for (const { row, stored } of await this.rowsOf(place, batch))
        if (lists.some((list) => isIn(list, stored))) yield row;
    }
  }

  /** One query for all the lists of a page. */
  private countsOf(place: Place): Promise<CountedBatch[]> {
    let counts = this.counts.get(place);
    if (!counts) this.counts.set(place, (counts = this.readCounts(place)));
    return counts;
  }

  private async readCounts({ id, readingNumber }: Place): Promise<CountedBatch[]> {
    const batches = await this.database.query<{ batch: number; counts: string }[]>(
      'SELECT batch, counts FROM import_batches WHERE importId = ? AND readingNumber = ? ORDER BY batch',
      [id, readingNumber],
    );
    return batches.map(({ batch, counts }) => ({ batch, counts: JSON.parse(counts) as BatchCounts }));
  }

  private async rowsOf({ id, reading }: Place, batch: number): Promise<{ row: Row; stored: StoredRow }[]> {
    const [found] = await this.database.query<{ stored: string }[]>(
      'SELECT `rows` AS stored FROM import_batches WHERE importId = ? AND batch = ?',
      [id, batch],
    );
    if (!found) return [];
    const { rows } = JSON.parse(found.stored) as StoredRows;
    const columns = reading?.columns ?? [];
    return rows.map((stored, place) => ({
      row: fromStored(batch * PLACES + place, stored, columns),
      stored,
    }));
  }
}

function isIn(list: RowList, [, letter, , details]: StoredRow): boolean {
  const { o, p, c, k, t, m } = (details ?? {}) as RowDetails;
  if (list === 'o') return o !== undefined && letter !== 'w';
  if (list === 't') return t !== undefined;
  if (list === 'm') return m !== undefined;
  if (list === 'a') return letter === 'c' && c !== undefined && isAddressChange(c);
  if (list === 'd') return letter === 'n' && k !== undefined;
  const kind = list.slice(2);
  if (list.startsWith('o:')) return letter !== 'w' && (o ?? []).some(([, , , key]) => key === kind);
  if (list.startsWith('w:')) return (p ?? []).some(([, key]) => key === kind);
  if (list.startsWith('f:')) return letter === 'c' && c?.[list.slice(2)] !== undefined;
  return letter === list;
}
