import { Column, Entity, type Relation } from 'typeorm';
import { JsonColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { PrimaryId, type Id } from '../database/id.js';
import { type AccountFeatures } from './features.js';

export type AccountKind = 'company' | 'personal';

/** One company on this installation, or the one-person account made by accepting an external invitation. */
@Entity('accounts')
export class Account {
  @PrimaryId() id: Id;
  @WordColumn(10) kind: AccountKind;
  @TextColumn(255) name: string;
  /** ISO 3166-1 alpha-2: how a phone number without `+` is read. */
  @WordColumn(2) region: string;
  /** Language of people who chose none. */
  @WordColumn(2) language: 'en' | 'fr';
  @TextColumn(64) timeZone: string;
  @JsonColumn() features: Relation<AccountFeatures>;
  /** Raised by every change of a role or status, so that two changes that must not both win meet here. */
  @Column({ type: 'int', unsigned: true, default: 0 }) rolesRevision: number;
  /** Raised by each save of the settings: of two at once the second sees what the first has changed. */
  @Column({ type: 'int', unsigned: true, default: 0 }) settingsRevision: number;
  /** How many chat groups of kind `restricted` exist: while none does, the directory needs no such filter. */
  @Column({ type: 'int', unsigned: true, default: 0 }) restrictedGroups: number;
  /** How many user groups have features of their own: while none does, a session need not look for them. */
  @Column({ type: 'int', unsigned: true, default: 0 }) groupFeatures: number;
  /** What calling, chatting and meeting lead to, as src/web/reach-pattern.ts takes them; null: `tel:`, and nothing. */
  @WordColumn(500, { nullable: true }) callPattern: string | null;
  @WordColumn(500, { nullable: true }) chatPattern: string | null;
  @WordColumn(500, { nullable: true }) meetPattern: string | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) closedAt: Date | null;
}
