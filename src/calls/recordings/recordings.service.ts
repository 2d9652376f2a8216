import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { type Affected, type Statements } from '../../imports/import-kind.js';
import { audioTypeOf, isAudioType, type AudioType } from './audio.js';
import { askForRecordings } from './asked-recordings.js';
import { type RecordingProblemWord } from './recording-host.js';

/** Whose recording it is. */
export interface RecordedCall {
  id: Id;
  accountId: Id;
  userId: Id;
}

/** What is known of a recording beside its sound. */
export interface KeptRecording {
  callId: Id;
  mediaType: AudioType;
  hash: string;
  sizeBytes: number;
  startedAt: Date;
}

/** What a list says of the recording of a call. */
export interface RecordingFacts {
  callId: Id;
  /** null: not here (yet). */
  mediaType: AudioType | null;
  sizeBytes: number;
  /** Why its host did not give it, the last time. */
  problem: RecordingProblemWord | null;
  /** When its host is asked next; null: it is not. */
  dueAt: Date | null;
}

/** Recordings of calls: kept, read, and asked for again. */
@Injectable()
export class Recordings {
  constructor(private readonly database: DataSource) {}

  /**
   * Keeps what was said in a call, in place of what was kept before.
   * @returns whether it is another one than before
   * @throws Refused recordings.refused.<why>: too large, empty, cut short, or neither WAV nor MP3
   */
  async keep(database: Statements, call: RecordedCall, bytes: Buffer, now = new Date()): Promise<boolean> {
    const mediaType = checkedType(bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const [present] = await database.query<{ hash: string | null }[]>(
      'SELECT hash FROM call_recordings WHERE callId = ? FOR UPDATE',
      [call.id],
    );
    await database.query(
      `INSERT INTO call_recordings
         (callId, accountId, userId, mediaType, hash, sizeBytes, bytes, tries, revision, createdAt, updatedAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?)
       ON DUPLICATE KEY UPDATE mediaType = VALUES(mediaType), hash = VALUES(hash), sizeBytes = VALUES(sizeBytes),
         bytes = VALUES(bytes), problem = NULL, tries = 0, dueAt = NULL, revision = revision + 1,
         updatedAt = VALUES(updatedAt)`,
      [call.id, call.accountId, call.userId, mediaType, hash, bytes.length, bytes, now, now],
    );
    await database.query("UPDATE calls SET recording = 'kept' WHERE id = ?", [call.id]);
    return present?.hash !== hash;
  }

  /** Of a page of one's calls, by call, in one read. */
  async ofCalls(userId: Id, callIds: readonly Id[]): Promise<Map<Id, RecordingFacts>> {
    if (callIds.length === 0) return new Map();
    const rows = await this.database.query<RecordingFacts[]>(
      `SELECT callId, mediaType, sizeBytes, problem, dueAt FROM call_recordings
       WHERE callId IN (?) AND userId = ?`,
      [callIds, userId],
    );
    return new Map(rows.map((row) => [row.callId, row]));
  }

  /** Of a call that is not in the bin. @throws NotFound, also for somebody else's */
  async find(userId: Id, callId: string): Promise<KeptRecording> {
    const [found] = isId(callId)
      ? await this.database.query<KeptRecording[]>(
          `SELECT r.callId, r.mediaType, r.hash, r.sizeBytes, c.startedAt
           FROM calls c JOIN call_recordings r ON r.callId = c.id
           WHERE c.id = ? AND c.userId = ? AND c.deletedAt IS NULL AND r.userId = c.userId AND r.mediaType IS NOT NULL`,
          [callId, userId],
        )
      : [];
    if (!found) throw new NotFound('recordings.not-found');
    return found;
  }

  /** @param from of the first byte, 0 */
  async read({ callId, hash }: KeptRecording, from: number, bytes: number): Promise<Buffer> {
    const [part] = await this.database.query<{ bytes: Buffer }[]>(
      'SELECT SUBSTRING(bytes, ?, ?) AS bytes FROM call_recordings WHERE callId = ? AND hash = ?',
      [from + 1, bytes, callId, hash],
    );
    // Another one came meanwhile: a part of each would be noise.
    if (!part) throw new NotFound('recordings.not-found');
    return part.bytes;
  }

  /** Asks for one again that could not be had. @returns false where there is nothing to ask for. @throws NotFound */
  async askAgain(userId: Id, accountId: Id, callId: string): Promise<boolean> {
    if (!isId(callId)) throw new NotFound('calls.not-found');
    return inTransaction(this.database, async (manager) => {
      const [call] = await manager.query<{ recording: string | null; recordingUrl: string | null }[]>(
        'SELECT recording, recordingUrl FROM calls WHERE id = ? AND userId = ? AND deletedAt IS NULL FOR UPDATE',
        [callId, userId],
      );
      if (!call) throw new NotFound('calls.not-found');
      if (call.recording !== 'failed' || call.recordingUrl === null) return false;
      const { affectedRows } = await manager.query<Affected>(
        "UPDATE calls SET recording = 'asked' WHERE id = ? AND recording = 'failed'",
        [callId],
      );
      if (affectedRows === 0) return false;
      await askForRecordings(manager, accountId, [{ id: callId, accountId, userId }]);
      return true;
    });
  }
}

/** @throws Refused */
function checkedType(bytes: Buffer): AudioType {
  const megabytes = limits.recordingBytes / (1024 * 1024);
  if (bytes.length > limits.recordingBytes) throw new Refused('recordings.refused.too-large', { megabytes });
  const found = audioTypeOf(bytes);
  if (!isAudioType(found)) throw new Refused(`recordings.refused.${found}`);
  return found;
}
