import { Injectable } from '@nestjs/common';
import { csvStream, type Cell, type CsvForm } from '../../csv/writer.js';
import { type Id } from '../../database/id.js';
import { type KeysetPage } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { mentionedIn } from '../change-words.js';
import { UserDetailsQuery, type NamedPerson } from '../user-details.query.js';
import { AuditList, type AuditRow } from './audit-list.query.js';
import { AuditNames, type Present } from './audit-names.query.js';
import { type AuditFilters } from './audit-state.js';
import { AuditSubjects, type Subject } from './audit-subjects.query.js';
import { actionText, actorText, changesText, detailsOf, subjectText, targetText } from './audit-texts.js';

/** Acts of one read. */
const ACTS = 500;

/** Subjects of one read: enough to be quick, few enough that an import of any size needs the same memory. */
const SUBJECTS = 2_000;

const columns = [
  ...['date', 'who', 'who-id', 'action', 'target', 'target-id', 'field', 'before', 'after', 'address'],
  'request-id',
];

/** The log as CSV: a line for each changed field, and at least one for each act. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly list: AuditList,
    private readonly subjects: AuditSubjects,
    private readonly names: AuditNames,
    private readonly people: UserDetailsQuery,
  ) {}

  /** Pieces of the file, read as they are taken. @param about as `AuditList.page` takes it */
  stream(
    accountId: Id,
    filters: AuditFilters,
    about: readonly Id[] | null,
    { form, words }: { form: CsvForm; words: Words },
  ): AsyncGenerator<string> {
    const headers = columns.map((column) => words.t(`audit-log.csv.${column}`));
    const rows = this.rows(accountId, filters, about, words);
    return csvStream(rows, { form, locale: words.locale, headers });
  }

  private async *rows(
    accountId: Id,
    filters: AuditFilters,
    about: readonly Id[] | null,
    words: Words,
  ): AsyncGenerator<Cell[]> {
    let coming: Promise<KeysetPage<AuditRow>> | null = this.list.page(accountId, filters, about, {
      ...{ place: {}, limit: ACTS },
    });
    while (coming) {
      const { rows, next }: KeysetPage<AuditRow> = await coming;
      const read = new SubjectReader(accountId, rows, this.subjects, this.names, this.people);
      for (const row of rows) {
        let told = false;
        for await (const block of read.of(row)) {
          for (const subject of block.subjects) {
            told = true;
            yield* linesOf(words, row, subject, block);
          }
        }
        if (!told) yield* linesOfAct(words, row);
      }
      coming = next ? this.list.page(accountId, filters, about, { place: next, limit: ACTS }) : null;
    }
  }
}

/** Subjects with what is needed to tell them. */
interface Block {
  subjects: Subject[];
  present: ReadonlyMap<Id, Present>;
  named: ReadonlyMap<Id, NamedPerson>;
}

const none: Block = { subjects: [], present: new Map(), named: new Map() };

/**
 * Subjects of the acts of one read, act after act: those of many small acts come together, those of a large one page
 * by page.
 */
class SubjectReader {
  /** Batches read whole, until their act takes them. */
  private readonly ready = new Map<Id, Subject[]>();
  private readonly waiting: Set<Id>;
  private block = none;

  constructor(
    private readonly accountId: Id,
    rows: readonly AuditRow[],
    private readonly subjects: AuditSubjects,
    private readonly names: AuditNames,
    private readonly people: UserDetailsQuery,
  ) {
    this.waiting = new Set(rows.flatMap(({ batchId }) => batchId ?? []));
  }

  async *of({ batchId }: AuditRow): AsyncGenerator<Block> {
    if (batchId === null) return;
    if (this.waiting.has(batchId)) await this.read(batchId);
    const whole = this.ready.get(batchId);
    if (whole) {
      this.ready.delete(batchId);
      yield { ...this.block, subjects: whole };
      return;
    }
    let place: { after?: string; before?: string } | null = {};
    while (place) {
      const page: KeysetPage<Subject> = await this.subjects.page(this.accountId, batchId, place, SUBJECTS);
      if (page.rows.length > 0) yield await this.toldBy(page.rows);
      place = page.next;
    }
  }

  /** Reads this batch, and of those that still wait as many as fit with it. */
  private async read(first: Id): Promise<void> {
    const wanted = [first, ...[...this.waiting].filter((id) => id !== first)].slice(0, ACTS);
    const found = await this.subjects.ofBatches(this.accountId, wanted, SUBJECTS + 1);
    const cut = found.length > SUBJECTS ? found[found.length - 1].batchId : null;
    const byBatch = new Map<Id, Subject[]>();
    for (const subject of found) {
      const others = byBatch.get(subject.batchId);
      if (others) others.push(subject);
      else byBatch.set(subject.batchId, [subject]);
    }
    for (const id of wanted) {
      // The last of a full read may be there in part, and older ones not at all.
      if (cut !== null && id <= cut) continue;
      this.ready.set(id, byBatch.get(id)?.reverse() ?? []);
      this.waiting.delete(id);
    }
    // What is too long to be read whole is read page by page.
    this.waiting.delete(first);
    this.block = await this.toldBy([...this.ready.values()].flat());
  }

  private async toldBy(subjects: Subject[]): Promise<Block> {
    const [present, named] = await Promise.all([
      this.names.of(
        this.accountId,
        subjects.map(({ subjectType, subjectId }) => ({ type: subjectType, id: subjectId })),
      ),
      this.people.named(this.accountId, mentionedIn(subjects)),
    ]);
    return { subjects, present, named };
  }
}

function linesOf(words: Words, row: AuditRow, subject: Subject, { present, named }: Block): Cell[][] {
  const target = [subjectText(words, subject, row, present.get(subject.subjectId)), subject.subjectId];
  const changes = changesText(words, subject, named);
  if (changes.length === 0)
    return [lineOf(words, row, target, ['', '', words.t(`audit-log.did.${subject.action}`)])];
  return changes.map(({ label, before, after }) => lineOf(words, row, target, [label, before, after]));
}

/** An act without before and after: what it says of itself, or that it happened. */
function linesOfAct(words: Words, row: AuditRow): Cell[][] {
  const target = [targetText(words, row), row.targetId];
  const details = detailsOf(words, row);
  if (details.length === 0) return [lineOf(words, row, target, ['', '', ''])];
  return details.map(({ label, value }) => lineOf(words, row, target, [label, '', value]));
}

function lineOf(words: Words, row: AuditRow, target: Cell[], change: Cell[]): Cell[] {
  const { at, actorId, action, address, requestId } = row;
  const who = [actorText(words, row), actorId];
  return [at.toISOString(), ...who, actionText(words, action), ...target, ...change, address, requestId];
}
