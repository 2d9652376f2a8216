import { Entity, Index } from 'typeorm';
import { ReachRow } from '../accounts/reach-row.js';

/** A number or address of a contact's `extra`. Written by contact-writes.ts alone. */
@Entity('personal_contact_reach')
// Whose it is.
@Index('ix_personal_contact_reach_value', ['ownerId', 'value'])
export class ContactReach extends ReachRow {}
