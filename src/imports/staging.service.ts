import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { beginsAsCards } from '../contact-card/card-cutter.js';
import { EncodingProbe } from '../csv/encoding.js';
import { isId, newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict } from '../errors/domain-error.js';
import { Jobs } from '../jobs/jobs.service.js';
import { type Actor } from '../journal/actor.js';
import { cardReading } from './card-file.js';
import { detectReading } from './detection.js';
import { type ImportDescription } from './import-kind.js';
import { Import, ImportPiece } from './import.entities.js';
import { FileRefused } from './file-refused.js';
import { refusalOfFirstBytes } from './file-signatures.js';
import { ImportRunner } from './import-runner.js';
import { startReading } from './import-jobs.js';
import { rulesFrom } from './import-rules.js';
import { type ImportOptions } from './reading.js';
import { Workbooks } from './workbook/workbooks.service.js';

const PIECE_BYTES = 512 * 1024;

/** Another request sends the same file under the same key: that one counts. */
export class Repeated extends Error {}

interface Upload {
  /** The form's idempotency key, if it had one: the same key is the same import. */
  once: string | null;
  fileName: string;
  /** Answers to the rules of the kind; those it has at first, when left out. */
  choices?: ImportOptions['choices'];
}

/**
 * Takes a file into the database, 512 KiB in a transaction, the last with its reading: whichever process reads it later finds it there, and this one
 * never holds more than a piece.
 */
@Injectable()
export class Staging {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly runner: ImportRunner,
    private readonly workbooks: Workbooks,
  ) {}

  /**
   * @returns the import, being checked or asking for its columns
   * @throws FileRefused, with nothing kept
   */
  async take(
    actor: Pick<Actor, 'id' | 'accountId'>,
    description: ImportDescription,
    { once, fileName, choices = rulesFrom({}, description) }: Upload,
    bytes: AsyncIterable<Buffer>,
  ): Promise<Id> {
    const id = isId(once) ? once : newId();
    const attempt = await this.begin(id, actor, description, fileName);
    if (attempt === null) return id;
    this.runner.prepare(description);
    try {
      const { bytes: rows, workbook, padding } = await this.workbooks.opened(bytes, description.limits.bytes);
      const most = { bytes: description.limits.bytes + padding, cards: description.limits.cardBytes };
      const { head, probe, size, cards, last } = await this.store(id, attempt, actor.accountId, rows, most);
      if (size === 0) throw new FileRefused({ key: 'imports.file.empty' });
      const detected = cards ? cardReading() : await detectReading(head, probe.verdict(), description);
      const reading = workbook ? { ...detected, workbook } : detected;
      await inTransaction(this.database, async (manager) => {
        await last(manager);
        await startReading(manager, this.jobs, {
          ...{ id, accountId: actor.accountId, reading, from: 'uploading', readingNumber: attempt },
          ...(description.rules || description.texts ? { choices } : {}),
        });
      });
      return id;
    } catch (error) {
      // Sent again between its last piece and its reading, too: the later request reads what it brings.
      if (error instanceof Repeated || error instanceof Conflict) return id;
      await this.discard(id, attempt);
      throw error;
    }
  }

  /** @returns which attempt this is, or null when the file of this key is here already */
  private async begin(
    id: Id,
    { id: ownerId, accountId }: Pick<Actor, 'id' | 'accountId'>,
    { kind }: ImportDescription,
    fileName: string,
  ): Promise<number | null> {
    try {
      await this.database.manager.insert(Import, {
        ...{ id, accountId, ownerId, kind, fileName },
        state: 'uploading',
        readingNumber: 1,
        createdAt: new Date(),
      });
      return 1;
    } catch (error) {
      if (!isDuplicate(error, 'PRIMARY')) throw error;
    }
    const present = await this.database.manager.findOneBy(Import, { id, accountId, kind });
    if (!present || present.ownerId !== ownerId) throw new FileRefused({ key: 'imports.file.again' });
    if (present.state !== 'uploading') return null;
    // A second click ends the first request in the browser: what comes now is the file that arrives whole.
    return inTransaction(this.database, async (manager) => {
      const attempt = present.readingNumber + 1;
      const { affected } = await manager.update(
        Import,
        { id, state: 'uploading', readingNumber: present.readingNumber },
        { readingNumber: attempt, fileBytes: 0 },
      );
      if (affected !== 1) return null;
      await manager.delete(ImportPiece, { importId: id });
      return attempt;
    });
  }

  /** @returns what is known of the file; `last` stores its last piece, in the transaction that begins to read it */
  private async store(
    id: Id,
    attempt: number,
    accountId: Id,
    bytes: AsyncIterable<Buffer>,
    most: { bytes: number; cards?: number },
  ): Promise<{
    head: Buffer;
    probe: EncodingProbe;
    size: number;
    cards: boolean;
    last: (manager: EntityManager) => Promise<void>;
  }> {
    const probe = new EncodingProbe();
    let head: Buffer | null = null;
    let waiting: Buffer[] = [];
    let waitingBytes = 0;
    let size = 0;
    let cards = false;
    let piece = 0;
    const flush = async () => {
      const full = Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
      head ??= full;
      await inTransaction(this.database, (manager) =>
        this.addPiece(manager, { id, attempt, accountId, piece, size }, full),
      );
      piece++;
    };
    for await (const chunk of bytes) {
      if (size === 0) {
        cards = most.cards !== undefined && beginsAsCards(chunk);
        const refusal = cards ? null : refusalOfFirstBytes(chunk);
        if (refusal) throw new FileRefused(refusal);
      }
      size += chunk.length;
      if (size > ((cards && most.cards) || most.bytes))
        throw new FileRefused({ key: 'imports.file.too-large' });
      probe.add(chunk);
      let rest = chunk;
      while (waitingBytes + rest.length >= PIECE_BYTES) {
        const room = PIECE_BYTES - waitingBytes;
        waiting.push(rest.subarray(0, room));
        rest = rest.subarray(room);
        await flush();
      }
      if (rest.length > 0) waiting.push(rest);
      waitingBytes += rest.length;
    }
    const rest = Buffer.concat(waiting);
    const last = async (manager: EntityManager) => {
      if (rest.length > 0) await this.addPiece(manager, { id, attempt, accountId, piece, size }, rest);
    };
    return { head: head ?? rest, probe, size, cards, last };
  }

  private async addPiece(
    manager: EntityManager,
    {
      id,
      attempt,
      accountId,
      piece,
      size,
    }: { id: Id; attempt: number; accountId: Id; piece: number; size: number },
    bytes: Buffer,
  ): Promise<void> {
    const { affected } = await manager.update(
      Import,
      { id, state: 'uploading', readingNumber: attempt },
      { fileBytes: size },
    );
    if (affected !== 1) throw new Repeated('The file is sent again by another request');
    // Beside the ORM: it would copy the bytes once more.
    await manager.query('INSERT INTO import_pieces (importId, piece, accountId, bytes) VALUES (?, ?, ?, ?)', [
      ...[id, piece, accountId, bytes],
    ]);
  }

  private async discard(id: Id, attempt: number): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const { affected } = await manager.delete(Import, { id, state: 'uploading', readingNumber: attempt });
      if (affected === 1) await manager.delete(ImportPiece, { importId: id });
    });
  }
}
