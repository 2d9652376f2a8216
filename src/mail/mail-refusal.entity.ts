import { Entity, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/**
 * An address that wants no invitation mails from this installation, kept as a hash: whoever wants to be left alone need
 * not be remembered by name.
 */
@Entity('mail_refusals')
export class MailRefusal {
  /** SHA-256 (hex) of the normalised address. */
  @PrimaryColumn({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' }) addressHash: string;
  @MomentColumn() at: Date;
}
