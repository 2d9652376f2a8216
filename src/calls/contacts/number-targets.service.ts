import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { CloudPlaces } from '../../integrations/contacts/cloud-places.query.js';
import {
  CloudContactInBin,
  CloudContacts,
  CloudEditConflict,
} from '../../integrations/contacts/cloud-contacts.service.js';
import { undoPath as cloudUndoPath } from '../../integrations/contacts/cloud-messages.js';
import { CloudContactQuery } from '../../integrations/contacts/contact/cloud-contact.query.js';
import { mayChange } from '../../integrations/contacts/list/cloud-list.view.js';
import { EditConflict, InBin, PersonalContacts } from '../../personal-contacts/contact/contacts.service.js';
import { emptyEdit } from '../../personal-contacts/contact/edited.js';
import { undoPath as personalUndoPath } from '../../personal-contacts/undo/undone.view.js';
import { type E164 } from '../../phone/e164.js';

/** Contacts a number can be added to: one's own, here or at a provider. */
const targetKinds = ['personal', 'cloud'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Why a contact takes no number; the sentence is `add-number.blocked.<word>`. */
export type TargetBlock = 'read-only' | 'in-conflict' | 'in-bin';

export interface NumberTarget {
  kind: TargetKind;
  id: Id;
  name: string;
  href: string;
  /** Goes up with every change. */
  revision: number;
  phones: Record<PhoneField, E164 | null>;
  /** What stands in a field and is no number, as a provider has it. */
  unreadable: Partial<Record<PhoneField, string>>;
  /** The mailbox it is in; '' of a personal contact. */
  mailbox: string;
  blocked: TargetBlock | null;
}

/** It is not as the form showed it. */
export class TargetChanged extends Error {}

/** Contacts shown of each kind. */
const MOST = 25;

/** Finds contacts of one's own, and puts a number into one, as the features themselves would: undone and sent as they do. */
@Injectable()
export class NumberTargets {
  constructor(
    private readonly database: DataSource,
    private readonly records: PersonRecords,
    private readonly personal: PersonalContacts,
    private readonly cloud: CloudContacts,
    private readonly cloudQuery: CloudContactQuery,
    private readonly places: CloudPlaces,
  ) {}

  /** Who has all these words; personal contacts first, each kind at most 25. */
  async search(reader: Reader, q: string): Promise<{ found: PersonRecord[]; more: boolean }> {
    const all = await this.records.ask(reader, (source) =>
      isTargetKind(source.kind) ? source.search(reader, q, MOST + 1) : Promise.resolve([]),
    );
    const kinds = targetKinds.map((kind) => all.filter((record) => record.kind === kind));
    return {
      found: kinds.flatMap((records) => records.slice(0, MOST)),
      more: kinds.some(({ length }) => length > MOST),
    };
  }

  /** @throws NotFound, also for somebody else's, and while the feature is off */
  async find(reader: Reader, kind: string, id: string): Promise<NumberTarget> {
    if (kind === 'personal' && reader.features['personal-contacts']) return this.personalTarget(reader, id);
    if (kind === 'cloud' && reader.features.integrations) return this.cloudTarget(reader, id);
    throw new NotFound();
  }

  /**
   * @returns the path that undoes it, on which one comes back to `to`; null when nothing changed
   * @throws TargetChanged when the contact was changed since; Forbidden, Refused as editing it does
   */
  async put(
    reader: Reader,
    { kind, id, revision }: NumberTarget,
    field: PhoneField,
    number: E164,
    to: string,
  ): Promise<string | null> {
    const phones = { [field]: { number, typed: null } };
    try {
      if (kind === 'personal') {
        const edit = { ...emptyEdit, phones };
        const { batchId } = await this.personal.edit(reader, id, edit, { newGroup: null }, { revision });
        return batchId && personalUndoPath(batchId, to);
      }
      const { batchId } = await this.cloud.edit(reader, id, { fields: {}, phones }, { version: revision });
      return batchId && cloudUndoPath(batchId, to);
    } catch (error) {
      if (conflicts.some((conflict) => error instanceof conflict)) throw new TargetChanged();
      throw error;
    }
  }

  private async personalTarget(reader: Reader, id: string): Promise<NumberTarget> {
    const contact = await this.personal.find(this.database.manager, reader, id);
    return {
      ...{ kind: 'personal', id: contact.id, name: contact.displayName, mailbox: '', unreadable: {} },
      ...{ href: `/personal-contacts/${contact.id}`, revision: contact.revision },
      phones: phonesOf(contact),
      blocked: contact.deletedAt === null ? null : 'in-bin',
    };
  }

  private async cloudTarget(reader: Reader, id: string): Promise<NumberTarget> {
    const contact = await this.cloud.find(this.database.manager, reader, id);
    const [mailboxes, inConflict] = await Promise.all([
      this.places.mailboxes(reader.id),
      this.cloudQuery.isInConflict(reader.id, contact.id),
    ]);
    const mailbox = mailboxes.find((each) => each.id === contact.connectionId);
    if (!mailbox) throw new NotFound('cloud-contact.not-found');
    const folders = mailbox.folders.filter((folder) => contact.folderIds.includes(folder.id));
    const unreadable = phoneFields.flatMap((field) =>
      contact[field] === null && contact.typedPhones[field] ? [[field, contact.typedPhones[field]]] : [],
    );
    return {
      ...{ kind: 'cloud', id: contact.id, name: contact.displayName, mailbox: mailbox.accountName },
      ...{ href: `/cloud-contacts/${contact.id}`, revision: contact.version },
      phones: phonesOf(contact),
      unreadable: Object.fromEntries(unreadable) as NumberTarget['unreadable'],
      blocked:
        contact.deletedAt !== null
          ? 'in-bin'
          : !mayChange(mailbox, folders)
            ? 'read-only'
            : inConflict
              ? 'in-conflict'
              : null,
    };
  }
}

const conflicts = [EditConflict, InBin, CloudEditConflict, CloudContactInBin];

function isTargetKind(kind: string): kind is TargetKind {
  return (targetKinds as readonly string[]).includes(kind);
}

function phonesOf(contact: Record<PhoneField, E164 | null>): NumberTarget['phones'] {
  return Object.fromEntries(phoneFields.map((field) => [field, contact[field]])) as NumberTarget['phones'];
}
