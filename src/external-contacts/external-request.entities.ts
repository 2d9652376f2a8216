import { Column, Entity, Index } from 'typeorm';
import { KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** `waiting` after `expiresAt` is expired, also before the sweeper writes it down. */
export type SentState = 'waiting' | 'accepted' | 'declined' | 'withdrawn' | 'expired';
/** `blocked`: the sender sees `waiting`, then `expired`. */
export type ReceivedState = 'waiting' | 'accepted' | 'declined' | 'blocked' | 'withdrawn' | 'expired';

/**
 * A request as its sender has it. Whether it was delivered, and to whom, is in the receiver's row alone: nothing here
 * may depend on whether somebody has the address. Answering and withdrawing meet in `state`: a conditional UPDATE from
 * `waiting` wins or did not.
 */
@Entity('external_requests_sent')
// One that waits for each address: asking again sends it again.
@Index('uq_external_requests_sent_open', ['senderId', 'toAddress', 'openKey'], { unique: true })
@Index('ix_external_requests_sent_list', ['senderId', 'state', 'sentAt', 'id'])
@Index('ix_external_requests_sent_time', ['senderId', 'sentAt', 'id'])
// Somebody arrives with an address: which requests wait for it, account by account.
@Index('ix_external_requests_sent_address', ['accountId', 'toAddress', 'state'])
@Index('ix_external_requests_sent_account', ['accountId', 'state', 'sentAt', 'id'])
@Index('ix_external_requests_sent_due', ['state', 'expiresAt'])
export class SentRequest {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() senderId: Id;
  /** Normalised (src/text/address.ts). */
  @KeyColumn(254) toAddress: string;
  @TextColumn(500, { nullable: true }) message: string | null;
  @WordColumn(10) state: SentState;
  /** 1 while it waits, NULL afterwards. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) openKey: number | null;
  /** The form that sent it (`_once`), so that a second click is the same sending. */
  @IdColumn({ nullable: true }) once: Id | null;
  @MomentColumn() sentAt: Date;
  @MomentColumn() lastSentAt: Date;
  @Column({ type: 'int', unsigned: true, default: 1 }) timesSent: number;
  @MomentColumn() expiresAt: Date;
  @MomentColumn({ nullable: true }) answeredAt: Date | null;
}

/** The same request as its receiver has it, once it was delivered. Who asks is kept as it was shown when they asked. */
@Entity('external_requests_received')
@Index('uq_external_requests_received_request', ['requestId'], { unique: true })
@Index('ix_external_requests_received_list', ['receiverId', 'state', 'receivedAt', 'id'])
@Index('ix_external_requests_received_sender', ['receiverId', 'senderId', 'state'])
@Index('ix_external_requests_received_account', ['accountId'])
@Index('ix_external_requests_received_due', ['state', 'expiresAt'])
export class ReceivedRequest {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() receiverId: Id;
  /** Of the sender's row. */
  @IdColumn() requestId: Id;
  @IdColumn() senderId: Id;
  @IdColumn() senderAccountId: Id;
  @TextColumn(511) senderName: string;
  /** Shown in full: a look-alike domain is seen as one. */
  @KeyColumn(254) senderAddress: string;
  /** Empty for a personal account. */
  @TextColumn(255) senderCompany: string;
  @TextColumn(500, { nullable: true }) message: string | null;
  @WordColumn(10) state: ReceivedState;
  @MomentColumn() receivedAt: Date;
  @MomentColumn() expiresAt: Date;
  @MomentColumn({ nullable: true }) answeredAt: Date | null;
}
