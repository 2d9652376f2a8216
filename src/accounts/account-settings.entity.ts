import { Column, Entity, PrimaryColumn, type Relation } from 'typeorm';
import { FlagColumn, JsonColumn, MomentColumn } from '../database/columns.js';
import { type Id } from '../database/id.js';
import { type OutsiderField } from './outsider-fields.js';

/**
 * What an account decides beyond the columns every request reads (`accounts`); missing until something is saved, and
 * then everything is as `newSettings` of settings.ts says. Written by `CompanySettings` alone.
 */
@Entity('account_settings')
export class AccountSettings {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) accountId: Id;
  /** Domains as `readDomains` gives them; empty: any. */
  @JsonColumn() allowedDomains: Relation<string[]>;
  @JsonColumn() blockedDomains: Relation<string[]>;
  /** What external contacts see of the company's people; null: as `defaultOutsiderFields` says. */
  @JsonColumn({ nullable: true }) outsiderFields: Relation<OutsiderField[]> | null;
  @FlagColumn({ default: 1 }) google: boolean;
  @FlagColumn({ default: 1 }) office365: boolean;
  @FlagColumn({ default: 1 }) exchange: boolean;
  /** A person may be connected to more than one mailbox. */
  @FlagColumn() severalConnections: boolean;
  /** null: for ever. */
  @Column({ type: 'tinyint', unsigned: true, nullable: true }) auditYears: number | null;
  @Column({ type: 'tinyint', unsigned: true, default: 30 }) mailDays: number;
  @Column({ type: 'tinyint', unsigned: true, default: 30 }) importDays: number;
  /** null: for ever. */
  @Column({ type: 'tinyint', unsigned: true, nullable: true, default: 12 }) callMonths: number | null;
  /** A shortened retention erases nothing before this moment, so that it can be taken back. */
  @MomentColumn({ nullable: true }) retentionFrom: Date | null;
}
